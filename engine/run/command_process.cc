// SPDX-License-Identifier: Apache-2.0

#include "engine/run/command_process.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "engine/safety/stray_output.h"
#include "probes/host/cgroup.h"

namespace wirehound {

namespace {

// Exit statuses as shells use them.
constexpr int kStatusNotFound = 127;
constexpr int kStatusNotExecutable = 126;
constexpr int kStatusSignalBase = 128;

// Whether execvp would find the program. Checked before the fork, so that a mistyped name is
// reported before anything is attached.
bool ProgramExists(const std::string& program) {
  if (program.find('/') != std::string::npos) {
    return access(program.c_str(), X_OK) == 0;
  }
  const char* path = std::getenv("PATH");
  std::string rest = path != nullptr ? path : "/usr/bin:/bin";
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    if (access((rest.substr(0, colon) + "/" + program).c_str(), X_OK) == 0) {
      return true;
    }
    rest = colon == std::string::npos ? "" : rest.substr(colon + 1);
  }
  return false;
}

// Runs in the child: waits for the byte that Release writes, then executes the command. Before that
// it undoes what the command must not inherit: blocked signals, an ignored SIGPIPE, and the pipe
// that StrayOutput puts in the place of standard output.
[[noreturn]] void RunChild(int release_fd, char* const* arguments) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  if (StandardOutputFd() != STDOUT_FILENO) {
    dup2(StandardOutputFd(), STDOUT_FILENO);
  }
  char go = 0;
  while (true) {
    const ssize_t got = read(release_fd, &go, 1);
    if (got == 1) {
      break;
    }
    if (got == 0 || errno != EINTR) {
      _exit(kStatusNotExecutable);
    }
  }
  execvp(arguments[0], arguments);
  const int error = errno;
  dprintf(STDERR_FILENO, "wirehound: run %s: %s\n", arguments[0], std::strerror(error));
  _exit(error == ENOENT ? kStatusNotFound : kStatusNotExecutable);
}

int OpenPidfd(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }

void CloseIfOpen(int& fd) {
  if (fd >= 0) {
    close(std::exchange(fd, -1));
  }
}

}  // namespace

Result<CommandProcess> CommandProcess::Prepare(const std::string& parent,
                                               const std::vector<std::string>& command) {
  if (!ProgramExists(command.front())) {
    return Error(ErrorCode::kInvalidInput, "run " + command.front() + ": no such program");
  }
  ChildCgroup cgroup =
      WIREHOUND_TRY(ChildCgroup::Create(parent, "wirehound-" + std::to_string(getpid())));
  const std::string path = cgroup.path();
  CommandProcess process(path, WIREHOUND_TRY(GroupKeeper::Start(std::move(cgroup), parent)));
  Status status = process.Fork(command);
  if (!status) {
    return std::move(status).error().WithContext("run " + command.front());
  }
  return process;
}

Status CommandProcess::Fork(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return Error(std::string("pipe: ") + std::strerror(errno));
  }
  pid_ = fork();
  if (pid_ == 0) {
    close(ends[1]);
    RunChild(ends[0], arguments.data());
  }
  close(ends[0]);
  release_fd_ = ends[1];
  if (pid_ < 0) {
    return Error(std::string("fork: ") + std::strerror(errno));
  }
  pidfd_ = OpenPidfd(pid_);
  if (pidfd_ < 0) {
    return Error(std::string("pidfd_open: ") + std::strerror(errno));
  }
  return AddToCgroup(pid_, cgroup_);
}

CommandProcess::CommandProcess(CommandProcess&& other) noexcept
    : cgroup_(std::move(other.cgroup_)),
      keeper_(std::move(other.keeper_)),
      pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::exchange(other.pidfd_, -1)),
      release_fd_(std::exchange(other.release_fd_, -1)) {}

CommandProcess::~CommandProcess() {
  const bool never_released = release_fd_ >= 0;
  CloseIfOpen(release_fd_);
  if (never_released && pid_ > 0) {
    waitpid(pid_, nullptr, 0);  // the child exits because its pipe is closed
  }
  CloseIfOpen(pidfd_);
}

void CommandProcess::Release() {
  const char go = 1;
  while (write(release_fd_, &go, 1) < 0 && errno == EINTR) {
  }
  CloseIfOpen(release_fd_);
}

void CommandProcess::Signal(int signal) const {
  if (pid_ > 0) {
    kill(pid_, signal);
  }
}

int CommandProcess::ExitStatus() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kStatusSignalBase + WTERMSIG(status);
}

}  // namespace wirehound
