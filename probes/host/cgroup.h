// SPDX-License-Identifier: Apache-2.0

// Control groups, version 2 only: where the hierarchy is mounted, which group this process is in,
// and a child group that is removed with its object. On systems that mount both versions the
// hierarchy is not at /sys/fs/cgroup, so its place is read from the mount table. Any thread.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <wirehound/result.h>

namespace wirehound {

/// The mount point of the version 2 hierarchy in the text of a mountinfo file. Of several mounts it
/// is the first that shows the hierarchy's root, else the first. Pure.
std::optional<std::string> CgroupMountFromText(std::string_view mountinfo);

/// The directory of the version 2 hierarchy's root group. kUnsupported when none is mounted.
Result<std::string> FindCgroupMount();

/// The directory of the version 2 group this process is in. kNotFound without one.
Result<std::string> OwnCgroup();

/// The kernel's id of a version 2 group, as in wirehound_process::cgroup_id. kInvalidInput when
/// `directory` is not the directory of one.
Result<std::uint64_t> CgroupId(const std::string& directory);

/// Moves a process, with all its threads, into the group of this directory. 0 is the caller.
Status AddToCgroup(pid_t pid, const std::string& directory);

/// A control group that we created; this object removes it. Move only.
class ChildCgroup {
 public:
  /// Creates `parent`/`name`. An existing group of that name is an error: it is not reused.
  static Result<ChildCgroup> Create(const std::string& parent, std::string_view name);

  ChildCgroup(ChildCgroup&& other) noexcept;
  ChildCgroup& operator=(ChildCgroup&& other) noexcept;
  /// Removes the group. A group that still has processes stays.
  ~ChildCgroup();

  const std::string& path() const { return path_; }

  /// Moves a process, with all its threads, into the group. 0 is the caller.
  Status Add(pid_t pid) const { return AddToCgroup(pid, path_); }

  /// Removes the group now. Fails while it has processes; the caller may try again.
  Status Remove();

  /// Gives up the group: the destructor will not remove it.
  void Release() { path_.clear(); }

 private:
  explicit ChildCgroup(std::string path) : path_(std::move(path)) {}

  std::string path_;  // empty when there is nothing to remove
};

}  // namespace wirehound
