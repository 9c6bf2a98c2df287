// SPDX-License-Identifier: Apache-2.0

// CgroupTree: the groups of the version 2 hierarchy by the kernel's ids, which are the inode
// numbers of their directories. Paths are below the hierarchy's root, as /proc/PID/cgroup writes
// them. Any thread.

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
  /// `mount` is the directory of the root group; "": there is no hierarchy and nothing is found.
  explicit CgroupTree(std::string mount) : mount_(std::move(mount)) {}

  /// The path of a group that exists, asked of the kernel directly. Nothing where that is not
  /// allowed (CAP_DAC_READ_SEARCH), or the group is gone.
  std::optional<std::string> PathOf(std::uint64_t cgroup_id) const;

  /// The id of the group at a path; 0 when there is none.
  std::uint64_t IdOf(const std::string& path) const;

  /// Shows every group below the root, parents first, until `max_groups` were shown.
  void Scan(
      std::size_t max_groups,
      const std::function<void(std::uint64_t cgroup_id, const std::string& path)>& show) const;

 private:
  std::string mount_;
};

}  // namespace wirehound
