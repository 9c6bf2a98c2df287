// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/dns_lessons.h"

#include <array>
#include <string>

#include <doctest/doctest.h>

#include "tests/engine/stores/dns_store_support.h"

namespace wirehound::test {
namespace dns_lessons_test {

/// The lessons of a message: "name=address/ttl …".
std::string Lessons(const wirehound_dns& message) {
  std::array<DnsLesson, kMaxDnsLessons> lessons;
  const std::size_t count = ReadDnsLessons(message, lessons);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += text.empty() ? "" : " ";
    text += std::string(lessons[i].name) + "=" + AddressText(lessons[i].address) + "/" +
            std::to_string(lessons[i].ttl);
  }
  return text;
}

std::string Lessons(const DnsMessageBuilder& message, DnsVariant variant = DnsVariant::kPlain) {
  return Lessons(DecodedDns(message, variant).dns);
}

DnsMessageBuilder Ask(std::string_view name, unsigned type = kA) {
  DnsMessageBuilder message;
  message.Question(name, type);
  return message;
}

TEST_CASE("dns lessons: each address of the name in the question is a lesson") {
  DnsMessageBuilder message = Ask("example.com");
  message.Record(6, Name("example.com"), kA, AddressData("192.0.2.1"), 1, 60)
      .Record(6, Name("EXAMPLE.com"), kA, AddressData("192.0.2.2"), 1, 30)
      .Record(6, Name("example.com"), kAaaa, AddressData("2001:db8::1"), 1, 90);
  CHECK(Lessons(message) ==
        "example.com=192.0.2.1/60 example.com=192.0.2.2/30 example.com=2001:db8::1/90");
}

TEST_CASE("dns lessons: aliases lead from the question to addresses, in any order") {
  DnsMessageBuilder message = Ask("www.example.com");
  message.Record(6, Name("edge.example.net"), kA, AddressData("192.0.2.1"), 1, 60)
      .Record(6, Name("cdn.example.net"), kCname, Name("edge.example.net"), 1, 20)
      .Record(6, Name("www.example.com"), kCname, Name("CDN.example.net"), 1, 300);
  CHECK(Lessons(message) ==
        "www.example.com=192.0.2.1/20");  // the smallest TTL of the aliases and the address
}

TEST_CASE("dns lessons: a circle of aliases, or too many of them, ends") {
  DnsMessageBuilder circle = Ask("a.example");
  circle.Answer(Name("a.example"), kCname, Name("b.example"))
      .Answer(Name("b.example"), kCname, Name("a.example"));
  CHECK(Lessons(circle).empty());
  const auto chain = [](std::size_t aliases) {
    DnsMessageBuilder message = Ask("n0.example");
    for (std::size_t i = 0; i < aliases; ++i) {
      message.Answer(Name("n" + std::to_string(i) + ".example"), kCname,
                     Name("n" + std::to_string(i + 1) + ".example"));
    }
    message.Answer(Name("n" + std::to_string(aliases) + ".example"), kA, {192, 0, 2, 1});
    return Lessons(message);
  };
  CHECK(chain(kMaxDnsAliases) == "n0.example=192.0.2.1/300");
  CHECK(chain(kMaxDnsAliases + 1).empty());
}

TEST_CASE("dns lessons: records that answer no question give no lesson") {
  DnsMessageBuilder message = Ask("example.com");
  message.Answer(Name("bank.example"), kA, {192, 0, 2, 66});
  message.Authority(Name("example.com"), kA, {192, 0, 2, 67});
  message.Additional(Name("example.com"), kA, {192, 0, 2, 68});
  CHECK(Lessons(message).empty());
}

TEST_CASE("dns lessons: only responses to queries of the Internet class give lessons") {
  DnsMessageBuilder request(0x0100);
  request.Question("example.com", kA).Answer(Pointer(12), kA, {192, 0, 2, 1});
  CHECK(Lessons(request).empty());
  DnsMessageBuilder update(0xa800);  // opcode 5
  update.Question("example.com", kA).Answer(Pointer(12), kA, {192, 0, 2, 1});
  CHECK(Lessons(update).empty());
  DnsMessageBuilder chaos = Ask("example.com");
  chaos.Record(6, Pointer(12), kA, {192, 0, 2, 1}, 3);
  CHECK(Lessons(chaos).empty());
}

TEST_CASE("dns lessons: the name of the address in the question is a lesson") {
  DnsMessageBuilder message = Ask("1.2.0.192.in-addr.arpa", kPtr);
  message.Answer(Pointer(12), kPtr, Name("host.example.com"));
  CHECK(Lessons(message) == "host.example.com=192.0.2.1/300");
}

TEST_CASE("dns lessons: a reverse lookup may lead through an alias") {
  DnsMessageBuilder message = Ask("1.2.0.192.in-addr.arpa", kPtr);
  message.Answer(Pointer(12), kCname, Name("1.0-63.2.0.192.in-addr.arpa"))
      .Answer(Name("1.0-63.2.0.192.in-addr.arpa"), kPtr, Name("host.example.com"));
  CHECK(Lessons(message) == "host.example.com=192.0.2.1/300");
}

TEST_CASE("dns lessons: each address record of a multicast response is a lesson") {
  DnsMessageBuilder message(0x8400);
  message.Answer(Name("_http._tcp.local"), kPtr, Name("web._http._tcp.local"))
      .Record(6, Name("box.local"), kA, AddressData("192.0.2.1"), 0x8001, 120)
      .Record(10, Name("box.local"), kAaaa, AddressData("fe80::1"), 0x8001, 120);
  CHECK(Lessons(message, DnsVariant::kMdns) == "box.local=192.0.2.1/120 box.local=fe80::1/120");
  CHECK(Lessons(message).empty());  // in plain DNS its records answer no question
}

TEST_CASE("dns lessons: a time to live with its top bit set counts as 0") {
  CHECK(Lessons(AddressResponse("example.com", "192.0.2.1", 0x80000001)) ==
        "example.com=192.0.2.1/0");
}

TEST_CASE("dns lessons: the lessons of one message are limited") {
  DnsMessageBuilder message = Ask("example.com");
  for (int i = 0; i < 100; ++i) {
    message.Answer(Pointer(12), kA, {192, 0, 2, i});
  }
  std::array<DnsLesson, 5> few;
  const DecodedDns decoded(message);
  CHECK(ReadDnsLessons(decoded.dns, few) == few.size());
  std::array<DnsLesson, kMaxDnsLessons> lessons;
  CHECK(ReadDnsLessons(decoded.dns, lessons) == kMaxDnsLessons);
}

TEST_CASE("dns lessons: names for reverse lookup are read as addresses, others are not") {
  const auto parse = [](std::string_view name) {
    const auto address = ParseReverseName(name);
    return address ? AddressText(*address) : "none";
  };
  CHECK(parse("4.3.2.1.in-addr.arpa") == "1.2.3.4");
  CHECK(parse("4.3.2.1.IN-ADDR.ARPA") == "1.2.3.4");
  CHECK(parse("255.0.0.10.in-addr.arpa") == "10.0.0.255");
  CHECK(parse("b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa") ==
        "4321:0:1:2:3:4:567:89ab");
  for (const char* name :
       {"", "arpa", "in-addr.arpa", "3.2.1.in-addr.arpa", "5.4.3.2.1.in-addr.arpa",
        "256.3.2.1.in-addr.arpa", "04.3.2.1.in-addr.arpa", "a.3.2.1.in-addr.arpa",
        "4.3.2.1.in-addr.example", "4.3.2.1.ip6.arpa", "4..2.1.in-addr.arpa",
        "99999999999.3.2.1.in-addr.arpa"}) {
    CAPTURE(name);
    CHECK(parse(name) == "none");
  }
}

}  // namespace dns_lessons_test
}  // namespace wirehound::test
