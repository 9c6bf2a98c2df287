// SPDX-License-Identifier: Apache-2.0

// ChunkedPool: objects by number that stay at their address, made in chunks as they are needed, up
// to a maximum, and recycled. Never shrinks. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace wirehound {

/// T has a member `number`.
template <typename T>
class ChunkedPool {
 public:
  explicit ChunkedPool(std::uint32_t max_objects) : max_objects_(max_objects) {
    chunks_.reserve(max_objects / kChunk + 1);
    free_.reserve(max_objects);
  }

  T& at(std::uint32_t number) { return chunks_[number / kChunk][number % kChunk]; }
  const T& at(std::uint32_t number) const { return chunks_[number / kChunk][number % kChunk]; }

  bool exhausted() const { return free_.empty() && made_ == max_objects_; }
  std::size_t in_use() const { return made_ - free_.size(); }

  /// A fresh object. Not when the pool is exhausted.
  T& Take() {
    std::uint32_t number = made_;
    if (free_.empty()) {
      if (made_ % kChunk == 0) {
        chunks_.push_back(std::make_unique<T[]>(kChunk));
      }
      ++made_;
    } else {
      number = free_.back();
      free_.pop_back();
    }
    T& object = at(number);
    object = T();
    object.number = number;
    return object;
  }

  void Return(T& object) { free_.push_back(object.number); }

 private:
  static constexpr std::uint32_t kChunk = 64;

  std::vector<std::unique_ptr<T[]>> chunks_;
  std::vector<std::uint32_t> free_;
  std::uint32_t max_objects_;
  std::uint32_t made_ = 0;
};

}  // namespace wirehound
