// SPDX-License-Identifier: Apache-2.0

// BoundedMemory over malloc. The allocator is asked how large a block really is, so no header of
// ours is needed to give the right number back.

#include "base/bounded_memory.h"

#include <malloc.h>

#include <cstdlib>

namespace wirehound {

bool BoundedMemory::Fits(std::size_t size) {
  // A block may turn out a little larger than asked for, so used_bytes_ may stand past the cap.
  if (used_bytes_ < cap_bytes_ && size <= cap_bytes_ - used_bytes_) {
    return true;
  }
  ++refused_;
  return false;
}

void* BoundedMemory::Allocate(std::size_t size) {
  if (!Fits(size)) {
    return nullptr;
  }
  void* block = std::malloc(size);
  used_bytes_ += malloc_usable_size(block);
  return block;
}

void* BoundedMemory::Reallocate(void* block, std::size_t size) {
  const std::size_t before = malloc_usable_size(block);
  if (size > before && !Fits(size - before)) {
    return nullptr;
  }
  void* moved = std::realloc(block, size);
  if (moved != nullptr) {
    used_bytes_ = used_bytes_ - before + malloc_usable_size(moved);
  }
  return moved;
}

void BoundedMemory::Free(void* block) {
  used_bytes_ -= malloc_usable_size(block);
  std::free(block);
}

}  // namespace wirehound
