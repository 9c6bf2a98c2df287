// SPDX-License-Identifier: Apache-2.0

// Sizes in bytes, read from and written as text like "64K".

#include "engine/text/byte_size.h"

#include <string>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace byte_size_test {

TEST_CASE("byte size: a number may have a unit that is a power of 1024") {
  struct Case {
    const char* text;
    std::uint64_t bytes;
  };
  const Case cases[] = {{"0", 0},         {"512", 512},     {"64K", 65536},
                        {"8M", 8u << 20}, {"1G", 1u << 30}, {"18446744073709551615", UINT64_MAX}};
  for (const Case& c : cases) {
    CAPTURE(std::string(c.text));
    const auto bytes = ParseByteSize(c.text);
    REQUIRE(bytes.has_value());
    CHECK(*bytes == c.bytes);
  }
}

TEST_CASE("byte size: any other text is refused with what is expected") {
  for (const char* const text : {"", "K", "-1", " 1", "1k", "1KB", "1.5M", "0x10", "1T",
                                 "18446744073709551616", "17179869184G"}) {
    CAPTURE(std::string(text));
    const auto bytes = ParseByteSize(text);
    REQUIRE_FALSE(bytes.has_value());
    CHECK(bytes.error().message() ==
          "'" + std::string(text) + "': expected a size as 65536, 64K, 8M or 1G");
  }
}

TEST_CASE("byte size: a size is written in the largest unit that divides it") {
  CHECK(ByteSizeText(0) == "0");
  CHECK(ByteSizeText(1023) == "1023");
  CHECK(ByteSizeText(1024) == "1K");
  CHECK(ByteSizeText(1536 * 1024) == "1536K");
  CHECK(ByteSizeText(std::uint64_t{1} << 30) == "1G");
}

}  // namespace byte_size_test
}  // namespace wirehound::test
