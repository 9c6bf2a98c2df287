// SPDX-License-Identifier: Apache-2.0

// IntrusiveList: elements in the order they were appended, oldest first, linked through a member of
// their own. So one element can stand in several lists, and nothing is allocated. One thread.

#pragma once

#include <cstddef>

namespace wirehound {

template <typename T>
struct ListLink {
  T* older;
  T* newer;
};

/// An element is in the list at most once, keeps its address while it is, and outlives that.
template <typename T, ListLink<T> T::*kLink>
class IntrusiveList {
 public:
  T* oldest() const { return oldest_; }
  T* newest() const { return newest_; }
  bool empty() const { return oldest_ == nullptr; }
  std::size_t size() const { return size_; }

  static T* OlderThan(const T& element) { return (element.*kLink).older; }
  static T* NewerThan(const T& element) { return (element.*kLink).newer; }

  void Append(T& element) {
    Link(element);
    ++size_;
  }

  void Remove(T& element) {
    Unlink(element);
    --size_;
  }

  void MoveToNewest(T& element) {
    if (newest_ != &element) {
      Unlink(element);
      Link(element);
    }
  }

 private:
  void Link(T& element) {
    element.*kLink = {newest_, nullptr};
    (newest_ == nullptr ? oldest_ : (newest_->*kLink).newer) = &element;
    newest_ = &element;
  }

  void Unlink(T& element) {
    const ListLink<T> link = element.*kLink;
    (link.older == nullptr ? oldest_ : (link.older->*kLink).newer) = link.newer;
    (link.newer == nullptr ? newest_ : (link.newer->*kLink).older) = link.older;
  }

  T* oldest_ = nullptr;
  T* newest_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace wirehound
