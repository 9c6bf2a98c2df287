// SPDX-License-Identifier: Apache-2.0

// TextSet: texts with wildcards, compared with the simplest way to match them.

#include "engine/filters/text_set.h"

#include <random>
#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace text_set_test {

// Matches by trying every text that a `*` can stand for.
bool Matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) {
    return text.empty();
  }
  if (pattern[0] != '*') {
    return !text.empty() && pattern[0] == text[0] && Matches(pattern.substr(1), text.substr(1));
  }
  for (std::size_t taken = 0; taken <= text.size(); ++taken) {
    if (Matches(pattern.substr(1), text.substr(taken))) {
      return true;
    }
  }
  return false;
}

std::string RandomText(std::mt19937& random, std::string_view letters, std::size_t longest) {
  std::string text(random() % (longest + 1), ' ');
  for (char& c : text) {
    c = letters[random() % letters.size()];
  }
  return text;
}

TEST_CASE("text set: wildcards match the same texts as the simplest matcher, ignoring case") {
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    const std::string pattern = RandomText(random, "ab*", 6);
    const std::string text = RandomText(random, "ab", 9);
    CAPTURE(pattern);
    CAPTURE(text);
    TextSet exact(TextSet::Case::kExact);
    REQUIRE(exact.AddText(pattern));
    CHECK(exact.Contains(text) == Matches(pattern, text));
    TextSet any_case(TextSet::Case::kIgnored);
    REQUIRE(any_case.AddText(pattern));
    std::string upper = text;
    for (char& c : upper) {
      c = static_cast<char>(c - 'a' + (random() % 2 == 0 ? 'a' : 'A'));
    }
    CHECK(any_case.Contains(upper) == Matches(pattern, text));
  }
}

TEST_CASE("text set: bytes match like the text of their hexadecimal digits") {
  std::mt19937 random(8);
  for (int round = 0; round < 5'000; ++round) {
    const std::string bytes = RandomText(random, "\xab\xba\xbb", 4);
    std::string digits;
    for (const char c : bytes) {
      digits += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
      digits += "0123456789abcdef"[static_cast<unsigned char>(c) & 0xf];
    }
    const std::string pattern = RandomText(random, "ab*", 6);
    CAPTURE(pattern);
    CAPTURE(digits);
    TextSet set(TextSet::Case::kExact);
    const bool is_whole = pattern.find('*') != std::string::npos || pattern.size() % 2 == 0;
    REQUIRE(set.AddHex(pattern).has_value() == is_whole);
    if (is_whole) {
      const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
      CHECK(set.ContainsHex({data, bytes.size()}) == Matches(pattern, digits));
    }
  }
}

TEST_CASE("text set: a backslash makes the next character an ordinary one") {
  TextSet set(TextSet::Case::kExact);
  REQUIRE(set.AddText("a\\*b\\,c\\\\d\\-"));
  CHECK(set.Contains("a*b,c\\d-"));
  CHECK_FALSE(set.Contains("axb,c\\d-"));
  CHECK_FALSE(set.AddText("\\"));
}

TEST_CASE("text set: a text matches any pattern that was added, and nothing in an empty set") {
  TextSet set(TextSet::Case::kIgnored);
  CHECK(set.empty());
  CHECK_FALSE(set.Contains(""));
  REQUIRE(set.AddText("One"));
  REQUIRE(set.AddText("t*o"));
  REQUIRE(set.AddPattern("^thr[e]+$"));
  CHECK_FALSE(set.empty());
  for (const char* text : {"ONE", "two", "tO", "Three"}) {
    CHECK(set.Contains(text));
  }
  for (const char* text : {"", "on", "t", "three!"}) {
    CHECK_FALSE(set.Contains(text));
  }
}

TEST_CASE("text set: texts are bytes: a zero does not end them, and they need not be UTF-8") {
  TextSet set(TextSet::Case::kExact);
  REQUIRE(set.AddText(std::string_view("a\0b\xff", 4)));
  CHECK(set.Contains(std::string_view("a\0b\xff", 4)));
  CHECK_FALSE(set.Contains("a"));
  REQUIRE(set.AddPattern("ab$"));
  CHECK(
      set.Contains("\xff\x80"
                   "ab"));
}

TEST_CASE("text set: a pattern too large to keep is refused") {
  TextSet set(TextSet::Case::kExact);
  const Status status = set.AddPattern("((a{100}){100}){100}");
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().message().find("expected a regular expression") != std::string::npos);
}

}  // namespace text_set_test
}  // namespace wirehound::test
