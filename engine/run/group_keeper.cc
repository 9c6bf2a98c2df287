// SPDX-License-Identifier: Apache-2.0

#include "engine/run/group_keeper.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fstream>
#include <utility>

namespace wirehound {

namespace {

// A process that has just ended may keep its group busy for a moment, so removal is tried for up to
// a second.
constexpr int kMaxAttempts = 100;
constexpr timespec kPause = {.tv_sec = 0, .tv_nsec = 10'000'000};

void MoveProcesses(const std::string& from, const std::string& to) {
  std::ifstream processes(from + "/cgroup.procs");
  pid_t pid = 0;
  while (processes >> pid) {
    std::ofstream(to + "/cgroup.procs") << pid << std::flush;
  }
}

// Ignores the signals that a terminal sends to the keeper too: it must outlive the engine. Closes
// all inherited descriptors but `alive_fd`: otherwise a reader of the engine's output would have to
// wait until the keeper ends as well.
void Detach(int alive_fd) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) {
    std::signal(signal, SIG_IGN);
  }
  const int null = open("/dev/null", O_RDWR);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    dup2(null, fd);
  }
  const int kept = dup2(alive_fd, STDERR_FILENO + 1);
  syscall(SYS_close_range, kept + 1, ~0U, 0);
}

[[noreturn]] void Keep(ChildCgroup group, const std::string& parent, int alive_fd) {
  Detach(alive_fd);
  char nothing = 0;
  while (read(STDERR_FILENO + 1, &nothing, 1) < 0 && errno == EINTR) {
  }
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    MoveProcesses(group.path(), parent);
    if (group.Remove()) {
      break;
    }
    nanosleep(&kPause, nullptr);
  }
  _exit(0);
}

}  // namespace

Result<GroupKeeper> GroupKeeper::Start(ChildCgroup group, const std::string& parent) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return Error(std::string("pipe: ") + std::strerror(errno));
  }
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[1]);
    Keep(std::move(group), parent, ends[0]);
  }
  const int error = errno;
  close(ends[0]);
  if (pid < 0) {
    close(ends[1]);
    return Error(std::string("fork: ") + std::strerror(error));
  }
  group.Release();
  return GroupKeeper(pid, ends[1]);
}

GroupKeeper::GroupKeeper(GroupKeeper&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), alive_fd_(std::exchange(other.alive_fd_, -1)) {}

GroupKeeper::~GroupKeeper() {
  if (pid_ < 0) {
    return;
  }
  close(alive_fd_);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace wirehound
