// SPDX-License-Identifier: Apache-2.0

// RangeSet: a set of values of an ordered kind, as ranges that do not overlap. The ranges are kept
// in order: few are scanned, many are searched. Built on the control thread, asked on the dispatch
// thread.

#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace wirehound {

template <typename Key>
class RangeSet {
 public:
  struct Range {
    Key first;
    Key last;
  };

  bool empty() const { return ranges_.empty(); }
  std::size_t size() const { return ranges_.size(); }

  /// In order. Two may touch when they were added so.
  const std::vector<Range>& ranges() const { return ranges_; }

  /// Adds what lies between `first` and `last`, both included. `first` must not be above `last`.
  void Add(Key first, Key last) {
    const auto begin =
        std::lower_bound(ranges_.begin(), ranges_.end(), first,
                         [](const Range& range, const Key& key) { return range.last < key; });
    auto end = begin;
    for (; end != ranges_.end() && end->first <= last; ++end) {
      first = std::min(first, end->first);
      last = std::max(last, end->last);
    }
    ranges_.insert(ranges_.erase(begin, end), {first, last});
  }

  bool Contains(const Key& key) const {
    return ranges_.size() <= kFew ? IsInOneOfFew(key) : IsFound(key);
  }

 private:
  static constexpr std::size_t kFew = 8;

  bool IsInOneOfFew(const Key& key) const {
    for (const Range& range : ranges_) {
      if (range.first <= key && key <= range.last) {
        return true;
      }
    }
    return false;
  }

  bool IsFound(const Key& key) const {
    const auto found =
        std::lower_bound(ranges_.begin(), ranges_.end(), key,
                         [](const Range& range, const Key& k) { return range.last < k; });
    return found != ranges_.end() && found->first <= key;
  }

  std::vector<Range> ranges_;
};

}  // namespace wirehound
