// SPDX-License-Identifier: Apache-2.0

// RecentMap: a map of bounded size. When it is full, a new entry evicts the least recently used
// one. Values keep their address until then. Allocates for each entry. One thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <unordered_map>
#include <utility>

namespace wirehound {

template <typename Key, typename Value>
class RecentMap {
 public:
  /// `capacity` is at least 1.
  explicit RecentMap(std::size_t capacity) : capacity_(capacity) {}

  /// The value of a key, or null. Counts as use.
  Value* Find(const Key& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) {
      return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->second;
  }

  /// Sets the value of a key. A new key may evict another one.
  Value& Put(const Key& key, Value value) {
    if (Value* known = Find(key)) {
      *known = std::move(value);
      return *known;
    }
    if (entries_.size() >= capacity_) {
      by_key_.erase(entries_.back().first);
      entries_.pop_back();
      ++evicted_;
    }
    entries_.emplace_front(key, std::move(value));
    by_key_.emplace(key, entries_.begin());
    return entries_.front().second;
  }

  std::size_t size() const { return entries_.size(); }
  /// Entries that were evicted.
  std::uint64_t evicted() const { return evicted_; }

  /// Keys with their values, the most recently used first.
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  auto begin() { return entries_.begin(); }
  auto end() { return entries_.end(); }

 private:
  std::size_t capacity_;
  std::list<std::pair<const Key, Value>> entries_;
  std::unordered_map<Key, typename std::list<std::pair<const Key, Value>>::iterator> by_key_;
  std::uint64_t evicted_ = 0;
};

}  // namespace wirehound
