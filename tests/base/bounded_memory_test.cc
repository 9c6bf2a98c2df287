// SPDX-License-Identifier: Apache-2.0

#include <doctest/doctest.h>

#include "base/bounded_memory.h"

namespace wirehound {
namespace bounded_memory_test {

TEST_CASE("bounded memory: gives up to its cap and counts what it refuses") {
  BoundedMemory memory(1000);
  void* first = memory.Allocate(600);
  REQUIRE(first != nullptr);
  CHECK(memory.used_bytes() >= 600);
  CHECK(memory.Allocate(600) == nullptr);
  CHECK(memory.Reallocate(first, 1200) == nullptr);
  CHECK(memory.refused() == 2);
  void* moved = memory.Reallocate(first, 900);
  REQUIRE(moved != nullptr);
  CHECK(memory.used_bytes() >= 900);
  memory.Free(nullptr);
  memory.Free(moved);
  CHECK(memory.used_bytes() == 0);
}

}  // namespace bounded_memory_test
}  // namespace wirehound
