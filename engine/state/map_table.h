// SPDX-License-Identifier: Apache-2.0

// MapTable: bytes by key, with a limit of entries: the one used longest ago makes room. With a TTL
// an entry expires that long after it was put. Behind the maps of one detector and the shared maps.
// Dispatch thread.

#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/bounded_table.h"

namespace wirehound {

class MapTable {
 public:
  struct Options {
    std::uint32_t max_entries = 1;  ///< at least 1
    std::uint32_t max_value_bytes = 0;
    std::uint64_t ttl_ns = 0;  ///< 0: entries do not age

    bool operator==(const Options&) const = default;
  };

  static std::uint64_t BytesFor(const Options& options);

  explicit MapTable(const Options& options);

  /// Sets the value of a key. False, and nothing done, for one that is too long.
  bool Put(const Digest& key, std::span<const std::uint8_t> value, std::uint64_t now_ns);
  /// The value, valid until the next call; counts as use.
  std::optional<std::span<const std::uint8_t>> Get(const Digest& key, std::uint64_t now_ns);
  /// False when there was none.
  bool Remove(const Digest& key, std::uint64_t now_ns);

  /// Entries that are there at `now_ns`.
  std::size_t Size(std::uint64_t now_ns);
  std::uint64_t evicted() const { return table_.evicted(); }
  const Options& options() const { return options_; }

 private:
  BoundedTable::Entry* FindLiving(const Digest& key, std::uint64_t now_ns);

  Options options_;
  BoundedTable table_;
};

}  // namespace wirehound
