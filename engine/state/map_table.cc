// SPDX-License-Identifier: Apache-2.0

#include "engine/state/map_table.h"

#include <cstring>

namespace wirehound {
namespace {

BoundedTable::Shape ShapeOf(const MapTable::Options& options) {
  return {.max_entries = options.max_entries,
          .payload_bytes = options.max_value_bytes,
          .aging = options.ttl_ns == 0 ? Aging::kNone : Aging::kSinceSet,
          .max_age_ns = options.ttl_ns};
}

}  // namespace

std::uint64_t MapTable::BytesFor(const Options& options) {
  return BoundedTable::BytesFor(ShapeOf(options));
}

MapTable::MapTable(const Options& options) : options_(options), table_(ShapeOf(options)) {}

bool MapTable::Put(const Digest& key, std::span<const std::uint8_t> value, std::uint64_t now_ns) {
  if (value.size() > options_.max_value_bytes) {
    return false;
  }
  BoundedTable::Entry* entry = table_.Find(key);
  if (entry == nullptr) {
    entry = &table_.Add(key, now_ns);
  } else {
    table_.Use(*entry);
    table_.Stamp(*entry, now_ns);
  }
  if (!value.empty()) {
    // `value` may point into another entry, even into one that was just evicted for this one.
    std::memmove(BoundedTable::Payload(*entry), value.data(), value.size());
  }
  entry->used_bytes = static_cast<std::uint32_t>(value.size());
  return true;
}

std::optional<std::span<const std::uint8_t>> MapTable::Get(const Digest& key,
                                                           std::uint64_t now_ns) {
  BoundedTable::Entry* entry = FindLiving(key, now_ns);
  if (entry == nullptr) {
    return std::nullopt;
  }
  table_.Use(*entry);
  return std::span(reinterpret_cast<const std::uint8_t*>(BoundedTable::Payload(*entry)),
                   entry->used_bytes);
}

bool MapTable::Remove(const Digest& key, std::uint64_t now_ns) {
  BoundedTable::Entry* entry = FindLiving(key, now_ns);
  if (entry == nullptr) {
    return false;
  }
  table_.Remove(*entry);
  return true;
}

std::size_t MapTable::Size(std::uint64_t now_ns) {
  table_.Expire(now_ns, table_.size());
  return table_.size();
}

BoundedTable::Entry* MapTable::FindLiving(const Digest& key, std::uint64_t now_ns) {
  BoundedTable::Entry* entry = table_.Find(key);
  if (entry != nullptr && table_.IsExpired(*entry, now_ns)) {
    table_.Remove(*entry);
    return nullptr;
  }
  return entry;
}

}  // namespace wirehound
