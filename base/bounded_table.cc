// SPDX-License-Identifier: Apache-2.0

// Entries come from one stretch of memory, in the order of their numbers, and are recycled.

#include "base/bounded_table.h"

#include <bit>
#include <limits>
#include <memory>

namespace wirehound {
namespace {

constexpr std::uint64_t kWord = sizeof(std::uint64_t);
constexpr std::size_t kIndexSlotBytes = 8;  // and there are at least two slots for each entry
constexpr std::uint32_t kMaxPayloadBytes = 1u << 30;  // so that no product below overflows

std::uint64_t StrideWords(const BoundedTable::Shape& shape) {
  return sizeof(BoundedTable::Entry) / kWord + (shape.payload_bytes + kWord - 1) / kWord;
}

std::uint32_t IndexHash(const Digest& key) { return static_cast<std::uint32_t>(key.low); }

}  // namespace

static_assert(sizeof(BoundedTable::Entry) % kWord == 0);

std::uint64_t BoundedTable::BytesFor(const Shape& shape) {
  if (shape.payload_bytes > kMaxPayloadBytes) {
    return std::numeric_limits<std::uint64_t>::max();
  }
  return shape.max_entries * StrideWords(shape) * kWord +
         std::bit_ceil(std::uint64_t{shape.max_entries} * 2) * kIndexSlotBytes;
}

BoundedTable::BoundedTable(const Shape& shape)
    : shape_(shape),
      stride_words_(StrideWords(shape)),
      memory_(std::make_unique_for_overwrite<std::uint64_t[]>(shape.max_entries * stride_words_)),
      index_(shape.max_entries) {}

BoundedTable::Entry* BoundedTable::At(std::uint32_t number) const {
  return reinterpret_cast<Entry*>(memory_.get() + number * stride_words_);
}

BoundedTable::Entry* BoundedTable::Find(const Digest& key) const {
  const std::uint32_t number = index_.Find(
      IndexHash(key), [this, &key](std::uint32_t candidate) { return At(candidate)->key == key; });
  return number == HashIndex::kNone ? nullptr : At(number);
}

bool BoundedTable::IsExpired(const Entry& entry, std::uint64_t now_ns) const {
  return shape_.aging != Aging::kNone && now_ns >= entry.stamp_ns &&
         now_ns - entry.stamp_ns >= shape_.max_age_ns;
}

BoundedTable::Entry& BoundedTable::Add(const Digest& key, std::uint64_t now_ns) {
  Expire(now_ns, kExpiredPerAdd);
  if (size() == shape_.max_entries) {
    ++evicted_;
    Remove(*in_use_.oldest());
  }
  Entry& entry = Take();
  entry.key = key;
  entry.stamp_ns = now_ns;
  entry.used_bytes = 0;
  index_.Insert(IndexHash(key), entry.number);
  in_use_.Append(entry);
  if (shape_.aging == Aging::kSinceSet) {
    by_stamp_.Append(entry);
  }
  return entry;
}

void BoundedTable::Stamp(Entry& entry, std::uint64_t stamp_ns) {
  entry.stamp_ns = stamp_ns;
  if (shape_.aging == Aging::kSinceSet) {
    by_stamp_.MoveToNewest(entry);
  }
}

void BoundedTable::Remove(Entry& entry) {
  index_.Erase(IndexHash(entry.key), entry.number);
  in_use_.Remove(entry);
  if (shape_.aging == Aging::kSinceSet) {
    by_stamp_.Remove(entry);
  }
  entry.use.newer = free_;
  free_ = &entry;
}

void BoundedTable::Expire(std::uint64_t now_ns, std::size_t limit) {
  for (std::size_t i = 0; i < limit; ++i) {
    Entry* oldest = shape_.aging == Aging::kSinceSet ? by_stamp_.oldest() : in_use_.oldest();
    if (oldest == nullptr || !IsExpired(*oldest, now_ns)) {
      return;
    }
    Remove(*oldest);
  }
}

BoundedTable::Entry& BoundedTable::Take() {
  if (free_ != nullptr) {
    Entry& entry = *free_;
    free_ = entry.use.newer;
    return entry;
  }
  Entry* entry = std::construct_at(At(made_));
  entry->number = made_++;
  return *entry;
}

}  // namespace wirehound
