// SPDX-License-Identifier: Apache-2.0

// BoundedTable: entries by key, up to a maximum, each with a payload of a fixed size. When the
// table is full, a new entry evicts the least recently used one. Counters, maps and shared maps are
// made of it. The constructor reserves all memory, whose pages are touched as entries come; nothing
// is allocated afterwards. Dispatch thread.
//
// The caller gives the time, which must not go back.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/hash_index.h"
#include "base/intrusive_list.h"
#include "base/keyed_digest.h"

namespace wirehound {

/// The moment from which an entry's age counts.
enum class Aging : unsigned char {
  kNone,      ///< entries do not age
  kSinceUse,  ///< the stamp of an entry is set at each use, so both orders are one
  kSinceSet,  ///< uses come between settings of the stamp
};

class BoundedTable {
 public:
  struct Shape {
    std::uint32_t max_entries = 1;    ///< at least 1
    std::uint32_t payload_bytes = 0;  ///< of each entry
    Aging aging = Aging::kNone;
    std::uint64_t max_age_ns = 0;  ///< an entry this old is gone
  };

  /// The head of an entry; its payload stands behind it. Stays at its address until it is removed.
  struct Entry {
    Digest key;
    ListLink<Entry> use;
    ListLink<Entry> age;
    std::uint64_t stamp_ns;
    std::uint32_t number;
    std::uint32_t used_bytes;  ///< of the payload; for the caller
  };

  /// The most expired entries that one Add removes, so that no call takes long.
  static constexpr std::size_t kExpiredPerAdd = 16;

  /// What a table of this shape reserves.
  static std::uint64_t BytesFor(const Shape& shape);

  explicit BoundedTable(const Shape& shape);

  /// The entry of a key or null. It may have expired: ask IsExpired.
  Entry* Find(const Digest& key) const;
  bool IsExpired(const Entry& entry, std::uint64_t now_ns) const;

  /// Adds a key that is not there, as the most recently used and with stamp `now_ns`. Makes room by
  /// removing expired entries, or else the least recently used one.
  Entry& Add(const Digest& key, std::uint64_t now_ns);
  /// Makes an entry the most recently used one.
  void Use(Entry& entry) { in_use_.MoveToNewest(entry); }
  /// Sets the moment from which an entry's age counts; never before that of another entry.
  void Stamp(Entry& entry, std::uint64_t stamp_ns);
  void Remove(Entry& entry);
  /// Removes expired entries, `limit` at most.
  void Expire(std::uint64_t now_ns, std::size_t limit);

  /// The payload: room for payload_bytes, aligned for 64-bit numbers, not set by Add.
  static std::uint64_t* Payload(Entry& entry) {
    return reinterpret_cast<std::uint64_t*>(&entry) + sizeof(Entry) / sizeof(std::uint64_t);
  }

  std::size_t size() const { return in_use_.size(); }
  /// Entries that were evicted before they expired.
  std::uint64_t evicted() const { return evicted_; }

 private:
  Entry& Take();
  Entry* At(std::uint32_t number) const;

  Shape shape_;
  std::size_t stride_words_;  // from one entry to the next
  std::unique_ptr<std::uint64_t[]> memory_;
  HashIndex index_;
  IntrusiveList<Entry, &Entry::use> in_use_;
  IntrusiveList<Entry, &Entry::age> by_stamp_;  // with Aging::kSinceSet only
  Entry* free_ = nullptr;                       // linked by use.newer
  std::uint32_t made_ = 0;
  std::uint64_t evicted_ = 0;
};

}  // namespace wirehound
