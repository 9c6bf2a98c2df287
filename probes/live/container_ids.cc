// SPDX-License-Identifier: Apache-2.0

#include "probes/live/container_ids.h"

#include <chrono>
#include <utility>

#include "probes/host/cgroup.h"

namespace wirehound {
namespace {

constexpr std::size_t kMaxCgroupFile = 16 * 1024;

// Whether the text of a /proc/PID/cgroup has any line besides the version 2 line "0::PATH".
bool NamesVersion1(std::string_view text) {
  return !text.empty() && (!text.starts_with("0::") || text.find('\n') + 1 < text.size());
}

}  // namespace

ContainerIds::ContainerIds(Setup setup)
    : setup_(std::move(setup)),
      groups_(setup_.capacity),
      trusts_proc_(setup_.proc.SeesHost()),
      has_version1_(
          NamesVersion1(ReadStartOfFile(setup_.proc.root() + "/self/cgroup", kMaxCgroupFile))) {}

ContainerIds ContainerIds::OfThisSystem() {
  const Result<std::string> mount = FindCgroupMount();
  return ContainerIds(
      {.tree = CgroupTree(mount ? *mount : std::string()), .proc = ProcFolder(), .now_ns = [] {
         const auto now = std::chrono::steady_clock::now().time_since_epoch();
         return static_cast<std::uint64_t>(
             std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
       }});
}

const std::optional<ContainerName>* ContainerIds::LookUp(std::uint64_t cgroup_id) {
  if (cgroup_id == 0) {
    return nullptr;
  }
  if (const std::optional<ContainerName>* known = groups_.Find(cgroup_id)) {
    return known;
  }
  if (const std::optional<std::string> path = setup_.tree.PathOf(cgroup_id)) {
    return &groups_.Put(cgroup_id, ContainerFromCgroupPath(*path));
  }
  return nullptr;
}

std::optional<ContainerName> ContainerIds::Name(const wirehound_wire_process& process) {
  // With version 1 hierarchies "in no container" is not final: every process may be in the root of
  // version 2 while version 1 names its container.
  const std::optional<ContainerName>* known = LookUp(process.cgroup_id);
  if (known != nullptr && (known->has_value() || !has_version1_)) {
    return *known;
  }
  if (std::optional<ContainerName> name = AskProc(process)) {
    return name;
  }
  if (known == nullptr && process.cgroup_id != 0) {
    ScanIfDue();
    known = groups_.Find(process.cgroup_id);
  }
  return known != nullptr ? *known : std::nullopt;
}

std::optional<ContainerName> ContainerIds::AskProc(const wirehound_wire_process& process) {
  if (!trusts_proc_ || process.start_time_ns == 0) {
    return std::nullopt;
  }
  // In this order: if the pid changes hands between the two reads, the start time shows it.
  const std::string text = setup_.proc.Cgroup(process.host_pid);
  const std::optional<ProcStat> stat = setup_.proc.Stat(process.host_pid);
  if (!stat || stat->start_ticks != process.start_time_ns / ProcTickNs()) {
    return std::nullopt;
  }
  // The process may have moved since the kernel noted its group. Its present path is kept for the
  // noted group only when both are the same group.
  const std::string path(UnifiedPathFromCgroupFile(text));
  if (process.cgroup_id != 0 && !path.empty() && setup_.tree.IdOf(path) == process.cgroup_id) {
    groups_.Put(process.cgroup_id, ContainerFromCgroupPath(path));
  }
  return ContainerFromCgroupFile(text);
}

void ContainerIds::ScanIfDue() {
  const std::uint64_t now_ns = setup_.now_ns();
  if (scanned_at_ns_ && now_ns - *scanned_at_ns_ < kScanEveryNs) {
    return;
  }
  scanned_at_ns_ = now_ns;
  setup_.tree.Scan(kMaxScanned, [this](std::uint64_t cgroup_id, const std::string& path) {
    if (std::optional<ContainerName> name = ContainerFromCgroupPath(path)) {
      groups_.Put(cgroup_id, std::move(name));
    }
  });
}

}  // namespace wirehound
