// SPDX-License-Identifier: Apache-2.0

// RecentMap: a map of bounded size. When it is full, a new entry evicts the least recently used
// one. Values keep their address until then. Allocates for each entry until it is full. One thread.

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
    // The same key often comes many times in a row: those calls end here, without a hash.
    if (!entries_.empty() && entries_.front().first == key) {
      return &entries_.front().second;
    }
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) {
      return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->second;
  }

  /// The value of a key for the caller to set: that of its entry, or of a new one. A new key may
  /// evict another one. It then gets the evicted value, with the memory that this holds.
  Value& Take(const Key& key) {
    if (Value* known = Find(key)) {
      return *known;
    }
    if (entries_.size() < capacity_) {
      entries_.emplace_front();
    } else {
      by_key_.erase(entries_.back().first);
      entries_.splice(entries_.begin(), entries_, std::prev(entries_.end()));
      ++evicted_;
    }
    entries_.front().first = key;
    by_key_.emplace(key, entries_.begin());
    return entries_.front().second;
  }

  /// Sets the value of a key. A new key may evict another one.
  Value& Put(const Key& key, Value value) { return Take(key) = std::move(value); }

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
  std::list<std::pair<Key, Value>> entries_;  // the most recently used first
  std::unordered_map<Key, typename std::list<std::pair<Key, Value>>::iterator> by_key_;
  std::uint64_t evicted_ = 0;
};

}  // namespace wirehound
