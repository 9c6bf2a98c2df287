// SPDX-License-Identifier: Apache-2.0

#include "base/keyed_digest.h"

#include <cstdint>
#include <numeric>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace keyed_digest_test {

// The key 00 01 … 0f and inputs 00 01 … of the reference implementation.
TEST_CASE("keyed digest: agrees with the reference implementation of SipHash-2-4-128") {
  const KeyedDigest digest(0x0706050403020100, 0x0f0e0d0c0b0a0908);
  struct Case {
    std::size_t size;
    std::uint64_t low;  // as printed, first byte first
    std::uint64_t high;
  };
  constexpr Case kCases[] = {{0, 0xa3817f04ba25a8e6, 0x6df67214c7550293},
                             {8, 0x3b62a9ba6258f561, 0x0f83e264f31497b4},
                             {15, 0x5493e99933b0a811, 0x7e08ec0f97cfc3d9}};
  for (const Case& expected : kCases) {
    std::vector<std::uint8_t> input(expected.size);
    std::iota(input.begin(), input.end(), std::uint8_t{0});
    const Digest got = digest(input);
    CAPTURE(expected.size);
    CHECK(got.low == __builtin_bswap64(expected.low));
    CHECK(got.high == __builtin_bswap64(expected.high));
  }
}

TEST_CASE("keyed digest: another length or another key gives another digest") {
  const KeyedDigest digest(1, 2);
  CHECK(!(digest(std::string_view("a\0", 2)) == digest(std::string_view("a"))));
  CHECK(digest("a") == KeyedDigest(1, 2)("a"));
  CHECK(!(digest("a") == KeyedDigest(1, 3)("a")));
  CHECK(!(KeyedDigest::Random()("a") == KeyedDigest::Random()("a")));
}

}  // namespace keyed_digest_test
}  // namespace wirehound::test
