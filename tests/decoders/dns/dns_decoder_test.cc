// SPDX-License-Identifier: Apache-2.0

// Sound DNS messages: header, sections, which memory their parts are in, what costs no memory.

#include "decoders/dns/dns_decoder.h"

#include <doctest/doctest.h>

#include "tests/decoders/dns/dns_test_support.h"

namespace wirehound::test {
namespace dns_decoder_test {

const ByteWriter kAddress = {192, 0, 2, 1};

TEST_CASE("dns: each bit of the header is in its place") {
  struct Row {
    std::uint16_t flags;
    std::uint8_t wirehound_dns::*member;
    int value;
  };
  const Row rows[] = {{0x8000, &wirehound_dns::qr, 1},     {0x7800, &wirehound_dns::opcode, 15},
                      {0x2000, &wirehound_dns::opcode, 4}, {0x0400, &wirehound_dns::aa, 1},
                      {0x0200, &wirehound_dns::tc, 1},     {0x0100, &wirehound_dns::rd, 1},
                      {0x0080, &wirehound_dns::ra, 1},     {0x0070, &wirehound_dns::z, 7},
                      {0x0020, &wirehound_dns::z, 2},      {0x000f, &wirehound_dns::rcode, 15}};
  for (const Row& row : rows) {
    const DnsMessageBuilder message(row.flags, 0xcafe);
    const DecodedDns decoded(message);
    CHECK(decoded.status == DecodeStatus::kOk);
    CHECK(decoded.dns.id == 0xcafe);
    CHECK(decoded.dns.*row.member == row.value);
    const int sum = decoded.dns.qr + decoded.dns.opcode + decoded.dns.aa + decoded.dns.tc +
                    decoded.dns.rd + decoded.dns.ra + decoded.dns.z + decoded.dns.rcode;
    CHECK(sum == row.value);
  }
}

TEST_CASE("dns: a message that is only a header is sound") {
  const DecodedDns decoded{DnsMessageBuilder()};
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.dns.flags == 0);
  CHECK(decoded.dns.struct_size == 96);
  CHECK(decoded.dns.questions.count == 0);
  CHECK(decoded.dns.questions.stride == sizeof(wirehound_dns_question));
  CHECK(decoded.dns.additionals.stride == sizeof(wirehound_dns_record));
}

TEST_CASE("dns: every section is decoded, in order") {
  DnsMessageBuilder message;
  message.Question("www.example.com", kA)
      .Answer(Pointer(12), kCname, Name("a.example.com"))
      .Answer(Name("a.example.com"), kA, kAddress)
      .Authority(Name("example.com"), kNs, Name("ns1.example.com"))
      .Record(10, Name(""), kOpt, {}, 1232, 0x8000);
  const DecodedDns decoded(message);
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.dns.qd_count == 1);
  CHECK(decoded.dns.an_count == 2);
  CHECK(decoded.dns.ns_count == 1);
  CHECK(decoded.dns.ar_count == 1);
  REQUIRE(decoded.dns.questions.count == 1);
  REQUIRE(decoded.dns.answers.count == 2);
  REQUIRE(decoded.dns.authorities.count == 1);
  REQUIRE(decoded.dns.additionals.count == 1);
  CHECK(View(decoded.question(0).name) == "www.example.com");
  CHECK(decoded.question(0).type == kA);
  CHECK(decoded.question(0).qclass == 1);
  CHECK(View(decoded.answer(0).name) == "www.example.com");
  CHECK(decoded.answer(0).type == kCname);
  CHECK(decoded.answer(0).rclass == 1);
  CHECK(decoded.answer(0).ttl == 300);
  CHECK(View(decoded.answer(1).name) == "a.example.com");
  CHECK(View(decoded.authority(0).name) == "example.com");
  CHECK(View(decoded.additional(0).name).empty());
  CHECK(decoded.additional(0).rclass == 1232);
  CHECK(decoded.additional(0).ttl == 0x8000);
}

TEST_CASE("dns: several questions are all kept") {
  DnsMessageBuilder message(0);
  message.Question("a.example", kA).Question(NameWithPointer("b", 14), kAaaa);
  const DecodedDns decoded(message);
  CHECK(decoded.status == DecodeStatus::kOk);
  REQUIRE(decoded.dns.questions.count == 2);
  CHECK(View(decoded.question(1).name) == "b.example");
  CHECK(decoded.question(1).type == kAaaa);
}

TEST_CASE("dns: bytes behind the message only set a flag, and can be counted") {
  DnsMessageBuilder message;
  message.Question("example.com", kA);
  const std::size_t size = message.size();
  CHECK(DecodedDns(message).dns.flags == 0);
  CHECK(DecodedDns(message).dns.message_size == size);
  message.Raw(ByteWriter().Fill(50, 0xff));
  const DecodedDns decoded(message);
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.dns.flags == WIREHOUND_DNS_TRAILING);
  CHECK(decoded.dns.message_size == size);
}

TEST_CASE("dns: a message whose capture ends behind its last record is whole") {
  DnsMessageBuilder message;
  message.Question("example.com", kA);
  const DecodedDns decoded(CapturedBytes(message.span(), 1000));
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.dns.flags == WIREHOUND_DNS_TRAILING);
}

TEST_CASE("dns: the top bit of a class is a flag in mDNS only") {
  DnsMessageBuilder message;
  message.Question(Name("host.local"), kA, 0x8001)
      .Record(6, Pointer(12), kA, kAddress, 0x8001)
      .Record(10, Name(""), kOpt, {}, 0x85a0);
  SUBCASE("mDNS") {
    const DecodedDns decoded(message, DnsVariant::kMdns);
    CHECK(decoded.status == DecodeStatus::kOk);
    CHECK(decoded.dns.variant == WIREHOUND_DNS_VARIANT_MDNS);
    CHECK(decoded.question(0).qclass == 1);
    CHECK(decoded.question(0).unicast_response == 1);
    CHECK(decoded.answer(0).rclass == 1);
    CHECK(decoded.answer(0).cache_flush == 1);
    CHECK(decoded.additional(0).rclass == 0x85a0);
    CHECK(decoded.additional(0).cache_flush == 0);
  }
  SUBCASE("plain DNS and LLMNR") {
    for (const DnsVariant variant : {DnsVariant::kPlain, DnsVariant::kLlmnr}) {
      const DecodedDns decoded(message, variant);
      CHECK(decoded.dns.variant == static_cast<std::uint8_t>(variant));
      CHECK(decoded.question(0).qclass == 0x8001);
      CHECK(decoded.question(0).unicast_response == 0);
      CHECK(decoded.answer(0).rclass == 0x8001);
      CHECK(decoded.answer(0).cache_flush == 0);
    }
  }
}

TEST_CASE("dns: an mDNS class without the top bit has neither flag") {
  DnsMessageBuilder message;
  message.Question("host.local", kA).Answer(Pointer(12), kA, kAddress);
  const DecodedDns decoded(message, DnsVariant::kMdns);
  CHECK(decoded.question(0).qclass == 1);
  CHECK(decoded.question(0).unicast_response == 0);
  CHECK(decoded.answer(0).cache_flush == 0);
}

TEST_CASE("dns: raw data and texts are views of the input, names are in the arena") {
  DnsMessageBuilder message;
  message.Question("example.com", kTxt).Answer(Pointer(12), kTxt, ByteWriter({2, 'h', 'i'}));
  const DecodedDns decoded(message);
  const wirehound_dns_record& record = decoded.answer(0);
  const std::byte* end = message.span().data() + message.size();
  CHECK(static_cast<const void*>(record.rdata.data) == end - 3);
  CHECK(record.rdata.size == 3);
  const auto& text = At<wirehound_string>(Data<wirehound_list>(record), 0);
  CHECK(static_cast<const void*>(text.data) == end - 2);
  CHECK(decoded.arena.Contains(record.name.data, record.name.size));
  CHECK(decoded.arena.Contains(decoded.dns.answers.data, sizeof(wirehound_dns_record)));
}

TEST_CASE("dns: a pointer to a name that was read already costs no memory") {
  DnsMessageBuilder message;
  message.Question("a.rather.long.name.example.com", kA);
  for (int i = 0; i < 8; ++i) {
    message.Answer(Pointer(12), kTxt, ByteWriter({0}));
  }
  const DecodedDns decoded(message);
  REQUIRE(decoded.dns.answers.count == 8);
  for (std::uint32_t i = 0; i < 8; ++i) {
    CHECK(decoded.answer(i).name.data == decoded.question(0).name.data);
  }
}

TEST_CASE("dns: one arena can be reset and used for many messages") {
  DnsMessageBuilder message;
  message.Question("example.com", kA).Answer(Pointer(12), kA, kAddress);
  Arena arena(4096);
  std::size_t used = 0;
  for (int round = 0; round < 100; ++round) {
    arena.Reset();
    wirehound_dns dns;
    REQUIRE(DecodeDns(message.span(), arena, dns) == DecodeStatus::kOk);
    CHECK((round == 0 || arena.used() == used));
    used = arena.used();
  }
}

TEST_CASE("dns: two messages can share an arena without a reset") {
  DnsMessageBuilder first;
  first.Question("first.example", kA);
  DnsMessageBuilder second;
  second.Question("second.example", kA);
  Arena arena(kDnsArenaBytes);
  wirehound_dns dns[2];
  CHECK(DecodeDns(first.span(), arena, dns[0]) == DecodeStatus::kOk);
  CHECK(DecodeDns(second.span(), arena, dns[1]) == DecodeStatus::kOk);
  CHECK(View(At<wirehound_dns_question>(dns[0].questions, 0).name) == "first.example");
  CHECK(View(At<wirehound_dns_question>(dns[1].questions, 0).name) == "second.example");
}

}  // namespace dns_decoder_test
}  // namespace wirehound::test
