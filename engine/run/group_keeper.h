// SPDX-License-Identifier: Apache-2.0

// GroupKeeper: a helper process that removes the command's control group when the engine has ended.
// It is a separate process for two reasons: it also works after a crash of the engine, and it keeps
// the right to remove groups when the engine has dropped its privileges. It only waits; it parses
// no input. Control thread, before other threads exist, because it forks.

#pragma once

#include <sys/types.h>

#include <string>

#include <wirehound/result.h>

#include "probes/host/cgroup.h"

namespace wirehound {

class GroupKeeper {
 public:
  /// Starts the process. When the engine has ended, the keeper moves the processes that are still
  /// in `group` to `parent`, the directory of another group, where they keep running.
  static Result<GroupKeeper> Start(ChildCgroup group, const std::string& parent);

  GroupKeeper(GroupKeeper&& other) noexcept;
  GroupKeeper& operator=(GroupKeeper&&) = delete;
  /// Makes the keeper remove the group, and waits until it has.
  ~GroupKeeper();

 private:
  GroupKeeper(pid_t pid, int alive_fd) : pid_(pid), alive_fd_(alive_fd) {}

  pid_t pid_;     // -1: moved from
  int alive_fd_;  // write end of a pipe, never written; the keeper acts when it closes
};

}  // namespace wirehound
