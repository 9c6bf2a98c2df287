// SPDX-License-Identifier: Apache-2.0

#include "base/recent_map.h"

#include <doctest/doctest.h>

#include <string>

namespace wirehound {
namespace recent_map_test {

TEST_CASE("recent map: a full map evicts the entry that was used longest ago, and counts it") {
  RecentMap<int, std::string> map(2);
  map.Put(1, "one");
  map.Put(2, "two");
  CHECK(map.evicted() == 0);
  REQUIRE(map.Find(1) != nullptr);
  map.Put(3, "three");
  CHECK(map.size() == 2);
  CHECK(map.evicted() == 1);
  CHECK(map.Find(2) == nullptr);
  REQUIRE(map.Find(1) != nullptr);
  CHECK(*map.Find(1) == "one");
}

TEST_CASE("recent map: putting a known key replaces its value in place and evicts nothing") {
  RecentMap<int, std::string> map(2);
  std::string* value = &map.Put(1, "one");
  map.Put(2, "two");
  CHECK(&map.Put(1, "uno") == value);
  CHECK(*value == "uno");
  CHECK(map.size() == 2);
  CHECK(map.evicted() == 0);
  CHECK(map.begin()->first == 1);
}

TEST_CASE("recent map: a new key of a full map takes over the evicted value, for its memory") {
  RecentMap<int, std::string> map(1);
  map.Take(1) = "one";
  CHECK(map.Take(1) == "one");
  CHECK(map.Take(2) == "one");
  CHECK(map.evicted() == 1);
  CHECK(map.Find(1) == nullptr);
}

}  // namespace recent_map_test
}  // namespace wirehound
