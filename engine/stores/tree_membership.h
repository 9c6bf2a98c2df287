// SPDX-License-Identifier: Apache-2.0

// TreeMembership: which processes descend from one that a filter names by pid. It remembers the
// answer for each process, so that it walks up the parents once. Bounded. Dispatch thread.
//
// A root is pinned to one process, so that no process gets into the tree by a reused pid. Answers
// outlive the processes they were learnt from: children stay in the tree when parents have ended.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include <wirehound/abi/detector_abi.h>

#include "base/recent_map.h"
#include "engine/stores/process_facts.h"

namespace wirehound {

/// The facts of processes that the walk needs.
class ProcessLineage {
 public:
  struct Link {
    ProcessKey key;  ///< only the pid is known when the process ended before it was read
    std::uint32_t entity_id = 0;
    std::uint32_t parent_entity_id = 0;
  };

  virtual ~ProcessLineage() = default;
  /// The process that runs with this pid now; nothing when there is none or it cannot be read.
  virtual std::optional<ProcessKey> RunningAs(std::int32_t host_pid) = 0;
  virtual std::optional<Link> LinkOf(std::uint32_t entity_id) = 0;
};

class TreeMembership {
 public:
  static constexpr std::size_t kDefaultCapacity = 65536;  ///< processes remembered, per root
  static constexpr int kMaxDepth = 64;

  explicit TreeMembership(std::size_t capacity = kDefaultCapacity) : capacity_(capacity) {}

  /// The remembered answer for a process; nothing when there is none.
  std::optional<bool> Known(const ProcessKey& key, std::int32_t root_host_pid);

  bool Contains(const wirehound_process& process, const ProcessKey& key, std::int32_t root_host_pid,
                ProcessLineage& lineage);

  /// Processes that were forgotten to make room, under all roots.
  std::uint64_t evicted() const;

 private:
  // One for each pid that the filters of a run name, so their number needs no limit.
  struct Root {
    explicit Root(std::size_t capacity) : members(capacity) {}

    ProcessKey key;
    std::uint32_t entity_id = 0;  // the kernel's; 0 until an event brings it
    RecentMap<std::uint64_t, bool> members;
  };

  // The last answer: events of one process often come in a row.
  struct Last {
    ProcessKey key;
    std::int32_t root_host_pid = 0;
    bool belongs = false;
  };

  using Link = ProcessLineage::Link;

  Root& RootOf(std::int32_t host_pid, ProcessLineage& lineage);
  static bool IsRoot(Root& root, const Link& link);
  static bool Descends(Root& root, const Link& link, ProcessLineage& lineage, int depth);

  std::size_t capacity_;
  std::unordered_map<std::int32_t, Root> roots_;
  Last last_;
};

}  // namespace wirehound
