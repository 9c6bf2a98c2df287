// SPDX-License-Identifier: Apache-2.0

// ContainerStore: the containers of this machine, by id. Learnt from the processes of events and
// from the version 2 control groups, which are looked through when somebody asks, not more often
// than every ten seconds of stream time. What only a runtime could tell - name, image, pod - is
// empty but for the pod's uid. Bounded. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/abi/stores_abi.h>

#include "engine/dispatch/stream_time.h"
#include "engine/stores/answers.h"
#include "probes/cgroup_tree.h"
#include "probes/container_id.h"
#include "probes/recent_map.h"

namespace wirehound {

/// What is known of one container. Never changes.
class ContainerFacts {
 public:
  ContainerFacts(ContainerName name, std::uint64_t cgroup_id);
  ContainerFacts(const ContainerFacts&) = delete;
  ContainerFacts& operator=(const ContainerFacts&) = delete;

  /// Points into this object.
  const wirehound_container_info& info() const { return info_; }

 private:
  ContainerName name_;
  wirehound_container_info info_{};
};

class ContainerStore {
 public:
  static constexpr std::size_t kMinPrefix = 12;
  static constexpr std::size_t kDefaultCapacity = 4096;
  static constexpr std::size_t kMaxScanned = 65536;  ///< groups looked at in one scan
  static constexpr std::uint64_t kScanEveryNs = 10'000'000'000;

  struct Setup {
    const StreamTime& time;
    CgroupTree tree;
    std::size_t capacity = kDefaultCapacity;
  };

  /// Without a setup the store is unhealthy: it answers every question with
  /// WIREHOUND_ERROR_UNHEALTHY.
  explicit ContainerStore(std::optional<Setup> setup);

  /// Notes the container of a process, which must be in one.
  void Note(const wirehound_process& process);
  void Note(const ContainerName& name);

  /// By the whole id, or a beginning of at least kMinPrefix characters that fits one only.
  /// WIREHOUND_OK, NOT_FOUND, INVALID for a shorter one, UNHEALTHY, or LIMIT after too many answers
  /// in one turn. Valid until the turn is over.
  std::int32_t Get(std::string_view id, const wirehound_container_info** container);

  /// All whose control group has not been seen to go.
  std::int32_t List(std::span<const wirehound_container_info>* containers);

  /// Lets the answers of the turn go. Call at the end of each.
  void EndOfTurn() { answers_.EndOfTurn(); }

  std::uint64_t evicted() const { return by_id_.evicted(); }
  /// Questions refused because there were too many in a turn.
  std::uint64_t refused() const { return answers_.refused(); }

 private:
  struct Record {
    std::shared_ptr<const ContainerFacts> facts;  // shared with the answers of a turn
    std::uint64_t seen_in_scan = 0;               // number of the last scan it was found in
    bool gone = false;
  };

  void ScanIfDue();
  void TakeGroup(std::uint64_t cgroup_id, const std::string& path);
  Record* Find(std::string_view id);
  Record* FindByPrefix(std::string_view prefix);

  std::optional<Setup> setup_;
  RecentMap<std::string, Record> by_id_;
  std::optional<std::uint64_t> scanned_at_ns_;
  std::uint64_t scans_ = 0;
  Answers<ContainerFacts, wirehound_container_info> answers_;
};

}  // namespace wirehound
