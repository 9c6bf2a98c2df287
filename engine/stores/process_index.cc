// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/process_index.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace wirehound {

ProcessIndex::ProcessIndex(std::size_t capacity) : capacity_(std::max(capacity, kMinCapacity)) {}

ProcessIndex::Entry* ProcessIndex::ById(std::uint32_t entity_id) {
  const auto found = by_id_.find(entity_id);
  if (found == by_id_.end()) {
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, found->second);
  return &*found->second;
}

ProcessIndex::Entry* ProcessIndex::ByKey(const ProcessKey& key) {
  const auto found = key.known() ? by_key_.find(key.packed()) : by_key_.end();
  if (found == by_key_.end()) {
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, found->second);
  return &*found->second;
}

ProcessIndex::Entry* ProcessIndex::ByPid(std::int32_t host_pid) {
  const auto found = by_pid_.find(host_pid);
  return found == by_pid_.end() ? nullptr : &*found->second;
}

ProcessIndex::Entry& ProcessIndex::Add(std::uint32_t entity_id, const ProcessKey& key) {
  if (entries_.size() < capacity_) {
    entries_.emplace_front();
  } else {
    // The place is reused, never freed: a holder of the pointer sees that the id has changed.
    evicted_ += entries_.back().entity_id != 0 ? 1 : 0;
    Unlink(entries_.back());
    entries_.splice(entries_.begin(), entries_, std::prev(entries_.end()));
  }
  Entry& entry = entries_.front();
  entry.entity_id = entity_id;
  by_id_[entity_id] = entries_.begin();
  SetKey(entry, key);
  return entry;
}

void ProcessIndex::SetKey(Entry& entry, const ProcessKey& key) {
  if (entry.key.known()) {
    by_key_.erase(entry.key.packed());
  }
  entry.key = key;
  if (key.known()) {
    const Place place = by_id_.at(entry.entity_id);
    by_key_[key.packed()] = place;
    Place& last = by_pid_.try_emplace(key.host_pid, place).first->second;
    if (last->key.start_ticks <= key.start_ticks) {
      last = place;
    }
  }
}

void ProcessIndex::Rename(Entry& entry, std::uint32_t entity_id) {
  const Place place = by_id_.at(entry.entity_id);
  if (entry.former_id != 0) {
    by_id_.erase(entry.former_id);
  }
  entry.former_id = std::exchange(entry.entity_id, entity_id);
  by_id_[entity_id] = place;
}

void ProcessIndex::Forget(Entry& entry) {
  const Place place = by_id_.at(entry.entity_id);
  Unlink(entry);
  entries_.splice(entries_.end(), entries_, place);
}

void ProcessIndex::Unlink(Entry& entry) {
  by_id_.erase(entry.entity_id);
  by_id_.erase(entry.former_id);
  if (entry.key.known()) {
    by_key_.erase(entry.key.packed());
    if (ByPid(entry.key.host_pid) == &entry) {
      by_pid_.erase(entry.key.host_pid);
    }
  }
  entry = Entry{};
}

}  // namespace wirehound
