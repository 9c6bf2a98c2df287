// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/pool.h"

namespace wirehound {
namespace pool_test {

struct Numbered {
  std::uint32_t number = 0;
  int value = 7;
  std::array<std::byte, 2000> bytes;  // so that there are several chunks
};

TEST_CASE("pool: lends at most its maximum number of objects") {
  constexpr std::size_t kMax = 100;
  Pool<Numbered> pool(kMax);
  CHECK(pool.available() == kMax);
  std::vector<Numbered*> taken;
  while (Numbered* object = pool.Take()) {
    CHECK(object->number == taken.size());
    CHECK(&pool.at(object->number) == object);
    taken.push_back(object);
  }
  CHECK(std::set<Numbered*>(taken.begin(), taken.end()).size() == kMax);
  CHECK(pool.in_use() == kMax);
  CHECK(pool.available() == 0);
  CHECK(pool.refused() == 1);
  for (Numbered* object : taken) {
    pool.Return(object);
  }
  CHECK(pool.in_use() == 0);
  CHECK(pool.peak() == kMax);
}

TEST_CASE("pool: the object that was returned last is lent first, as it was left or fresh") {
  Pool<Numbered> pool(3);
  pool.Take();
  Numbered* object = pool.Take();
  object->value = 8;
  pool.Return(object);
  SUBCASE("as it was left") {
    CHECK(pool.Take() == object);
    CHECK(object->value == 8);
  }
  SUBCASE("fresh") {
    CHECK(pool.TakeFresh() == object);
    CHECK(object->value == 7);
  }
  CHECK(object->number == 1);
  CHECK(pool.peak() == 2);
}

TEST_CASE("pool: makes objects from arguments, once each, and destroys them") {
  struct Named {
    Named(std::string text, int& made, int& living) : name(std::move(text)), count(living) {
      ++made;
      ++living;
    }
    ~Named() { --count; }
    std::string name;
    int& count;
  };
  int made = 0;
  int living = 0;
  {
    Pool<Named> pool(2);
    Named* first = pool.Take("first", made, living);
    pool.Take("second", made, living);
    pool.Return(first);
    CHECK(pool.Take("third", made, living) == first);
    CHECK(first->name == "first");
    CHECK(pool.Take("fourth", made, living) == nullptr);
    CHECK(made == 2);
    CHECK(living == 2);
  }
  CHECK(living == 0);
}

}  // namespace pool_test
}  // namespace wirehound
