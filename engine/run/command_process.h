// SPDX-License-Identifier: Apache-2.0

// CommandProcess: the command after "--", as a child process in a separate control group. The child
// waits until capture is attached before it executes the command, so that the capture has even the
// first packet. Control thread.

#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include <wirehound/result.h>

#include "engine/run/group_keeper.h"

namespace wirehound {

class CommandProcess {
 public:
  /// Creates the group below `parent` (the directory of a version 2 group) and a process in it that
  /// waits for Release. Fails when the program does not exist.
  static Result<CommandProcess> Prepare(const std::string& parent,
                                        const std::vector<std::string>& command);

  CommandProcess(CommandProcess&& other) noexcept;
  CommandProcess& operator=(CommandProcess&&) = delete;
  /// Ends a process that was never released. Processes of a released command keep running: they are
  /// moved to the parent group, and the command's group is removed.
  ~CommandProcess();

  const std::string& cgroup() const { return cgroup_; }

  /// Lets the waiting process execute the command. Call it once, when capture is attached.
  void Release();

  /// Passes a signal on to the command.
  void Signal(int signal) const;

  /// A descriptor that becomes readable when the command has ended.
  int exit_fd() const { return pidfd_; }

  /// The exit status of the command; 128 + N when signal N ended it, as shells report it. Call it
  /// once, when exit_fd is readable: it blocks until then and reaps the process.
  int ExitStatus();

 private:
  CommandProcess(std::string cgroup, GroupKeeper keeper)
      : cgroup_(std::move(cgroup)), keeper_(std::move(keeper)) {}

  Status Fork(const std::vector<std::string>& command);

  std::string cgroup_;
  GroupKeeper keeper_;
  pid_t pid_ = -1;  // -1: no child, or already reaped
  int pidfd_ = -1;
  int release_fd_ = -1;  // closed without a byte written: the child exits without the command
};

}  // namespace wirehound
