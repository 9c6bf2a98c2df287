// SPDX-License-Identifier: Apache-2.0

// ProcessIndex: the processes a store knows, by entity id and by pid with start time. Bounded: the
// process that was asked for or seen longest ago makes room. Dispatch thread.
//
// An entry may have two ids: first one made from /proc, later the kernel's, which is made from a
// finer start time. Both find it; answers carry the kernel's.

#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>

#include "engine/stores/process_facts.h"

namespace wirehound {

class ProcessIndex {
 public:
  struct Entry {
    std::uint32_t entity_id = 0;
    std::uint32_t former_id = 0;  ///< from /proc, before the kernel's was known; 0: none
    ProcessKey key;
    /// Of a parent whose own start is not known: it started no later than its child did.
    std::uint64_t started_by_ticks = ProcessKey::kUnknownStart;
    /// Null: not read yet. Shared with the answers of a turn, which outlive the entry.
    std::shared_ptr<const ProcessFacts> facts;
    std::optional<std::uint64_t> checked_at_ns;  ///< stream time of the last look into /proc
    /// Stream time from which it counts as ended. A notice may name a time that is still to come.
    std::optional<std::uint64_t> ends_at_ns;
    bool has_told_arguments = false;  ///< they came with a notice: /proc is not read for them
    std::uint64_t held_in_turn = 0;   ///< these facts are among its answers already
  };

  static constexpr std::size_t kMinCapacity = 16;  ///< entries in use during one question

  explicit ProcessIndex(std::size_t capacity);

  /// Null when it is not known; counts as use. Entries keep their address until they are forgotten,
  /// which adding one may do to those not used recently.
  Entry* ById(std::uint32_t entity_id);
  Entry* ByKey(const ProcessKey& key);
  /// Of those with this pid the one that started last.
  Entry* ByPid(std::int32_t host_pid);

  /// A new entry for an id that has none.
  Entry& Add(std::uint32_t entity_id, const ProcessKey& key);

  /// Gives an entry a key that no other has.
  void SetKey(Entry& entry, const ProcessKey& key);

  /// Gives an entry the kernel's id, which no other has. It is still found by the one before.
  void Rename(Entry& entry, std::uint32_t entity_id);

  void Forget(Entry& entry);

  std::size_t size() const { return by_id_.size(); }
  /// How many were forgotten to make room.
  std::uint64_t evicted() const { return evicted_; }

 private:
  using Place = std::list<Entry>::iterator;

  void Unlink(Entry& entry);

  std::size_t capacity_;
  std::list<Entry> entries_;  // the last used first
  std::unordered_map<std::uint32_t, Place> by_id_;
  std::unordered_map<std::uint64_t, Place> by_key_;
  std::unordered_map<std::int32_t, Place> by_pid_;
  std::uint64_t evicted_ = 0;
};

}  // namespace wirehound
