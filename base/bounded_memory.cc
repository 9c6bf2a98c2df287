// SPDX-License-Identifier: Apache-2.0

// BoundedMemory over malloc. malloc_usable_size tells how large a block really is, so blocks need
// no header of their own.

#include "base/bounded_memory.h"

#include <malloc.h>

#include <cstdlib>

namespace wirehound {

bool BoundedMemory::Fits(std::size_t size) {
  // A block may be a little larger than asked for, so used_bytes_ may pass the cap.
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
