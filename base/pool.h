// SPDX-License-Identifier: Apache-2.0

// Pool: objects of one type that are used again instead of freed, up to a maximum. An object keeps
// its address for as long as the pool lives. The pool allocates about 64 KiB of objects at a time,
// when they are first needed, and never shrinks. So the maximum is the most that the objects can
// ever cost, and a busy engine stops allocating. One thread.

#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace wirehound {

template <typename T>
class Pool {
 public:
  /// Allocates nothing but room for its lists: 8 bytes an object, untouched until objects return.
  explicit Pool(std::size_t max_objects) : max_objects_(max_objects) {
    chunks_.reserve(max_objects / kChunk + 1);
    free_.reserve(max_objects);
  }
  ~Pool() {
    for (std::size_t number = 0; number < made_; ++number) {
      std::destroy_at(&at(number));
    }
  }

  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// An object for the caller, to be given back with Return before the pool goes. Null, counted,
  /// when all are in use. A used object is as its last user left it, and `args` are not looked at.
  /// A new one is made from `args`; without any it is default-initialised, so that a
  /// buffer is not cleared. A member `number` of a new object is set to its number.
  template <typename... Args>
  T* Take(Args&&... args) {
    if (!free_.empty()) {
      T* object = free_.back();
      free_.pop_back();
      return object;
    }
    if (made_ == max_objects_) {
      ++refused_;
      return nullptr;
    }
    return Make(std::forward<Args>(args)...);
  }

  /// Take for a T with a member `number`, with all other members as T() has them.
  T* TakeFresh() {
    T* object = Take();
    if (object != nullptr) {
      const std::uint32_t number = object->number;
      *object = T();
      object->number = number;
    }
    return object;
  }

  void Return(T* object) { free_.push_back(object); }

  /// The object with this number. Objects are numbered from 0 in the order in which they were made.
  T& at(std::size_t number) { return chunks_[number / kChunk][number % kChunk].object; }
  const T& at(std::size_t number) const { return chunks_[number / kChunk][number % kChunk].object; }

  std::size_t in_use() const { return made_ - free_.size(); }
  std::size_t available() const { return max_objects_ - in_use(); }
  /// The most that were in use at once: a new object is made only when no used one is free.
  std::size_t peak() const { return made_; }
  /// How often Take had nothing.
  std::uint64_t refused() const { return refused_; }

 private:
  static constexpr std::size_t kChunkBytes = std::size_t{64} << 10;
  // A power of two, so that finding an object by number takes no division.
  static constexpr std::size_t kChunk =
      std::bit_floor(std::max<std::size_t>(kChunkBytes / sizeof(T), 1));

  // Room for an object that is made later.
  union Cell {
    Cell() {}
    ~Cell() {}
    T object;
  };

  template <typename... Args>
  T* Make(Args&&... args) {
    if (made_ % kChunk == 0) {
      const std::size_t count = std::min(kChunk, max_objects_ - made_);
      chunks_.push_back(std::make_unique_for_overwrite<Cell[]>(count));
    }
    void* cell = &at(made_);
    T* object = nullptr;
    if constexpr (sizeof...(Args) == 0) {
      object = ::new (cell) T;
    } else {
      object = ::new (cell) T(std::forward<Args>(args)...);
    }
    if constexpr (requires { object->number; }) {
      object->number = static_cast<std::uint32_t>(made_);
    }
    ++made_;
    return object;
  }

  std::vector<std::unique_ptr<Cell[]>> chunks_;
  std::vector<T*> free_;  // the one returned last is taken first
  std::size_t max_objects_;
  std::size_t made_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace wirehound
