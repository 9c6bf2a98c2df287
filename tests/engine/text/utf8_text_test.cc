// SPDX-License-Identifier: Apache-2.0

// AppendPrintable: text made safe for a terminal.

#include "engine/text/utf8_text.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace utf8_text_test {

std::string Printable(std::string_view text) {
  std::string out;
  AppendPrintable(out, text);
  return out;
}

TEST_CASE("printable text: ordinary text is unchanged") {
  for (const std::string_view text :
       {"", "dig", "a b\\c\"d~", "caf\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x90\xba", "\xc2\xa0"}) {
    CHECK(Printable(text) == text);
  }
}

TEST_CASE("printable text: control characters become question marks, one for each byte") {
  CHECK(Printable("\x1b[2J") == "?[2J");
  CHECK(Printable("a\r\n\tb\x7f") == "a???b?");
  CHECK(Printable(std::string_view("\0", 1)) == "?");
  CHECK(Printable("\xc2\x9b[2J") == "??[2J");
  CHECK(Printable("\xc2\x80\xc2\x9f") == "????");
}

TEST_CASE("printable text: bytes that are not UTF-8 become question marks, and the rest stays") {
  CHECK(Printable("a\x9bz") == "a?z");
  CHECK(Printable("\xff\xc3\xa9\xc3") == "?\xc3\xa9?");
  CHECK(Printable("\xe2\x82") == "??");
}

TEST_CASE("printable text: the text is appended") {
  std::string out = "comm=";
  AppendPrintable(out, "x\n");
  CHECK(out == "comm=x?");
}

}  // namespace utf8_text_test
}  // namespace wirehound::test
