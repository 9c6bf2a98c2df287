// SPDX-License-Identifier: Apache-2.0

// The forms in which DNS data is written, and the writer in a full arena.

#include "decoders/dns/dns_text_writer.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace dns_text_writer_test {

using namespace std::string_view_literals;

wirehound_bytes Bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
wirehound_string Text(std::string_view text) { return {text.data(), text.size()}; }

// The text that `write` writes.
template <typename Write>
std::string Written(Write write) {
  Arena arena(4096);
  DnsTextWriter writer(arena);
  write(writer);
  wirehound_string out{};
  CHECK(writer.Finish(out));
  CHECK(arena.used() == out.size);
  CHECK(arena.Contains(out.data, out.size));
  return {out.data, out.size};
}

TEST_CASE("dns text writer: base 64 has the padding of RFC 4648") {
  struct Row {
    std::string_view bytes, text;
  };
  const Row rows[] = {{"", ""},
                      {"f", "Zg=="},
                      {"fo", "Zm8="},
                      {"foo", "Zm9v"},
                      {"foob", "Zm9vYg=="},
                      {"foobar", "Zm9vYmFy"},
                      {"\xff\xfe\xfd"sv, "//79"}};
  for (const Row& row : rows) {
    CHECK(Written([&](DnsTextWriter& out) { out.Base64(Bytes(row.bytes)); }) == row.text);
  }
}

TEST_CASE("dns text writer: base 32 hex is in lower case and without padding") {
  struct Row {
    std::string_view bytes, text;
  };
  // RFC 4648 section 10.
  const Row rows[] = {{"", ""},
                      {"f", "co"},
                      {"fo", "cpng"},
                      {"foo", "cpnmu"},
                      {"foob", "cpnmuog"},
                      {"fooba", "cpnmuoj1"},
                      {"foobar", "cpnmuoj1e8"}};
  for (const Row& row : rows) {
    CHECK(Written([&](DnsTextWriter& out) { out.Base32Hex(Bytes(row.bytes)); }) == row.text);
  }
}

TEST_CASE("dns text writer: numbers, hexadecimal and names have their forms") {
  CHECK(Written([](DnsTextWriter& out) { out.Number(0).Append(' ').Number(UINT64_MAX); }) ==
        "0 18446744073709551615");
  CHECK(Written([](DnsTextWriter& out) { out.Hex(Bytes("\x00\xff\x1e"sv)); }) == "00ff1e");
  CHECK(Written([](DnsTextWriter& out) { out.Name(Text("a.b")).Append(' ').Name({}); }) == "a.b .");
}

TEST_CASE("dns text writer: character strings are escaped as in a master file") {
  CHECK(Written([](DnsTextWriter& out) { out.Quoted(Text("a \"b\" \\ \n\xff\0c"sv)); }) ==
        R"("a \"b\" \\ \010\255\000c")");
  CHECK(Written([](DnsTextWriter& out) { out.Quoted({}); }) == R"("")");
}

TEST_CASE("dns text writer: types have their mnemonics") {
  const std::uint16_t types[] = {1, 65, 65280};
  CHECK(Written([&](DnsTextWriter& out) { out.Types({types, 3, 2}); }) == "A HTTPS TYPE65280");
  CHECK(Written([&](DnsTextWriter& out) { out.Types({types, 2, 4}); }) == "A TYPE65280");
}

TEST_CASE("dns text writer: moments are UTC") {
  struct Row {
    std::uint32_t seconds;
    std::string_view text;
  };
  const Row rows[] = {{0, "19700101000000"},
                      {951782399, "20000228235959"},
                      {951782400, "20000229000000"},
                      {1048354263, "20030322173103"},  // of RFC 4034 section 3.3
                      {UINT32_MAX, "21060207062815"}};
  for (const Row& row : rows) {
    CHECK(Written([&](DnsTextWriter& out) { out.Time(row.seconds); }) == row.text);
  }
}

TEST_CASE(
    "dns text writer: a text that does not fit is left out whole, and the arena is exhausted") {
  for (std::size_t capacity = 0; capacity < 12; ++capacity) {
    CAPTURE(capacity);
    Arena arena(capacity);
    DnsTextWriter writer(arena);
    writer.Number(12345).Append(' ').Hex(Bytes("abc"));
    wirehound_string out = Text("old");
    CHECK_FALSE(writer.Finish(out));
    CHECK(out.size == 0);
    CHECK(arena.used() == 0);
    CHECK(arena.exhausted());
  }
  Arena arena(12);
  DnsTextWriter writer(arena);
  writer.Number(12345).Append(' ').Hex(Bytes("abc"));
  wirehound_string out{};
  CHECK(writer.Finish(out));
  CHECK_FALSE(arena.exhausted());
}

TEST_CASE("dns text writer: once failed, smaller writes fail too") {
  Arena arena(4);
  DnsTextWriter writer(arena);
  writer.Append("abcdef").Append("x");
  wirehound_string out{};
  CHECK_FALSE(writer.Finish(out));
}

TEST_CASE("dns text writer: earlier contents of the arena stay") {
  Arena arena(64);
  const int* before = arena.Create(7);
  DnsTextWriter writer(arena);
  writer.Append("text");
  wirehound_string out{};
  CHECK(writer.Finish(out));
  CHECK(*before == 7);
  CHECK(arena.used() == sizeof(int) + 4);
}

}  // namespace dns_text_writer_test
}  // namespace wirehound::test
