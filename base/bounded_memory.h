// SPDX-License-Identifier: Apache-2.0

// BoundedMemory: heap memory under a cap, for small blocks of many sizes that are kept for an
// unknown time, such as HPACK tables and requests that wait for a response. It counts the bytes
// that the allocator really spends. The C library serves such blocks from its thread cache, so an
// allocation costs a handful of instructions. One thread.

#pragma once

#include <cstddef>
#include <cstdint>

namespace wirehound {

class BoundedMemory {
 public:
  explicit BoundedMemory(std::size_t cap_bytes) : cap_bytes_(cap_bytes) {}

  BoundedMemory(const BoundedMemory&) = delete;
  BoundedMemory& operator=(const BoundedMemory&) = delete;

  /// `size` uninitialised bytes aligned for any object, or nullptr when that would pass the cap or
  /// the system has none. They belong to the caller until Free.
  void* Allocate(std::size_t size);
  /// realloc under the same rules. `block` may be null; it stays as it is when the result is
  /// nullptr. `size` must not be 0.
  void* Reallocate(void* block, std::size_t size);
  /// Gives a block back; null is allowed.
  void Free(void* block);

  std::size_t used_bytes() const { return used_bytes_; }
  std::size_t cap_bytes() const { return cap_bytes_; }
  /// Requests that did not fit.
  std::uint64_t refused() const { return refused_; }

 private:
  // Whether `size` more bytes are within the cap; counts when they are not.
  bool Fits(std::size_t size);

  std::size_t cap_bytes_;
  std::size_t used_bytes_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace wirehound
