// SPDX-License-Identifier: Apache-2.0

// DropPrivileges and its filter of system calls. Neither can be undone, so each case runs in a
// child process and reports by its exit status.

#include "engine/privileges/privileges.h"

#include <fcntl.h>
#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <thread>

#include <doctest/doctest.h>

#include "engine/privileges/system_calls.h"

namespace wirehound::test {
namespace privileges_test {

constexpr int kHeld = 0;

// The exit status of a child that runs `body`. `body` returns kHeld, or the number of the check
// that failed.
int InChild(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    _exit(body());
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool FailsWith(long result, int error) { return result == -1 && errno == error; }

int TryRefusedCalls() {
  char* const arguments[] = {nullptr};
  if (!FailsWith(execve("/bin/true", arguments, arguments), EPERM)) {
    return 1;
  }
  if (!FailsWith(ptrace(PTRACE_TRACEME, 0, nullptr, nullptr), EPERM)) {
    return 2;
  }
  if (!FailsWith(syscall(SYS_fork), EPERM)) {
    return 3;
  }
  if (!FailsWith(syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, nullptr), EPERM)) {
    return 4;
  }
  if (!FailsWith(syscall(SYS_bpf, 5 /* load a program */, nullptr, 0), ENOSYS)) {
    return 5;
  }
  return FailsWith(syscall(100000), ENOSYS) ? kHeld : 6;
}

int UseWhatRemains() {
  const int memory = memfd_create("test", MFD_CLOEXEC);
  if (memory < 0 || ftruncate(memory, 4096) != 0 ||
      mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, memory, 0) == MAP_FAILED) {
    return 1;  // plugins are loaded this way
  }
  if (open("/proc/self/status", O_RDONLY | O_CLOEXEC) < 0 ||
      socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0) {
    return 2;
  }
  int made = 0;
  std::thread([&made] { made = 1; }).join();
  return made == 1 ? kHeld : 3;
}

TEST_CASE("system calls: starting programs and tracing other processes fail with EPERM") {
  CHECK(InChild([] { return FilterSystemCalls() ? TryRefusedCalls() : 9; }) == kHeld);
}

TEST_CASE("system calls: files, memory, threads and sockets work as before the filter") {
  CHECK(InChild([] { return FilterSystemCalls() ? UseWhatRemains() : 9; }) == kHeld);
}

TEST_CASE("system calls: BPF maps can still be read") {
  CHECK(InChild([] {
          const bool reaches_kernel =
              FilterSystemCalls() && syscall(SYS_bpf, 1 /* look up in a map */, nullptr, 0) == -1 &&
              errno != ENOSYS;
          return reaches_kernel ? kHeld : 1;
        }) == kHeld);
}

bool IsPermitted(cap_value_t capability) {
  cap_t state = cap_get_proc();
  cap_flag_value_t value = CAP_CLEAR;
  cap_get_flag(state, capability, CAP_PERMITTED, &value);
  cap_free(state);
  return value == CAP_SET;
}

TEST_CASE("privileges: reading a capture file leaves no capability") {
  CHECK(InChild([] {
          const Result<std::string> left =
              DropPrivileges({}, {.user = std::nullopt, .filters_system_calls = false});
          for (cap_value_t capability = 0; left && capability <= CAP_LAST_CAP; ++capability) {
            if (IsPermitted(capability)) {
              return 1 + static_cast<int>(capability);
            }
          }
          return left && left->find("no capabilities") != std::string::npos ? kHeld : 100;
        }) == kHeld);
}

TEST_CASE("privileges: CAP_BPF is kept exactly where maps cannot be read without it") {
  constexpr cap_value_t kBpf = 39;
  if (!IsPermitted(kBpf)) {
    MESSAGE("CAP_BPF is not permitted here: nothing to keep");
    return;
  }
  const auto kept_when = [](bool can_read) {
    return InChild([can_read] {
      const PrivilegeNeeds needs{.is_live = true, .can_read_maps = [can_read] { return can_read; }};
      const Result<std::string> left =
          DropPrivileges(needs, {.user = std::nullopt, .filters_system_calls = false});
      return left ? static_cast<int>(IsPermitted(kBpf)) : 9;
    });
  };
  CHECK(kept_when(true) == 0);
  CHECK(kept_when(false) == 1);
}

TEST_CASE("privileges: becoming another user fails without the capabilities for it") {
  CHECK(InChild([] {
          if (!DropPrivileges({}, {.user = std::nullopt, .filters_system_calls = false})) {
            return 1;
          }
          const RunAs other{.user = 12345, .group = 12345, .name = "other"};
          const Result<std::string> left =
              DropPrivileges({}, {.user = other, .filters_system_calls = false});
          return !left && left.error().message().find("run as user other") == 0 ? kHeld : 2;
        }) == kHeld);
}

}  // namespace privileges_test
}  // namespace wirehound::test
