// SPDX-License-Identifier: Apache-2.0

// ContainerIds: finds the container of a process by its control group. Called once per process, not
// per packet; answers are kept per group, in a bounded map. Dispatch thread.
//
// Three ways, in this order:
//  1. The kernel translates the id of the version 2 group to a path. No pid is involved, so the
//     answer is right even when the process has ended.
//  2. Where that is not allowed, or where containers are in version 1 hierarchies, /proc/PID/cgroup
//     is read. It counts only when the pid still belongs to the same process.
//  3. When the process has ended, the whole version 2 hierarchy is scanned for the id, at most once
//     in kScanEveryNs.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "base/recent_map.h"
#include "probes/bpf/wire.h"
#include "probes/host/cgroup_tree.h"
#include "probes/host/container_id.h"
#include "probes/host/proc_folder.h"

namespace wirehound {

class ContainerIds {
 public:
  static constexpr std::size_t kDefaultCapacity = 16384;  ///< groups remembered
  static constexpr std::size_t kMaxScanned = 65536;       ///< groups visited in one scan
  static constexpr std::uint64_t kScanEveryNs = 1'000'000'000;

  struct Setup {
    CgroupTree tree;
    ProcFolder proc;
    std::function<std::uint64_t()> now_ns;  ///< a clock that never goes back
    std::size_t capacity = kDefaultCapacity;
  };

  explicit ContainerIds(Setup setup);

  /// With this machine's hierarchy and /proc. Without a hierarchy only /proc is used.
  static ContainerIds OfThisSystem();

  /// The container of a process; nothing when it is in none or the container cannot be found.
  std::optional<ContainerName> Name(const wirehound_wire_process& process);

  /// The id of a container's outermost group; 0 when that group is gone or is of version 1.
  std::uint64_t GroupIdOf(const ContainerName& name) const { return setup_.tree.IdOf(name.cgroup); }

 private:
  // Known groups. An entry without a value is a group that is in no container.
  using Groups = RecentMap<std::uint64_t, std::optional<ContainerName>>;

  const std::optional<ContainerName>* LookUp(std::uint64_t cgroup_id);
  std::optional<ContainerName> AskProc(const wirehound_wire_process& process);
  void ScanIfDue();

  Setup setup_;
  Groups groups_;
  bool trusts_proc_;
  bool has_version1_;  // a container may be named in a version 1 hierarchy alone
  std::optional<std::uint64_t> scanned_at_ns_;
};

}  // namespace wirehound
