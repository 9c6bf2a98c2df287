// SPDX-License-Identifier: Apache-2.0

// Control groups, version 2 only: where the hierarchy is mounted, which group this process is in,
// and a child group that lives as long as its owner. On hybrid systems the hierarchy is not at
// /sys/fs/cgroup, so its place is always read from the mount table. Any thread.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <wirehound/result.h>

namespace wirehound {

/// The mount point of the version 2 hierarchy in the text of a mountinfo file: the one that shows
/// the hierarchy's root if there are several. Pure.
std::optional<std::string> CgroupMountFromText(std::string_view mountinfo);

/// Where the version 2 hierarchy is mounted: the directory of its root group.
Result<std::string> FindCgroupMount();

/// The directory of the version 2 group this process is in.
Result<std::string> OwnCgroup();

/// The kernel's id of a version 2 group, as in wirehound_process::cgroup_id. kInvalidInput when
/// `directory` is not one.
Result<std::uint64_t> CgroupId(const std::string& directory);

/// Moves a process, with all its threads, into the group of this directory. 0 is the caller.
Status AddToCgroup(pid_t pid, const std::string& directory);

/// A control group made by us and removed with this object. Move only.
class ChildCgroup {
 public:
  /// Makes `parent`/`name`. A group of that name that is already there is an error, not reused.
  static Result<ChildCgroup> Create(const std::string& parent, std::string_view name);

  ChildCgroup(ChildCgroup&& other) noexcept;
  ChildCgroup& operator=(ChildCgroup&& other) noexcept;
  /// Removes the group; if processes are still in it, it stays behind.
  ~ChildCgroup();

  const std::string& path() const { return path_; }

  /// Moves a process, with all its threads, into the group. 0 is the caller.
  Status Add(pid_t pid) const { return AddToCgroup(pid, path_); }

  /// Removes the group now. Fails while processes are in it, and may then be tried again.
  Status Remove();

  /// Leaves the group to somebody else.
  void Release() { path_.clear(); }

 private:
  explicit ChildCgroup(std::string path) : path_(std::move(path)) {}

  std::string path_;  // empty when there is nothing to remove
};

}  // namespace wirehound
