// SPDX-License-Identifier: Apache-2.0

// The texts of answers, and the responses of a message.

#include "decoders/dns/dns_answer_text.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/decoders/dns/dns_test_support.h"

namespace wirehound::test {
namespace dns_answer_text_test {

std::string TextOf(unsigned type, const ByteWriter& rdata) {
  const DnsMessageBuilder message = WithAnswer(type, rdata);
  DecodedDns decoded(message);
  REQUIRE(decoded.dns.answers.count == 1);
  const wirehound_string text = DnsAnswerText(decoded.answer(0), decoded.arena);
  CHECK_FALSE(decoded.arena.exhausted());
  return std::string(View(text));
}

TEST_CASE("dns answer: every type with decoded data has a text") {
  struct Row {
    unsigned type;
    ByteWriter rdata;
    std::string text;
  };
  const ByteWriter rrsig_head =
      ByteWriter().Be16(kA).U8(5).U8(3).Be32(86400).Be32(1048354263).Be32(1045762263).Be16(2642);
  const Row rows[] = {
      {kA, {192, 0, 2, 1}, "192.0.2.1"},
      {kAaaa, ByteWriter({0x20, 0x01, 0x0d, 0xb8}).Fill(11).U8(1), "2001:db8::1"},
      {kNs, Name("ns1.example.com"), "ns1.example.com"},
      {kCname, Name("a.example"), "a.example"},
      {kPtr, Name("host.example"), "host.example"},
      {kDname, Name("other.example"), "other.example"},
      {kMx, ByteWriter().Be16(10).Append(Name("mail.example")), "mail.example"},
      {kMx, {0, 0, 0}, ""},
      {kTxt, ByteWriter({6}).Text("v=spf1"), "v=spf1"},
      {kTxt, ByteWriter({3}).Text("one").U8(0).U8(3).Text("\xff\"2"), "one  \xff\"2"},
      {kTxt, {}, ""},
      {kSpf, ByteWriter({6}).Text("v=spf1"), "v=spf1"},
      {kHinfo, ByteWriter({3}).Text("x86").U8(5).Text("Linux"), "x86 Linux"},
      {kUri, ByteWriter().Be16(1).Be16(2).Text("ftp://example"), "ftp://example"},
      {kSoa,
       ByteWriter(Name("ns.a")).Append(Name("host.a")).Be32(1).Be32(2).Be32(3).Be32(4).Be32(5),
       "ns.a host.a 1 2 3 4 5"},
      {kSrv, ByteWriter().Be16(0).Be16(100).Be16(389).Append(Name("dc.example")),
       "0 100 389 dc.example"},
      {kSrv, ByteWriter().Fill(6).U8(0), "0 0 0 ."},
      {kCaa, ByteWriter({0, 5}).Text("issue").Text("letsencrypt.org"),
       R"(0 issue "letsencrypt.org")"},
      {kNaptr,
       ByteWriter()
           .Be16(100)
           .Be16(10)
           .U8(1)
           .Text("u")
           .U8(7)
           .Text("E2U+sip")
           .U8(10)
           .Text("!^.*$!\\1\"!")
           .U8(0),
       R"(100 10 "u" "E2U+sip" "!^.*$!\\1\"!" .)"},
      {kHttps,
       ByteWriter({0, 1, 0, 0, 1, 0, 6, 2})
           .Text("h3")
           .U8(2)
           .Text("h2")
           .Append({0, 2, 0, 0, 0, 4, 0, 4, 192, 0, 2, 1}),
       "1 . alpn=h3,h2 no-default-alpn ipv4hint=192.0.2.1"},
      {kSvcb, ByteWriter({0, 1, 1, 'a', 0, 0xff, 0, 0, 3}).Text("b;c"), R"(1 a key65280="b;c")"},
      {kDs, {0xec, 0x45, 5, 1, 0x2b, 0xb1}, "60485 5 1 2bb1"},
      {kCds, {0, 0, 0, 0, 0}, "0 0 0 00"},
      {kDnskey, ByteWriter().Be16(256).U8(3).U8(5).Text("foobar"), "256 3 5 Zm9vYmFy"},
      {kRrsig, ByteWriter(rrsig_head).Append(Name("example.com")).Text("sign"),
       "A 5 3 86400 20030322173103 20030220173103 2642 example.com c2lnbg=="},
      {kSig, ByteWriter().Fill(18).U8(0), "TYPE0 0 0 0 19700101000000 19700101000000 0 . "},
      {kNsec, Name("b.example").Append({0, 6, 0x40, 1, 0, 0, 0, 3}), "b.example A MX RRSIG NSEC"},
      {kNsec, Name("b.example"), "b.example"},
      {kNsec3, ByteWriter({1, 1, 0, 12, 2, 0xaa, 0xbb, 6}).Text("foobar").Append({0, 1, 0x40}),
       "1 1 12 aabb cpnmuoj1e8 A"},
      {kNsec3, ByteWriter({1, 0, 0, 0, 0, 6}).Text("foobar"), "1 0 0 - cpnmuoj1e8"},
      {kNsec3param, {1, 0, 0, 5, 0}, "1 0 5 -"},
      {kTlsa, {3, 1, 1, 0xab}, "3 1 1 ab"},
      {kSshfp, {4, 2, 0xcd, 0xef}, "4 2 cdef"},
      {kOpt, {0, 10, 0, 0}, ""},
      {10, {1, 2, 3}, ""},
      {kA, {1, 2, 3}, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.type);
    CHECK(TextOf(row.type, row.rdata) == row.text);
  }
}

TEST_CASE("dns answer: a text that the message already contains is not copied") {
  const DnsMessageBuilder message = WithAnswer(kCname, Name("target.example"));
  DecodedDns decoded(message);
  const std::size_t used = decoded.arena.used();
  DnsAnswerText(decoded.answer(0), decoded.arena);
  CHECK(decoded.arena.used() == used);
}

TEST_CASE("dns responses: all answers go with the first question") {
  DnsMessageBuilder message;
  message.Question("example.com", kA)
      .Question("example.com", kAaaa)
      .Answer(Pointer(12), kCname, Name("a.example"))
      .Answer(Name("a.example"), kA, {192, 0, 2, 1})
      .Authority(Name("example"), kNs, Name("ns.example"));
  DecodedDns decoded(message);
  const wirehound_list responses = BuildDnsResponses(decoded.dns, decoded.arena);
  REQUIRE(responses.count == 2);
  CHECK(responses.stride == sizeof(wirehound_dns_response));
  const auto& first = At<wirehound_dns_response>(responses, 0);
  CHECK(View(first.query.name) == "example.com");
  CHECK(first.query.type == kA);
  CHECK(first.query.qclass == 1);
  REQUIRE(first.answers.count == 2);
  CHECK(first.answers.stride == sizeof(wirehound_dns_answer));
  CHECK(View(At<wirehound_dns_answer>(first.answers, 0).text) == "a.example");
  CHECK(At<wirehound_dns_answer>(first.answers, 0).type == kCname);
  CHECK(At<wirehound_dns_answer>(first.answers, 0).ttl == 300);
  CHECK(View(At<wirehound_dns_answer>(first.answers, 1).text) == "192.0.2.1");
  const auto& second = At<wirehound_dns_response>(responses, 1);
  CHECK(second.query.type == kAaaa);
  CHECK(second.answers.count == 0);
  CHECK(second.answers.stride == sizeof(wirehound_dns_answer));
}

TEST_CASE("dns responses: a message without a question makes one response with an empty question") {
  DnsMessageBuilder message;
  message.Answer(Name("host.local"), kA, {192, 0, 2, 1});
  DecodedDns decoded(message);
  const wirehound_list responses = BuildDnsResponses(decoded.dns, decoded.arena);
  REQUIRE(responses.count == 1);
  const auto& response = At<wirehound_dns_response>(responses, 0);
  CHECK(response.query.name.size == 0);
  CHECK(response.query.type == 0);
  REQUIRE(response.answers.count == 1);
  CHECK(View(At<wirehound_dns_answer>(response.answers, 0).text) == "192.0.2.1");
}

TEST_CASE("dns responses: a message without answers makes an empty list") {
  DnsMessageBuilder message(0x8183);
  message.Question("nx.example", kA);
  DecodedDns decoded(message);
  const wirehound_list responses = BuildDnsResponses(decoded.dns, decoded.arena);
  REQUIRE(responses.count == 1);
  CHECK(At<wirehound_dns_response>(responses, 0).answers.count == 0);
}

TEST_CASE("dns responses: responses beyond the arena are left out, and the arena is exhausted") {
  DnsMessageBuilder message;
  message.Question("example.com", kA);
  for (int i = 0; i < 4; ++i) {
    message.Answer(Pointer(12), kA, {192, 0, 2, 1});
  }
  const std::size_t decoding = DecodedDns(message).arena.used();
  bool complete = false;
  for (std::size_t room = 1100; room < 2000 && !complete; ++room) {
    DecodedDns decoded(CapturedBytes(message.span()), decoding + room);
    REQUIRE(decoded.status == DecodeStatus::kOk);
    while (decoded.arena.capacity() - decoded.arena.used() > room - 1100) {
      decoded.arena.Allocate(1, 1);
    }
    const wirehound_list responses = BuildDnsResponses(decoded.dns, decoded.arena);
    std::size_t texts = 0;
    if (responses.count != 0) {
      const wirehound_list& answers = At<wirehound_dns_response>(responses, 0).answers;
      for (std::uint32_t i = 0; i < answers.count; ++i) {
        const std::string_view text = View(At<wirehound_dns_answer>(answers, i).text);
        CHECK((text.empty() || text == "192.0.2.1"));
        texts += text.empty() ? 0 : 1;
      }
    }
    complete = texts == 4;
    CHECK(decoded.arena.exhausted() != complete);
  }
  CHECK(complete);
}

}  // namespace dns_answer_text_test
}  // namespace wirehound::test
