// SPDX-License-Identifier: Apache-2.0

// DNS names: labels, escaping, length limits, compression, and bad pointers.

#include <string>

#include <doctest/doctest.h>

#include "decoders/dns/dns_name_reader.h"
#include "tests/decoders/dns/dns_test_support.h"

namespace wirehound::test {
namespace dns_name_reader_test {

// A query for `name`, given as wire bytes.
DnsMessageBuilder Query(const ByteWriter& name) {
  DnsMessageBuilder message(0x0100);
  message.Question(name, kA);
  return message;
}

std::string NameOf(const DecodedDns& decoded) {
  REQUIRE(decoded.status == DecodeStatus::kOk);
  REQUIRE(decoded.dns.questions.count == 1);
  return std::string(View(decoded.question(0).name));
}

ByteWriter Label(std::string_view bytes) {
  return ByteWriter().U8(static_cast<int>(bytes.size())).Text(bytes);
}

// Labels of 'x' with these lengths, and the root.
ByteWriter NameOfLengths(std::initializer_list<int> lengths) {
  ByteWriter name;
  for (const int length : lengths) {
    name.U8(length).Fill(static_cast<std::size_t>(length), 'x');
  }
  return name.U8(0);
}

TEST_CASE("dns name: labels are joined by dots, the root is empty, letters keep their case") {
  for (const char* name : {"", "a", "example.com", "WwW.ExAmPlE.CoM", "_dns.resolver.arpa",
                           "a-b.c_d.123", "my printer._ipp._tcp.local", "1.0.0.127.in-addr.arpa"}) {
    const DnsMessageBuilder message = Query(Name(name));
    CHECK(NameOf(DecodedDns(message)) == name);
  }
}

TEST_CASE("dns name: bytes that would be ambiguous in the text are escaped") {
  struct Row {
    std::string_view label;
    std::string_view text;
  };
  using namespace std::string_view_literals;
  for (const Row& row : {Row{"a.b"sv, "a\\.b"sv}, Row{"a\\b"sv, "a\\\\b"sv}, Row{"\0"sv, "\\000"sv},
                         Row{"\x09"sv, "\\009"sv}, Row{"\x1f"sv, "\\031"sv}, Row{" "sv, " "sv},
                         Row{"~"sv, "~"sv}, Row{"\x7f"sv, "\\127"sv}, Row{"\x80"sv, "\\128"sv},
                         Row{"\xff"sv, "\\255"sv}, Row{"\xc3\xbc"sv, "\\195\\188"sv},
                         Row{"ok\nok"sv, "ok\\010ok"sv}, Row{"\"@;()"sv, "\"@;()"sv}}) {
    const DnsMessageBuilder message = Query(Label(row.label).Append(Label("tld")).U8(0));
    CHECK(NameOf(DecodedDns(message)) == std::string(row.text) + ".tld");
  }
}

TEST_CASE("dns name: the longest label and the longest name are sound") {
  CHECK(NameOf(DecodedDns(Query(NameOfLengths({63})))).size() == 63);
  CHECK(NameOf(DecodedDns(Query(NameOfLengths({63, 63, 63, 61})))).size() == 253);
  ByteWriter many;
  for (int i = 0; i < 127; ++i) {
    many.Append(Label("x"));
  }
  CHECK(NameOf(DecodedDns(Query(many.U8(0)))).size() == 253);
}

TEST_CASE("dns name: the longest name with every byte escaped fits the space reserved for it") {
  ByteWriter name;
  for (const int length : {63, 63, 63, 61}) {
    name.U8(length).Fill(static_cast<std::size_t>(length), 0xff);
  }
  CHECK(NameOf(DecodedDns(Query(name.U8(0)))).size() == kMaxDnsNameText);
}

TEST_CASE("dns name: one byte more than 255 is malformed") {
  CHECK(DecodedDns(Query(NameOfLengths({63, 63, 63, 62}))).status == DecodeStatus::kMalformed);
  ByteWriter many;
  for (int i = 0; i < 128; ++i) {
    many.Append(Label("x"));
  }
  CHECK(DecodedDns(Query(many.U8(0))).status == DecodeStatus::kMalformed);
}

TEST_CASE("dns name: the limit of 255 bytes holds for names with pointers too") {
  DnsMessageBuilder message;
  message.Question(NameOfLengths({63, 63, 63}), kA);  // 193 bytes with the root
  SUBCASE("255 bytes through a known name are sound") {
    message.Answer(NameWithPointer(std::string(61, 'y'), 12), kTxt, ByteWriter({0}));
    const DecodedDns decoded(message);
    CHECK(decoded.status == DecodeStatus::kOk);
    CHECK(decoded.answer(0).name.size == 253);
  }
  SUBCASE("256 bytes through a known name are malformed") {
    message.Answer(NameWithPointer(std::string(62, 'y'), 12), kTxt, ByteWriter({0}));
    CHECK(DecodedDns(message).status == DecodeStatus::kMalformed);
  }
  SUBCASE("so are those through a part of a name that was not read by itself") {
    message.Answer(NameWithPointer(std::string(63, 'y') + "." + std::string(63, 'z'), 12 + 64),
                   kTxt, ByteWriter({0}));
    CHECK(DecodedDns(message).status == DecodeStatus::kMalformed);
  }
}

TEST_CASE("dns name: the two reserved label types are malformed") {
  for (const int length : {0x40, 0x41, 0x7f, 0x80, 0xbf}) {
    CHECK(DecodedDns(Query(ByteWriter().U8(length).Fill(200, 'x').U8(0))).status ==
          DecodeStatus::kMalformed);
  }
}

TEST_CASE("dns name: a name may be compressed in every position") {
  DnsMessageBuilder message;
  message.Question("www.example.com", kA);  // at 12; example at 16, com at 24, the root at 28
  struct Row {
    ByteWriter name;
    std::string_view text;
  };
  const Row rows[] = {{Pointer(12), "www.example.com"},
                      {Pointer(16), "example.com"},
                      {Pointer(24), "com"},
                      {Pointer(28), ""},
                      {NameWithPointer("ftp", 16), "ftp.example.com"},
                      {NameWithPointer("a.b.c", 24), "a.b.c.com"},
                      {NameWithPointer("x", 12), "x.www.example.com"},
                      {NameWithPointer("net", 28), "net"},
                      {Pointer(16), "example.com"}};
  for (const Row& row : rows) {
    message.Answer(row.name, kTxt, ByteWriter({0}));
  }
  const DecodedDns decoded(message);
  CHECK(decoded.status == DecodeStatus::kOk);
  REQUIRE(decoded.dns.answers.count == std::size(rows));
  for (std::uint32_t i = 0; i < std::size(rows); ++i) {
    CHECK(View(decoded.answer(i).name) == rows[i].text);
  }
}

TEST_CASE("dns name: pointers to pointers, and names that share suffixes, are followed") {
  DnsMessageBuilder message;
  message.Question("example.com", kA);
  const std::size_t first = message.size();
  message.Answer(Pointer(12), kCname, NameWithPointer("a", 12));
  const std::size_t second = message.size();
  message.Answer(Pointer(first), kCname, NameWithPointer("b", first + 12));
  message.Answer(Pointer(second), kCname, Pointer(second + 12));
  const DecodedDns decoded(message);
  CHECK(decoded.status == DecodeStatus::kOk);
  REQUIRE(decoded.dns.answers.count == 3);
  CHECK(View(decoded.answer(1).name) == "example.com");
  CHECK(View(decoded.answer(2).name) == "example.com");
  CHECK(View(Data<wirehound_string>(decoded.answer(0))) == "a.example.com");
  CHECK(View(Data<wirehound_string>(decoded.answer(1))) == "b.a.example.com");
  CHECK(View(Data<wirehound_string>(decoded.answer(2))) == "b.a.example.com");
}

TEST_CASE("dns name: more names than the reader remembers are still decoded correctly") {
  DnsMessageBuilder message;
  message.Question("example.com", kA);
  std::size_t offsets[100];
  for (int i = 0; i < 100; ++i) {
    offsets[i] = message.size() + 12;
    message.Answer(Pointer(12), kNs, NameWithPointer("ns" + std::to_string(i), 12));
  }
  for (int i = 0; i < 100; ++i) {
    message.Additional(Pointer(offsets[i]), kA, {192, 0, 2, i});
  }
  const DecodedDns decoded(message);
  CHECK(decoded.status == DecodeStatus::kOk);
  REQUIRE(decoded.dns.additionals.count == 100);
  for (std::uint32_t i = 0; i < 100; ++i) {
    CHECK(View(decoded.additional(i).name) == "ns" + std::to_string(i) + ".example.com");
  }
}

TEST_CASE("dns: a pointer to itself is malformed and makes no loop") {
  CHECK(DecodedDns(Query(Pointer(12))).status == DecodeStatus::kMalformed);
}

TEST_CASE("dns name: a name that points into itself is malformed") {
  CHECK(DecodedDns(Query(NameWithPointer("a", 12))).status == DecodeStatus::kMalformed);
  CHECK(DecodedDns(Query(NameWithPointer("a", 14))).status == DecodeStatus::kMalformed);
  CHECK(DecodedDns(Query(NameWithPointer("a.b", 14))).status == DecodeStatus::kMalformed);
}

TEST_CASE("dns name: two names that point at each other are malformed") {
  DnsMessageBuilder message;
  const std::size_t second = 12 + 2 + 4;
  message.Question(Pointer(second), kA).Question(Pointer(12), kA);
  const DecodedDns decoded(message);
  CHECK(decoded.status == DecodeStatus::kMalformed);
  CHECK(decoded.dns.questions.count == 0);
}

TEST_CASE("dns name: a pointer forward, out of the message or into the header is malformed") {
  for (const std::size_t target : {std::size_t{0}, std::size_t{2}, std::size_t{11}, std::size_t{18},
                                   std::size_t{100}, std::size_t{0x3fff}}) {
    DnsMessageBuilder message = Query(Pointer(target));
    message.Raw(Name("forward.example"));
    CHECK(DecodedDns(message).status == DecodeStatus::kMalformed);
    // Also in a capture that was cut: no missing byte could make it valid.
    CHECK(DecodedDns(CapturedBytes(message.span(), 60000)).status == DecodeStatus::kMalformed);
  }
}

// A message whose answer's name is `length` pointers, each to the one before, then "end".
DnsMessageBuilder PointerChain(int length) {
  DnsMessageBuilder message;
  message.Question("end", kA);
  ByteWriter links;
  std::size_t target = 12;
  const std::size_t start = message.size() + 11;
  for (int i = 0; i < length - 1; ++i) {
    links.Append(Pointer(target));
    target = start + 2 * static_cast<std::size_t>(i);
  }
  // The links are in the data of a type that is not decoded, so no name among them is known before.
  message.Answer(Name(""), 10, links).Answer(Pointer(target), kTxt, ByteWriter({0}));
  return message;
}

TEST_CASE("dns name: a chain of pointers is followed up to the limit") {
  const DnsMessageBuilder longest = PointerChain(kMaxDnsNameJumps);
  const DecodedDns decoded(longest);
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(View(decoded.answer(1).name) == "end");
  const DnsMessageBuilder endless = PointerChain(kMaxDnsNameJumps + 2);
  CHECK(DecodedDns(endless).status == DecodeStatus::kMalformed);
}

TEST_CASE(
    "dns name: a name that runs over the end is truncated, or malformed when no byte is missing") {
  const ByteWriter name = NameWithPointer("www.example", 12);
  for (std::size_t size = 0; size < name.size(); ++size) {
    DnsMessageBuilder message;
    message.Question("com", kA).Claim(6, 1).Raw(ByteWriter().Append(name.span().first(size)));
    CHECK(DecodedDns(message).status == DecodeStatus::kMalformed);
    CHECK(DecodedDns(CapturedBytes(message.span(), 512)).status == DecodeStatus::kTruncated);
  }
}

TEST_CASE("dns name: a pointer into data whose labels run over the end is malformed") {
  DnsMessageBuilder message;
  message.Question("com", kA)
      .Answer(Name(""), 10, ByteWriter({63, 'x'}))
      .Answer(Pointer(12 + 5 + 4 + 11), kTxt, ByteWriter({0}));
  CHECK(DecodedDns(CapturedBytes(message.span(), 512)).status == DecodeStatus::kMalformed);
}

}  // namespace dns_name_reader_test
}  // namespace wirehound::test
