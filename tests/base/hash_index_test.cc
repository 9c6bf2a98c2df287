// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <random>
#include <set>

#include <doctest/doctest.h>

#include "base/hash_index.h"

namespace wirehound {
namespace hash_index_test {

TEST_CASE("hash index: an entry is found until it is removed") {
  constexpr std::uint32_t kEntries = 60;
  HashIndex index(kEntries);
  std::set<std::uint32_t> present;
  std::mt19937 random(1);
  // Few home slots, close together and at the end of the table: long runs that wrap around.
  const auto hash_of = [](std::uint32_t number) { return 110 + number * 7 % 20; };
  for (int i = 0; i < 1000; ++i) {
    const auto number = static_cast<std::uint32_t>(random() % kEntries);
    if (present.insert(number).second) {
      index.Insert(hash_of(number), number);
    } else {
      index.Erase(hash_of(number), number);
      present.erase(number);
    }
    for (std::uint32_t n = 0; n < kEntries; ++n) {
      const auto is_it = [n](std::uint32_t found) { return found == n; };
      REQUIRE((index.Find(hash_of(n), is_it) == n) == present.contains(n));
    }
  }
}

}  // namespace hash_index_test
}  // namespace wirehound
