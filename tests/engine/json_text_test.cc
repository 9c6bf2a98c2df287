// SPDX-License-Identifier: Apache-2.0

// The primitives of the JSON writer, checked by another JSON library: whatever was on the wire,
// the result parses and says the same.

#include "engine/outputs/json_text.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace wirehound::test {
namespace {

using Json = nlohmann::json;

std::string Quoted(std::string_view text) {
  std::string out;
  AppendString(out, text);
  return out;
}

std::string Number(double value) {
  std::string out;
  AppendDouble(out, value);
  return out;
}

constexpr const char* kReplaced = "\\ufffd";

TEST_CASE("json text: plain text is itself, in quotes") {
  CHECK(Quoted("") == R"("")");
  CHECK(Quoted("www.example.com") == R"("www.example.com")");
  CHECK(Quoted("a/b 'c' <d>") == R"("a/b 'c' <d>")");
}

TEST_CASE("json text: what JSON reserves is escaped") {
  CHECK(Quoted("a\"b\\c") == R"("a\"b\\c")");
  CHECK(Quoted("\n\r\t") == R"("\n\r\t")");
  CHECK(Quoted(std::string_view("\0\x01\x1f\x7f", 4)) == R"("\u0000\u0001\u001f\u007f")");
}

TEST_CASE("json text: every byte alone gives valid JSON") {
  for (int byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    const std::string text(1, static_cast<char>(byte));
    const std::string quoted = Quoted(text);
    REQUIRE(Json::accept(quoted));
    CHECK(Json::parse(quoted).get<std::string>() == (byte < 0x80 ? text : "\xef\xbf\xbd"));
  }
}

TEST_CASE("json text: well-formed UTF-8 passes through") {
  for (const std::string_view text :
       {"\xc2\xa0", "caf\xc3\xa9", "\xdf\xbf", "\xe0\xa0\x80", "\xe2\x82\xac", "\xed\x9f\xbf",
        "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf0\x9f\x90\xba",
        "\xf4\x8f\xbf\xbf"}) {
    std::string expected = "\"";
    expected += text;
    expected += '"';
    CHECK(Quoted(text) == expected);
    CHECK(Json::parse(Quoted(text)).get<std::string>() == text);
  }
}

TEST_CASE("json text: the control characters behind ASCII are escaped, not passed through") {
  // A terminal may take U+009B for the start of a command.
  CHECK(Quoted("\xc2\x9b[2J") == R"("\u009b[2J")");
  CHECK(Quoted("\xc2\x80") == R"("\u0080")");
  CHECK(Json::parse(Quoted("\xc2\x85")).get<std::string>() == "\xc2\x85");
}

TEST_CASE("json text: each byte that is not UTF-8 becomes one replacement character") {
  struct Case {
    const char* what;
    std::string_view text;
    int replaced;
  };
  const Case cases[] = {
      {"a continuation alone", "\x80", 1},          {"a two-byte form cut off", "\xc3", 1},
      {"a three-byte form cut off", "\xe2\x82", 2}, {"a four-byte form cut off", "\xf0\x9f\x90", 3},
      {"overlong, two bytes", "\xc0\xaf", 2},       {"overlong, two bytes, largest", "\xc1\xbf", 2},
      {"overlong, three bytes", "\xe0\x80\xaf", 3}, {"overlong, four bytes", "\xf0\x80\x80\xaf", 4},
      {"a surrogate", "\xed\xa0\x80", 3},           {"the last surrogate", "\xed\xbf\xbf", 3},
      {"beyond U+10FFFF", "\xf4\x90\x80\x80", 4},   {"a five-byte form", "\xf8\x88\x80\x80\x80", 5},
      {"bytes that never occur", "\xfe\xff", 2},
  };
  for (const Case& c : cases) {
    CAPTURE(std::string(c.what));
    std::string expected = "\"a";
    for (int i = 0; i < c.replaced; ++i) {
      expected += kReplaced;
    }
    expected += "b\"";
    std::string text = "a";
    text += c.text;
    text += 'b';
    CHECK(Quoted(text) == expected);
    CHECK(Json::accept(Quoted(c.text)));
  }
}

TEST_CASE("json text: a broken sequence does not swallow what follows") {
  CHECK(Quoted("\xe2\x82\"") == "\"\\ufffd\\ufffd\\\"\"");
  CHECK(Quoted("\xf0\x9f\n") == "\"\\ufffd\\ufffd\\n\"");
  CHECK(Quoted("\xc3\xc3\xa9") == "\"\\ufffd\xc3\xa9\"");
}

TEST_CASE("json text: any bytes at all give valid JSON") {
  std::mt19937 random(20260101);  // fixed: the same bytes at every run
  std::string text;
  for (int round = 0; round < 20000; ++round) {
    text.clear();
    for (auto length = random() % 12; length > 0; --length) {
      // Mostly bytes that start or continue sequences: where the mistakes would be.
      const auto kind = random() % 4;
      text += static_cast<char>(kind == 0 ? random() % 0x80 : 0x80 + random() % 0x80);
    }
    if (!Json::accept(Quoted(text))) {
      FAIL_CHECK("not JSON: " << Quoted(text));
    }
  }
}

TEST_CASE("json text: integers to the last digit") {
  std::string out;
  AppendUnsigned(out, 0);
  out += ' ';
  AppendUnsigned(out, std::numeric_limits<std::uint64_t>::max());
  out += ' ';
  AppendSigned(out, std::numeric_limits<std::int64_t>::min());
  out += ' ';
  AppendSigned(out, -1);
  CHECK(out == "0 18446744073709551615 -9223372036854775808 -1");
}

TEST_CASE("json text: doubles read back equal; what is no number is null") {
  for (const double value : {0.0, -0.0, 0.1, 1.0 / 3, 1e-300, 1.7976931348623157e308, 5e-324,
                             -123456.789, 1e21, 9007199254740993.0}) {
    CAPTURE(value);
    REQUIRE(Json::accept(Number(value)));
    CHECK(Json::parse(Number(value)).get<double>() == value);
  }
  CHECK(Number(std::nan("")) == "null");
  CHECK(Number(HUGE_VAL) == "null");
  CHECK(Number(-HUGE_VAL) == "null");
}

TEST_CASE("json text: booleans and hexadecimal digits") {
  std::string out;
  AppendBool(out, true);
  AppendBool(out, false);
  const std::uint8_t bytes[] = {0x00, 0x0f, 0xab, 0xff};
  AppendHex(out, bytes, sizeof(bytes));
  AppendHex(out, nullptr, 0);
  CHECK(out == R"(truefalse"000fabff""")");
}

}  // namespace
}  // namespace wirehound::test
