// SPDX-License-Identifier: Apache-2.0

// CounterTable: sums by key over a sliding window. The window consists of buckets, and a bucket
// expires as a whole: a sum covers at least the window less one bucket, at most the window. Adding
// costs one step for each bucket that has passed since the last use of the key, at most all of
// them. Dispatch thread.

#pragma once

#include <cstdint>

#include "base/bounded_table.h"

namespace wirehound {

class CounterTable {
 public:
  struct Options {
    std::uint32_t max_keys = 1;  ///< at least 1; beyond, the key counted longest ago goes
    std::uint64_t window_ns = 1;
    std::uint32_t buckets = 1;
  };

  static std::uint64_t BytesFor(const Options& options);

  explicit CounterTable(const Options& options);

  /// Adds to a key and gives its sum. A sum that would not fit stays at the highest number. A time
  /// before that of the key's last bucket counts into that one.
  std::uint64_t Add(const Digest& key, std::uint64_t amount, std::uint64_t now_ns);
  /// 0 for a key that is not known. Not a use.
  std::uint64_t Sum(const Digest& key, std::uint64_t now_ns);
  void Reset(const Digest& key);

  std::size_t size() const { return table_.size(); }
  std::uint64_t evicted() const { return table_.evicted(); }

 private:
  struct Window;

  void Advance(Window& window, std::uint64_t* counts, std::uint64_t bucket) const;

  std::uint32_t buckets_;
  std::uint64_t bucket_ns_;
  BoundedTable table_;
};

}  // namespace wirehound
