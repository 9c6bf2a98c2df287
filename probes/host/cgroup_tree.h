// SPDX-License-Identifier: Apache-2.0

// CgroupTree: finds groups of the version 2 hierarchy by the kernel's ids, which are the inode
// numbers of their directories, and by path. A path starts at the hierarchy's root, as in
// /proc/PID/cgroup: "/system.slice/ssh.service". Any thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace wirehound {

class CgroupTree {
 public:
  /// `mount` is the directory of the root group, "" for no hierarchy, in which nothing is found.
  explicit CgroupTree(std::string mount) : mount_(std::move(mount)) {}

  /// The path of an existing group, which the kernel looks up by id. Nothing without the capability
  /// for that (CAP_DAC_READ_SEARCH), or when the group is gone.
  std::optional<std::string> PathOf(std::uint64_t cgroup_id) const;

  /// The id of the group at this path; 0 when there is none.
  std::uint64_t IdOf(const std::string& path) const;

  /// Calls `show` for every group below the root, parents first, at most `max_groups` times.
  void Scan(
      std::size_t max_groups,
      const std::function<void(std::uint64_t cgroup_id, const std::string& path)>& show) const;

 private:
  std::string mount_;
};

}  // namespace wirehound
