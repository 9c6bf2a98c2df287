// SPDX-License-Identifier: Apache-2.0

// How a line of a test case is split into words, and written back.

#include "engine/testing/words.h"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace words_test {

std::vector<Word> Words(std::string_view line) {
  Result<std::vector<Word>> words = SplitWords(line);
  REQUIRE_MESSAGE(words.has_value(), (words ? "" : words.error().message()));
  return *words;
}

TEST_CASE("words: blanks separate words, and the first '=' separates name and value") {
  CHECK(Words("").empty());
  CHECK(Words(" a=1\tb  c=x=y ") ==
        std::vector<Word>{{"a", "1", true}, {"b", "", false}, {"c", "x=y", true}});
  CHECK(Words("a=") == std::vector<Word>{{"a", "", true}});
}

TEST_CASE(
    "words: quotes may hold blanks and escapes; elsewhere a backslash is an ordinary character") {
  CHECK(Words(R"(a="x y" b="\"\\\n\t\r\x41")") ==
        std::vector<Word>{{"a", "x y", true}, {"b", "\"\\\n\t\rA", true}});
  CHECK(Words(R"(a=x\.y\032)") == std::vector<Word>{{"a", R"(x\.y\032)", true}});
  CHECK(Words(R"(a=x"y)") == std::vector<Word>{{"a", "x\"y", true}});
}

TEST_CASE("words: an error names the word that cannot be read") {
  const auto error = [](std::string_view line) { return SplitWords(line).error().message(); };
  CHECK(error(R"(a=1 b="x)") == "b: no closing '\"'");
  CHECK(error(R"(b="x"y)") == "b: expected a blank behind the closing '\"'");
  CHECK(error("=1") == "=1: expected a name before '='");
  for (const char* line : {R"(b="\q")", R"(b="\x4")", R"(b="\xzz")", "b=\"\\"}) {
    CHECK(error(line).find("b: unknown escape") == 0);
  }
}

TEST_CASE("words: a written word is read back unchanged") {
  const std::string_view values[] = {
      "",   "x",   "two words", "a\"b", "tab\there", "\\", "a\nb", "\x01", "gr\xc3\xbc\xc3\x9f",
      "\"", "a=b", "\r",        "a\\.b"};
  for (const std::string_view value : values) {
    const std::vector<Word> words = {{"name", std::string(value), true}, {"bare", "", false}};
    CHECK(Words(WriteWords(words)) == words);
  }
  CHECK(WriteWord({"a", "plain", true}) == "a=plain");
  CHECK(WriteWord({"a", "two words", true}) == "a=\"two words\"");
}

}  // namespace words_test
}  // namespace wirehound::test
