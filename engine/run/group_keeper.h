// SPDX-License-Identifier: Apache-2.0

// GroupKeeper: a process of ours that keeps the command's control group and takes it down when the
// engine has gone, however it went: after a crash too, and although the engine itself may not
// remove groups any more once it has given up its privileges. It parses nothing and waits. Control
// thread, before there are others.

#pragma once

#include <sys/types.h>

#include <string>

#include <wirehound/result.h>

#include "probes/host/cgroup.h"

namespace wirehound {

class GroupKeeper {
 public:
  /// Starts the process. Whatever is in `group` when the engine has gone is moved to `parent`, the
  /// directory of a group, and goes on there.
  static Result<GroupKeeper> Start(ChildCgroup group, const std::string& parent);

  GroupKeeper(GroupKeeper&& other) noexcept;
  GroupKeeper& operator=(GroupKeeper&&) = delete;
  /// Has the group taken down and waits for that.
  ~GroupKeeper();

 private:
  GroupKeeper(pid_t pid, int alive_fd) : pid_(pid), alive_fd_(alive_fd) {}

  pid_t pid_;     // -1: moved from
  int alive_fd_;  // open for as long as the engine lives; nothing is ever written
};

}  // namespace wirehound
