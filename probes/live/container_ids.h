// SPDX-License-Identifier: Apache-2.0

// ContainerIds: the container of a process, from its control group. Asked once per process, not per
// packet, and remembers per group. Bounded. Dispatch thread.
//
// A version 2 group is identified by its id, so the kernel's own translation of id to path comes
// first: no pid is involved. Where that fails, or where containers live in version 1 hierarchies,
// /proc/PID/cgroup is read and trusted only if the process is still the same. A process that is
// gone leaves a look at the whole hierarchy, at most once a second.

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
  static constexpr std::size_t kDefaultCapacity = 16384;
  static constexpr std::size_t kMaxScanned = 65536;  ///< groups looked at in one scan
  static constexpr std::uint64_t kScanEveryNs = 1'000'000'000;

  struct Setup {
    CgroupTree tree;
    ProcFolder proc;
    std::function<std::uint64_t()> now_ns;  ///< any clock that does not go back
    std::size_t capacity = kDefaultCapacity;
  };

  explicit ContainerIds(Setup setup);

  /// With this machine's hierarchy and /proc. Without a hierarchy it finds what /proc tells.
  static ContainerIds OfThisSystem();

  /// The container a process is in; nothing when it is in none or it cannot be told.
  std::optional<ContainerName> Name(const wirehound_wire_process& process);

  /// The id of a container's outermost group; 0 when that is gone, or of version 1.
  std::uint64_t GroupIdOf(const ContainerName& name) const { return setup_.tree.IdOf(name.cgroup); }

 private:
  // Known groups; without a value when they are in no container.
  using Groups = RecentMap<std::uint64_t, std::optional<ContainerName>>;

  const std::optional<ContainerName>* LookUp(std::uint64_t cgroup_id);
  std::optional<ContainerName> AskProc(const wirehound_wire_process& process);
  void ScanIfDue();

  Setup setup_;
  Groups groups_;
  bool trusts_proc_;
  bool has_version1_;  // containers may be named there and nowhere else
  std::optional<std::uint64_t> scanned_at_ns_;
};

}  // namespace wirehound
