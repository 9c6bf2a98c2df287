// SPDX-License-Identifier: Apache-2.0

// CommandProcess: the command after "--", in a control group of its own. It waits at its start
// until capture is attached, so that not even its first packet is missed. Control thread.

#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include <wirehound/result.h>

#include "engine/run/group_keeper.h"

namespace wirehound {

class CommandProcess {
 public:
  /// Makes the group below `parent` (the directory of a version 2 group) and a process in it that
  /// waits for Release. Fails when there is no such program.
  static Result<CommandProcess> Prepare(const std::string& parent,
                                        const std::vector<std::string>& command);

  CommandProcess(CommandProcess&& other) noexcept;
  CommandProcess& operator=(CommandProcess&&) = delete;
  /// Ends a process that was never released; otherwise leaves what is still running in peace, in
  /// the group's parent. The group is removed.
  ~CommandProcess();

  const std::string& cgroup() const { return cgroup_; }

  /// Lets the command start.
  void Release();

  /// Passes a signal on to the command.
  void Signal(int signal) const;

  /// A descriptor that becomes readable when the command has ended.
  int exit_fd() const { return pidfd_; }

  /// The exit status of the command once exit_fd is readable; 128 + N when signal N ended it, as
  /// shells have it.
  int ExitStatus();

 private:
  CommandProcess(std::string cgroup, GroupKeeper keeper)
      : cgroup_(std::move(cgroup)), keeper_(std::move(keeper)) {}

  Status Fork(const std::vector<std::string>& command);

  std::string cgroup_;
  GroupKeeper keeper_;
  pid_t pid_ = -1;  // -1 when there is no process of ours, or its status has been taken
  int pidfd_ = -1;
  int release_fd_ = -1;  // closing it without a byte written tells the process to give up
};

}  // namespace wirehound
