// SPDX-License-Identifier: Apache-2.0

// Processes that talk to each other over loopback, each under its own name, for the live tests to
// watch. A workload runs in a forked process inside the control group of the test. It ends by
// itself, by an alarm when no call has worked for kPatienceSeconds, or with its test. All functions
// but StartWorkload run inside the workload and end it with a message when something fails.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string_view>

#include "probes/host/cgroup.h"

namespace wirehound::live {

/// How long one call may take. The number of calls is not limited.
inline constexpr unsigned kPatienceSeconds = 60;

/// The process ids that a workload gives its test, in memory shared by both.
struct Roles {
  pid_t parent = 0;
  pid_t child = 0;
  pid_t client = 0;
};

enum class Transport : std::uint8_t { kUdp, kTcp };
/// kIpv4OnIpv6: the server has an AF_INET6 socket, the client comes with IPv4.
enum class Family : std::uint8_t { kIpv4, kIpv6, kIpv4OnIpv6 };

/// A running workload. The destructor kills it, if it still runs, and waits for it.
class Workload {
 public:
  Workload(pid_t pid, int go_fd) : pid_(pid), go_fd_(go_fd) {}
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;
  ~Workload();

  /// Whether the workload has ended. Does not wait.
  bool Ended();
  /// Lets the workload return from one WaitForGo.
  void Go();
  /// Whether the workload ended with success. Call only after Ended returned true.
  bool Succeeded() const;
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
  int go_fd_;
  int status_ = 0;
  bool ended_ = false;
};

using Body = std::function<void(Roles& roles)>;

/// Starts `body` in a new process inside `group`. `roles` is memory from SharedRoles.
Workload StartWorkload(const ChildCgroup& group, Roles& roles, const Body& body);

/// Roles in memory that stays shared across fork.
Roles& SharedRoles();

/// Inside a workload: waits for the test's Go().
void WaitForGo();

/// Inside a workload: forks a process with a name, at most 15 characters, that runs `body`.
pid_t ForkNamed(const char* name, const std::function<void()>& body);

/// Inside a workload: gives the calling process a name.
void SetName(const char* name);

/// Inside a workload: waits for a forked process to end with success.
void WaitFor(pid_t pid);

/// Enters a new network namespace and brings its loopback up. False, with errno, when it cannot.
bool EnterOwnNetwork();

/// Sockets on loopback. Port 0 lets the kernel choose.
int BoundSocket(Transport transport, Family family, std::uint16_t port = 0);
int ConnectedSocket(Transport transport, Family family, std::uint16_t port);
int AcceptOn(int listener);
std::uint16_t PortOf(int fd);
void Send(int fd, std::string_view text);
/// Receives until it has read `text`.
void Expect(int fd, std::string_view text);

/// A server that listens ("wh-parent") and leaves the serving to a forked child ("wh-child"), and
/// a client ("wh-client"): ping-1, pong-1, ping-2, pong-2.
void ForkedServer(Transport transport, Family family, Roles& roles);

/// A connected UDP socket made by "wh-parent"; "wh-child", forked, sends "from-child" on it.
void InheritedSocket(Roles& roles);

/// `count` datagrams of `bytes` each from one process, "wh-client", to its own socket.
void Flood(Roles& roles, int count, std::size_t bytes);

}  // namespace wirehound::live
