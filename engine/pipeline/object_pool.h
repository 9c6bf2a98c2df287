// SPDX-License-Identifier: Apache-2.0

// ObjectPool: objects that are used again instead of freed, so that a busy engine stops
// allocating. It never holds more objects than were in use at once. One thread.

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace wirehound {

template <typename T>
class ObjectPool {
 public:
  /// `make` builds an object when none is free.
  explicit ObjectPool(std::function<std::unique_ptr<T>()> make) : make_(std::move(make)) {}

  /// The number of an object, which is as its last user left it: reset it before use. Give it back
  /// with Release.
  std::size_t Acquire() {
    if (free_.empty()) {
      all_.push_back(make_());
      free_.reserve(all_.capacity());
      return all_.size() - 1;
    }
    const std::size_t number = free_.back();
    free_.pop_back();
    return number;
  }

  T& operator[](std::size_t number) { return *all_[number]; }

  void Release(std::size_t number) { free_.push_back(number); }

 private:
  std::function<std::unique_ptr<T>()> make_;
  std::vector<std::unique_ptr<T>> all_;
  std::vector<std::size_t> free_;
};

}  // namespace wirehound
