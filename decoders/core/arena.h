// SPDX-License-Identifier: Apache-2.0

// Arena: memory for what a decoder has to make: decompressed names, arrays of records.
// One block of a fixed size, allocated at construction and never again; everything in it dies
// together at Reset. The size is the hard cap on what a single message can cost: past it every
// allocation yields nullptr, which a decoder turns into a truncated result. One thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace wirehound {

class Arena {
 public:
  /// Allocates `capacity_bytes` from the heap, the only allocation there ever is. The pages are
  /// not touched before they are used.
  explicit Arena(std::size_t capacity_bytes);

  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// `size` uninitialised bytes at a multiple of `alignment` (a power of two, at most that of
  /// max_align_t), or nullptr when they do not fit. They live until Reset.
  void* Allocate(std::size_t size, std::size_t alignment) {
    const std::size_t start = (used_ + alignment - 1) & ~(alignment - 1);
    if (start > capacity_ || size > capacity_ - start) {
      exhausted_ = true;
      return nullptr;
    }
    used_ = start + size;
    return block_.get() + start;
  }

  /// Uninitialised room for `count` objects, or nullptr when they do not fit. The caller assigns
  /// each object before anyone reads it. Nothing is ever destroyed, hence the restriction.
  template <typename T>
  T* AllocateArray(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T>);
    static_assert(alignof(T) <= alignof(std::max_align_t));
    if (count > capacity_ / sizeof(T)) {
      exhausted_ = true;
      return nullptr;
    }
    return static_cast<T*>(Allocate(count * sizeof(T), alignof(T)));
  }

  /// A copy of `value` in the arena, or nullptr when it does not fit.
  template <typename T>
  T* Create(const T& value) {
    T* object = AllocateArray<T>(1);
    if (object != nullptr) {
      *object = value;
    }
    return object;
  }

  /// At least `size` bytes of free space to write text to, or nullptr when there are fewer. They
  /// stay free until Commit, so an abandoned reservation costs nothing.
  char* Reserve(std::size_t size) {
    if (size > capacity_ - used_) {
      exhausted_ = true;
      return nullptr;
    }
    return reinterpret_cast<char*>(block_.get() + used_);
  }

  /// Keeps the first `size` bytes of the last reservation; `size` must not exceed it.
  void Commit(std::size_t size) { used_ += size; }

  /// Forgets everything allocated. O(1).
  void Reset() {
    used_ = 0;
    exhausted_ = false;
  }

  std::size_t used() const { return used_; }
  std::size_t capacity() const { return capacity_; }
  /// Whether anything did not fit since the last Reset: for the counter of this limit.
  bool exhausted() const { return exhausted_; }
  /// Whether the `size` bytes at `data` are allocated from here. For checks, not for decoders.
  bool Contains(const void* data, std::size_t size) const;

 private:
  std::unique_ptr<std::byte[]> block_;
  std::size_t capacity_;
  std::size_t used_ = 0;
  bool exhausted_ = false;
};

}  // namespace wirehound
