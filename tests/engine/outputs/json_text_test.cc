// SPDX-License-Identifier: Apache-2.0

// The primitives of the JSON writer, checked with another JSON library: any bytes from the wire
// give JSON that parses to the same text.

#include "engine/outputs/json_text.h"
#include "tests/engine/support/json.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace json_text_test {

using test::Json;

std::string Quoted(std::string_view text) {
  // Exactly as long as the room that a string needs, so that sanitizers report a write beyond it.
  std::vector<char> out(JsonStringBytes(text.size()) + JsonBuffer::kSlackBytes);
  char* end = WriteString(out.data(), text);
  REQUIRE(end <= out.data() + JsonStringBytes(text.size()));
  return {out.data(), end};
}

std::string Number(double value) {
  char out[kJsonNumberBytes];
  return {out, WriteDouble(out, value)};
}

constexpr const char* kReplaced = "\\ufffd";

TEST_CASE("json text: plain text is unchanged between quotes") {
  CHECK(Quoted("") == R"("")");
  CHECK(Quoted("www.example.com") == R"("www.example.com")");
  CHECK(Quoted("a/b 'c' <d>") == R"("a/b 'c' <d>")");
}

TEST_CASE("json text: characters that JSON reserves are escaped") {
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
    CHECK(Json::parse(quoted).text() == (byte < 0x80 ? text : "\xef\xbf\xbd"));
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
    CHECK(Json::parse(Quoted(text)).text() == text);
  }
}

TEST_CASE("json text: the control characters above ASCII are escaped, not passed through") {
  // A terminal may take U+009B for the start of a command.
  CHECK(Quoted("\xc2\x9b[2J") == R"("\u009b[2J")");
  CHECK(Quoted("\xc2\x80") == R"("\u0080")");
  CHECK(Json::parse(Quoted("\xc2\x85")).text() == "\xc2\x85");
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

TEST_CASE("json text: a broken sequence does not swallow the bytes after it") {
  CHECK(Quoted("\xe2\x82\"") == "\"\\ufffd\\ufffd\\\"\"");
  CHECK(Quoted("\xf0\x9f\n") == "\"\\ufffd\\ufffd\\n\"");
  CHECK(Quoted("\xc3\xc3\xa9") == "\"\\ufffd\xc3\xa9\"");
}

TEST_CASE("json text: random bytes give valid JSON") {
  std::mt19937 random(20260101);  // fixed: the same bytes at every run
  std::string text;
  for (int round = 0; round < 20000; ++round) {
    text.clear();
    for (auto length = random() % 12; length > 0; --length) {
      // Mostly bytes that start or continue sequences, where mistakes are likely.
      const auto kind = random() % 4;
      text += static_cast<char>(kind == 0 ? random() % 0x80 : 0x80 + random() % 0x80);
    }
    if (!Json::accept(Quoted(text))) {
      FAIL_CHECK("not JSON: " << Quoted(text));
    }
  }
}

TEST_CASE("json text: integers are exact to the last digit") {
  const auto unsigned_text = [](std::uint64_t value) {
    char out[kJsonNumberBytes];
    return std::string(out, WriteUnsigned(out, value));
  };
  const auto signed_text = [](std::int64_t value) {
    char out[kJsonNumberBytes];
    return std::string(out, WriteSigned(out, value));
  };
  for (std::uint64_t value = 0; value < 70'000; ++value) {
    if (unsigned_text(value) != std::to_string(value)) {
      FAIL_CHECK(unsigned_text(value) << " instead of " << value);
    }
  }
  for (std::uint64_t power = 1; power < 10'000'000'000'000'000'000U; power *= 10) {
    for (const std::uint64_t value : {power - 1, power, power + 1, 9 * power}) {
      CHECK(unsigned_text(value) == std::to_string(value));
    }
  }
  CHECK(unsigned_text(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(signed_text(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(signed_text(std::numeric_limits<std::int64_t>::max()) == "9223372036854775807");
  CHECK(signed_text(-1) == "-1");
  CHECK(signed_text(-256) == "-256");
  CHECK(signed_text(0) == "0");
}

TEST_CASE("json text: doubles read back equal, and NaN and infinity are null") {
  for (const double value : {0.0, -0.0, 0.1, 1.0 / 3, 1e-300, 1.7976931348623157e308, 5e-324,
                             -123456.789, 1e21, 9007199254740993.0}) {
    CAPTURE(value);
    REQUIRE(Json::accept(Number(value)));
    CHECK(Json::parse(Number(value)).number() == value);
  }
  CHECK(Number(std::nan("")) == "null");
  CHECK(Number(HUGE_VAL) == "null");
  CHECK(Number(-HUGE_VAL) == "null");
}

TEST_CASE("json text: booleans and hexadecimal digits are written") {
  char out[8];
  CHECK(std::string_view(out, WriteBool(out, true) - out) == "true");
  CHECK(std::string_view(out, WriteBool(out, false) - out) == "false");
  const auto hex = [](const wirehound_bytes& bytes) {
    JsonBuffer buffer(0);
    buffer.Commit(WriteHex(buffer, buffer.end(), bytes));
    return std::string(buffer.text());
  };
  const std::uint8_t bytes[] = {0x00, 0x0f, 0xab, 0xff};
  CHECK(hex({bytes, sizeof(bytes)}) == R"("000fabff")");
  CHECK(hex({nullptr, 0}) == R"("")");
  const std::vector<std::uint8_t> many(10'000, 0x5a);
  CHECK(hex({many.data(), many.size()}).size() == 20'002);
}

TEST_CASE("json text: a special byte is found at every position of a text of any length") {
  // The writer scans texts in blocks, so every length and position is tried across block edges.
  for (std::size_t length = 1; length <= 40; ++length) {
    for (std::size_t place = 0; place < length; ++place) {
      for (const char special : {'\0', '\x1f', '"', '\\', '\x7f', '\x80', '\xff'}) {
        std::string text(length, 'a');
        text[place] = special;
        std::string expected = Quoted(std::string_view(&special, 1));
        expected.insert(1, place, 'a');
        expected.insert(expected.size() - 1, length - place - 1, 'a');
        // A separate allocation, so that sanitizers report a read beyond its end.
        const std::vector<char> exact(text.begin(), text.end());
        if (Quoted({exact.data(), exact.size()}) != expected) {
          FAIL_CHECK(Quoted(text) << " instead of " << expected);
        }
      }
    }
  }
}

TEST_CASE("json text: special bytes are found next to each other and next to similar bytes") {
  const std::string_view bytes("\x1f\x20!\"#[\\]~\x7f\x80\x01", 12);
  std::mt19937 random(20260102);  // fixed: the same bytes at every run
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    std::string expected = "\"";
    for (auto length = random() % 20; length > 0; --length) {
      const std::string_view byte = bytes.substr(random() % bytes.size(), 1);
      const std::string quoted = Quoted(byte);
      text += byte;
      expected += quoted.substr(1, quoted.size() - 2);
    }
    expected += '"';
    if (Quoted(text) != expected) {
      FAIL_CHECK(Quoted(text) << " instead of " << expected);
    }
  }
}

}  // namespace json_text_test
}  // namespace wirehound::test
