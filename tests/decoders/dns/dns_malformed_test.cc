// SPDX-License-Identifier: Apache-2.0

// DNS messages that are cut or contradict themselves: the decoder does not crash, keeps the sound
// part and stays within its limits.

#include <vector>

#include <doctest/doctest.h>

#include "tests/decoders/dns/dns_test_support.h"

namespace wirehound::test {
namespace dns_malformed_test {

const ByteWriter kAddress = {192, 0, 2, 1};

// A record of every kind, so that every kind of read is cut somewhere.
DnsMessageBuilder RichMessage() {
  DnsMessageBuilder message;
  message.Question("www.example.com", kA)
      .Answer(Pointer(12), kCname, NameWithPointer("web", 16))
      .Answer(Name("web.example.com"), kA, kAddress)
      .Answer(Pointer(16), kAaaa, ByteWriter().Fill(16, 0x20))
      .Answer(Pointer(16), kMx, ByteWriter().Be16(10).Append(NameWithPointer("mail", 16)))
      .Answer(Pointer(16), kTxt, ByteWriter({3}).Text("one").U8(3).Text("two"))
      .Answer(Pointer(16), kSrv, ByteWriter().Fill(6, 1).Append(NameWithPointer("srv", 16)))
      .Answer(Pointer(16), kUri, ByteWriter().Fill(4, 1).Text("https://example.com/"))
      .Authority(Pointer(16), kNs, NameWithPointer("ns1", 16))
      .Authority(Pointer(16), kSoa,
                 NameWithPointer("ns1", 16).Append(NameWithPointer("root", 16)).Fill(20, 1))
      .Additional(Pointer(16), kCaa, ByteWriter({0, 5}).Text("issue").Text("ca.example"))
      .Additional(Pointer(16), kNaptr, ByteWriter().Fill(4, 1).Fill(3).Append(Name("a")))
      .Additional(
          Pointer(16), kHttps,
          ByteWriter().Be16(1).U8(0).Be16(1).Be16(3).U8(2).Text("h2").Be16(3).Be16(2).Be16(8443))
      .Additional(Pointer(16), kDs, ByteWriter().Fill(8, 1))
      .Additional(Pointer(16), kRrsig, ByteWriter().Fill(18, 1).Append(Pointer(16)).Fill(8, 1))
      .Additional(Pointer(16), kNsec, ByteWriter(Name("a")).Append({0, 2, 0x40, 1}))
      .Additional(Pointer(16), kNsec3,
                  ByteWriter({1, 0, 0, 5, 1, 0xaa, 2, 1, 2}).Append({0, 1, 0x40}))
      .Additional(Name(""), kOpt,
                  ByteWriter().Be16(10).Be16(8).Fill(8, 7).Be16(15).Be16(2).Be16(3));
  return message;
}

std::uint32_t EntryCount(const wirehound_dns& dns) {
  return dns.questions.count + dns.answers.count + dns.authorities.count + dns.additionals.count;
}

// Checks that every record of `part` equals the one in `whole`, section by section.
void CheckPrefix(const DecodedDns& part, const DecodedDns& whole) {
  REQUIRE(part.dns.questions.count <= whole.dns.questions.count);
  for (std::uint32_t i = 0; i < part.dns.questions.count; ++i) {
    CHECK(View(part.question(i).name) == View(whole.question(i).name));
  }
  for (const auto section :
       {&wirehound_dns::answers, &wirehound_dns::authorities, &wirehound_dns::additionals}) {
    const wirehound_list& some = part.dns.*section;
    const wirehound_list& all = whole.dns.*section;
    REQUIRE(some.count <= all.count);
    for (std::uint32_t i = 0; i < some.count; ++i) {
      const auto& one = At<wirehound_dns_record>(some, i);
      const auto& other = At<wirehound_dns_record>(all, i);
      CHECK(View(one.name) == View(other.name));
      CHECK(one.type == other.type);
      CHECK(one.data_kind == other.data_kind);
      CHECK(one.rdata.size == other.rdata.size);
    }
  }
}

TEST_CASE("dns: a message cut at any byte has the records before the cut and no others") {
  const DnsMessageBuilder message = RichMessage();
  const DecodedDns whole(message);
  REQUIRE(whole.status == DecodeStatus::kOk);
  std::uint32_t entries_before = 0;
  for (std::size_t size = 0; size < message.size(); ++size) {
    CAPTURE(size);
    // A copy of exactly this size, so that a sanitizer sees one byte too many.
    const std::vector<std::byte> part(message.span().begin(),
                                      message.span().begin() + static_cast<std::ptrdiff_t>(size));
    const DecodedDns cut(CapturedBytes(part, message.size()));
    CHECK(cut.status == DecodeStatus::kTruncated);
    CHECK(cut.dns.flags == WIREHOUND_DNS_TRUNCATED);
    CheckPrefix(cut, whole);
    CHECK(EntryCount(cut.dns) >= entries_before);
    entries_before = EntryCount(cut.dns);
    CHECK((cut.dns.id != 0) == (size >= kDnsHeaderBytes));

    const DecodedDns lying{CapturedBytes(std::span<const std::byte>(part))};
    CHECK(lying.status == DecodeStatus::kMalformed);
    CHECK(lying.dns.flags == WIREHOUND_DNS_MALFORMED);
    CHECK(EntryCount(lying.dns) == EntryCount(cut.dns));
  }
  CHECK(entries_before == EntryCount(whole.dns) - 1);
}

TEST_CASE("dns: no changed byte crashes the decoder or takes a count out of bounds") {
  const DnsMessageBuilder message = RichMessage();
  Arena arena(kDnsArenaBytes);
  for (std::size_t position = 0; position < message.size(); ++position) {
    for (const int value : {0x00, 0x01, 0x3f, 0x40, 0x80, 0xc0, 0xff}) {
      std::vector<std::byte> changed(message.span().begin(), message.span().end());
      changed[position] = static_cast<std::byte>(value);
      arena.Reset();
      wirehound_dns dns;
      const DecodeStatus status = DecodeDns(std::span<const std::byte>(changed), arena, dns);
      REQUIRE(status != DecodeStatus::kTruncated);
      REQUIRE((status == DecodeStatus::kOk) == ((dns.flags & ~WIREHOUND_DNS_TRAILING) == 0));
      REQUIRE(dns.questions.count <= dns.qd_count);
      REQUIRE(dns.answers.count <= dns.an_count);
    }
  }
}

TEST_CASE("dns: a count above the number of records is malformed, in every section") {
  for (const std::size_t offset : {4u, 6u, 8u, 10u}) {
    for (const unsigned count : {20u, 65535u}) {
      DnsMessageBuilder message = RichMessage();
      message.Claim(offset, count);
      const DecodedDns decoded(message);
      CHECK(decoded.status == DecodeStatus::kMalformed);
      CHECK((decoded.dns.flags & WIREHOUND_DNS_MALFORMED) != 0);
      REQUIRE(decoded.dns.questions.count >= 1);
      CHECK(View(decoded.question(0).name) == "www.example.com");
    }
  }
}

TEST_CASE("dns: counts of 65535 in all sections cost no memory") {
  DnsMessageBuilder message;
  for (const std::size_t offset : {4u, 6u, 8u, 10u}) {
    message.Claim(offset, 65535);
  }
  const DecodedDns decoded(message);
  CHECK(decoded.status == DecodeStatus::kMalformed);
  CHECK(decoded.dns.qd_count == 65535);
  CHECK(decoded.dns.ar_count == 65535);
  CHECK(decoded.arena.used() == 0);
}

TEST_CASE("dns: records beyond a count that is too small are trailing bytes") {
  DnsMessageBuilder message = RichMessage();
  message.Claim(6, 1).Claim(8, 0).Claim(10, 0);
  const DecodedDns decoded(message);
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.dns.flags == WIREHOUND_DNS_TRAILING);
  CHECK(decoded.dns.message_size < message.size());
  CHECK(decoded.dns.answers.count == 1);
}

TEST_CASE("dns: a data length over the end ends the message before that record") {
  DnsMessageBuilder message;
  message.Question("example.com", kA).Answer(Pointer(12), kA, kAddress);
  message.Answer(Pointer(12), kA, kAddress);
  message.writer().PatchBe16(message.size() - 6, 5);
  const DecodedDns decoded(message);
  CHECK(decoded.status == DecodeStatus::kMalformed);
  CHECK(decoded.dns.answers.count == 1);
  const DecodedDns cut(CapturedBytes(message.span(), 500));
  CHECK(cut.status == DecodeStatus::kTruncated);
  CHECK(cut.dns.answers.count == 1);
}

TEST_CASE("dns: a message with bad data before its cut is malformed, not truncated") {
  DnsMessageBuilder message;
  message.Question("example.com", kA).Answer(Pointer(12), kA, {1}).Claim(6, 2);
  const DecodedDns decoded(CapturedBytes(message.span(), 500));
  CHECK(decoded.status == DecodeStatus::kMalformed);
  CHECK(decoded.dns.flags == (WIREHOUND_DNS_MALFORMED | WIREHOUND_DNS_TRUNCATED));
}

TEST_CASE("dns: more records than the limit are left out and the result is truncated") {
  DnsMessageBuilder message;
  message.Question("", kA);
  for (std::size_t i = 0; i < kMaxDnsEntries; ++i) {
    message.Answer(Name(""), 10, {});
  }
  const DecodedDns decoded(message);
  CHECK(decoded.status == DecodeStatus::kTruncated);
  CHECK(decoded.dns.flags == (WIREHOUND_DNS_TRUNCATED | WIREHOUND_DNS_LIMIT));
  CHECK(decoded.dns.answers.count == kMaxDnsEntries - 1);
}

TEST_CASE("dns: the largest sound message fits the arena") {
  DnsMessageBuilder message;
  message.Question("example.com", kA);
  while (message.size() + 16 <= 65535) {
    message.Answer(Pointer(12), kA, kAddress);
  }
  const DecodedDns decoded(message);
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK_FALSE(decoded.arena.exhausted());
}

TEST_CASE("dns: a full arena truncates the message soundly, at whatever record") {
  const DnsMessageBuilder message = RichMessage();
  const DecodedDns whole(message);
  for (std::size_t capacity = 0; capacity < whole.arena.used() + 1100; capacity += 8) {
    const DecodedDns decoded(CapturedBytes(message.span()), capacity);
    if (decoded.status != DecodeStatus::kOk) {
      CHECK(decoded.status == DecodeStatus::kTruncated);
      CHECK(decoded.dns.flags == (WIREHOUND_DNS_TRUNCATED | WIREHOUND_DNS_LIMIT));
      CHECK(decoded.arena.exhausted());
    }
    CheckPrefix(decoded, whole);
  }
}

TEST_CASE("dns: names made to use much memory are stopped by the arena's limit") {
  // One long name to escape, and as many pointers into it as fit, none of them twice in a row.
  DnsMessageBuilder message;
  ByteWriter name;
  for (int i = 0; i < 127; ++i) {
    name.U8(1).U8(0xff);
  }
  message.Question(name.U8(0), kA);
  for (std::size_t i = 0; message.size() + 13 < 65535; ++i) {
    message.Answer(Pointer(12 + 2 * (i * 17 % 100)), 10, {});
  }
  const DecodedDns decoded(message);
  CHECK(decoded.status == DecodeStatus::kTruncated);
  CHECK(decoded.arena.exhausted());
  CHECK(decoded.dns.answers.count > 1000);
}

}  // namespace dns_malformed_test
}  // namespace wirehound::test
