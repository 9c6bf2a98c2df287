// SPDX-License-Identifier: Apache-2.0

// ContainerStore: the containers of this machine, by id. It learns them from the source, the
// runtimes, the processes of events, and the version 2 control groups, which a question makes it
// scan, at most every ten seconds of stream time. Name, image and pod come from a runtime alone and
// are there once the runtime has answered. Bounded. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/abi/stores_abi.h>

#include "engine/event/stream_time.h"
#include "engine/stores/answers.h"
#include "probes/host/cgroup_tree.h"
#include "probes/host/container_directory.h"
#include "probes/host/container_id.h"

namespace wirehound {

class ContainerStore {
 public:
  static constexpr std::size_t kMinPrefix = 12;
  static constexpr std::size_t kDefaultCapacity = ContainerDirectory::kDefaultCapacity;
  static constexpr std::size_t kMaxScanned = 65536;  ///< groups looked at in one scan
  static constexpr std::uint64_t kScanEveryNs = 10'000'000'000;

  struct Setup {
    const StreamTime& time;
    CgroupTree tree;
    std::size_t capacity = kDefaultCapacity;
  };

  /// Without a setup the store knows only the facts passed to Take; before the first Take it is
  /// unhealthy: it answers every question with WIREHOUND_ERROR_UNHEALTHY.
  explicit ContainerStore(std::optional<Setup> setup);

  /// Gets each container that was not known before, from any origin.
  void OnNew(std::function<void(const wirehound_container_info&)> on_new) {
    on_new_ = std::move(on_new);
  }
  /// Gets each new container that the store found by itself, none that came through Take.
  void OnLearnt(std::function<void(const wirehound_container_info&)> on_learnt) {
    on_learnt_ = std::move(on_learnt);
  }

  /// The directory whose facts the processes of records point to.
  ContainerDirectory& directory() { return directory_; }

  /// Notes the container of a process, which must be in one.
  void Note(const wirehound_process& process);
  void Note(const ContainerName& name);
  /// Takes the facts of a source or a runtime: newer facts replace older ones, empty ones replace
  /// nothing. Call it between two records.
  void Take(const wirehound_container_info& container);

  /// By the whole id, or a beginning of at least kMinPrefix characters that fits one only.
  /// WIREHOUND_OK, NOT_FOUND, INVALID for a shorter one, UNHEALTHY, or LIMIT after too many answers
  /// in one turn. Valid until the turn is over.
  std::int32_t Get(std::string_view id, const wirehound_container_info** container);

  /// All containers, except those whose control group is known to be gone.
  std::int32_t List(std::span<const wirehound_container_info>* containers);

  /// Releases the answers of the turn. Call at the end of each.
  void EndOfTurn() { answers_.EndOfTurn(); }

  std::uint64_t evicted() const { return directory_.evicted(); }
  /// Questions refused because there were too many in a turn.
  std::uint64_t refused() const { return answers_.refused(); }

 private:
  using Entry = ContainerDirectory::Entry;

  bool IsHealthy() const { return setup_ || told_; }
  Entry& EntryOf(const wirehound_container_info& info);
  Entry& Learn(const wirehound_container_info& info);
  void ScanIfDue();
  void TakeGroup(std::uint64_t cgroup_id, const std::string& path);
  Entry* Find(std::string_view id);
  Entry* FindByPrefix(std::string_view prefix);

  std::optional<Setup> setup_;
  ContainerDirectory directory_;
  std::function<void(const wirehound_container_info&)> on_new_;
  std::function<void(const wirehound_container_info&)> on_learnt_;
  bool told_ = false;  // Take was called
  std::optional<std::uint64_t> scanned_at_ns_;
  std::uint64_t scans_ = 0;
  Answers<ContainerFacts, wirehound_container_info> answers_;
};

}  // namespace wirehound
