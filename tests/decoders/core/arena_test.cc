// SPDX-License-Identifier: Apache-2.0

// Arena: alignment, the cap, and that nothing survives Reset.

#include "decoders/core/arena.h"

#include <cstdint>
#include <cstring>
#include <limits>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace arena_test {

bool IsAligned(const void* pointer, std::size_t alignment) {
  return reinterpret_cast<std::uintptr_t>(pointer) % alignment == 0;
}

TEST_CASE("arena: every type gets its alignment") {
  Arena arena(256);
  for (int i = 0; i < 4; ++i) {
    CHECK(arena.AllocateArray<char>(1) != nullptr);
    CHECK(IsAligned(arena.AllocateArray<std::uint64_t>(1), alignof(std::uint64_t)));
    CHECK(IsAligned(arena.AllocateArray<std::uint16_t>(1), alignof(std::uint16_t)));
    CHECK(IsAligned(arena.AllocateArray<std::max_align_t>(1), alignof(std::max_align_t)));
  }
}

TEST_CASE("arena: the capacity can be used to the last byte and not beyond") {
  Arena arena(64);
  CHECK(arena.AllocateArray<char>(63) != nullptr);
  CHECK(arena.AllocateArray<char>(1) != nullptr);
  CHECK_FALSE(arena.exhausted());
  CHECK(arena.AllocateArray<char>(1) == nullptr);
  CHECK(arena.exhausted());
  CHECK(arena.used() == 64);
}

TEST_CASE("arena: padding for alignment counts against the capacity") {
  Arena arena(16);
  CHECK(arena.AllocateArray<char>(9) != nullptr);
  CHECK(arena.Create(std::uint64_t{1}) == nullptr);
  CHECK(arena.used() == 9);
}

TEST_CASE("arena: sizes that would wrap around do not fit") {
  constexpr std::size_t kHuge = std::numeric_limits<std::size_t>::max();
  Arena arena(64);
  CHECK(arena.AllocateArray<char>(kHuge) == nullptr);
  CHECK(arena.AllocateArray<std::uint64_t>(kHuge / 8 + 2) == nullptr);
  CHECK(arena.Allocate(kHuge - 8, 8) == nullptr);
  CHECK(arena.Reserve(kHuge) == nullptr);
  CHECK(arena.used() == 0);
}

TEST_CASE("arena: a reservation takes room only when it is committed, and only what was used") {
  Arena arena(32);
  char* text = arena.Reserve(32);
  REQUIRE(text != nullptr);
  CHECK(arena.used() == 0);
  CHECK(arena.Reserve(32) == text);
  std::memcpy(text, "name", 4);
  arena.Commit(4);
  CHECK(arena.used() == 4);
  CHECK(arena.Reserve(28) == text + 4);
  CHECK_FALSE(arena.exhausted());
  CHECK(arena.Reserve(29) == nullptr);
  CHECK(arena.exhausted());
}

TEST_CASE("arena: reset gives the same memory again and clears the mark of exhaustion") {
  Arena arena(32);
  const char* first = arena.AllocateArray<char>(32);
  CHECK(arena.AllocateArray<char>(1) == nullptr);
  arena.Reset();
  CHECK(arena.used() == 0);
  CHECK_FALSE(arena.exhausted());
  CHECK(arena.AllocateArray<char>(32) == first);
}

TEST_CASE("arena: an empty array needs no room, even in a full arena") {
  Arena arena(0);
  CHECK(arena.AllocateArray<std::uint64_t>(0) != nullptr);
  CHECK_FALSE(arena.exhausted());
}

TEST_CASE("arena: Contains is true for its own memory only") {
  Arena arena(64);
  const char* text = arena.AllocateArray<char>(8);
  CHECK(arena.Contains(text, 8));
  CHECK_FALSE(arena.Contains(text, 9));
  CHECK_FALSE(arena.Contains(text + 8, 1));
  CHECK_FALSE(arena.Contains(&arena, 1));
}

}  // namespace arena_test
}  // namespace wirehound::test
