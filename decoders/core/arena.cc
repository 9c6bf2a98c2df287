// SPDX-License-Identifier: Apache-2.0

// Arena: what is not on the hot path.

#include "decoders/core/arena.h"

namespace wirehound {

// new[] of std::byte gives max_align_t alignment and, unlike make_unique, leaves the bytes alone.
Arena::Arena(std::size_t capacity_bytes)
    : block_(new std::byte[capacity_bytes]), capacity_(capacity_bytes) {}

bool Arena::Contains(const void* data, std::size_t size) const {
  // Compared as integers: pointers into different objects have no order.
  const auto start = reinterpret_cast<std::uintptr_t>(block_.get());
  const auto address = reinterpret_cast<std::uintptr_t>(data);
  return address >= start && address - start <= used_ && size <= used_ - (address - start);
}

}  // namespace wirehound
