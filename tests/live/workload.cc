// SPDX-License-Identifier: Apache-2.0

#include "workload.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>

namespace wirehound::live {
namespace {

int go_pipe_fd = -1;  // inside a workload: where the test's Go() arrives

// Ends the workload when a call failed.
template <typename T>
T Must(T result, const char* what) {
  if (result < 0) {
    std::perror(what);
    _exit(1);
  }
  return result;
}

// The same. Inside a workload a call that worked shows progress, so it also restarts the alarm.
template <typename T>
T Step(T result, const char* what) {
  if (go_pipe_fd >= 0) {
    alarm(kPatienceSeconds);
  }
  return Must(result, what);
}

struct Address {
  sockaddr_storage storage = {};
  socklen_t size = 0;
  sockaddr* get() { return static_cast<sockaddr*>(static_cast<void*>(&storage)); }
};

template <typename T>
Address Wrap(const T& address) {
  Address result;
  std::memcpy(&result.storage, &address, sizeof(address));
  result.size = sizeof(address);
  return result;
}

Address Loopback(bool ipv6, bool any, std::uint16_t port) {
  if (ipv6) {
    return Wrap(sockaddr_in6{.sin6_family = AF_INET6,
                             .sin6_port = htons(port),
                             .sin6_addr = any ? in6addr_any : in6addr_loopback});
  }
  return Wrap(sockaddr_in{
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}});
}

int MakeSocket(Transport transport, bool ipv6) {
  const int type = transport == Transport::kTcp ? SOCK_STREAM : SOCK_DGRAM;
  return Step(socket(ipv6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0), "socket");
}

void Serve(int fd, Transport transport) {
  Address peer;
  peer.size = sizeof(peer.storage);
  if (transport == Transport::kTcp) {
    const int connection = AcceptOn(fd);
    Expect(connection, "ping-1");
    Send(connection, "pong-1");
    Expect(connection, "ping-2");
    Send(connection, "pong-2");
    close(connection);
    return;
  }
  std::array<char, 64> buffer;
  for (const char* answer : {"pong-1", "pong-2"}) {
    Step(recvfrom(fd, buffer.data(), buffer.size(), 0, peer.get(), &peer.size), "recvfrom");
    Step(sendto(fd, answer, std::strlen(answer), 0, peer.get(), peer.size), "sendto");
  }
}

void Ask(Transport transport, Family family, std::uint16_t port) {
  const int fd = ConnectedSocket(transport, family, port);
  Send(fd, "ping-1");
  Expect(fd, "pong-1");
  Send(fd, "ping-2");
  Expect(fd, "pong-2");
  close(fd);
}

}  // namespace

Workload::~Workload() {
  if (!ended_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, &status_, 0);
  }
  close(go_fd_);
}

bool Workload::Ended() {
  if (!ended_) {
    ended_ = waitpid(pid_, &status_, WNOHANG) == pid_;
  }
  return ended_;
}

void Workload::Go() { Must(write(go_fd_, "g", 1), "write"); }

bool Workload::Succeeded() const { return WIFEXITED(status_) && WEXITSTATUS(status_) == 0; }

Workload StartWorkload(const ChildCgroup& group, Roles& roles, const Body& body) {
  int pipe_fds[2];
  Must(pipe(pipe_fds), "pipe");
  const pid_t pid = Must(fork(), "fork");
  if (pid == 0) {
    close(pipe_fds[1]);
    go_pipe_fd = pipe_fds[0];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(kPatienceSeconds);
    if (const Status added = group.Add(0); !added) {
      std::fprintf(stderr, "%s\n", added.error().message().c_str());
      _exit(1);
    }
    body(roles);
    _exit(0);
  }
  close(pipe_fds[0]);
  return {pid, pipe_fds[1]};
}

Roles& SharedRoles() {
  void* memory =
      mmap(nullptr, sizeof(Roles), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return *new (memory) Roles();
}

void WaitForGo() {
  char letter = 0;
  alarm(0);  // the test may take long; when it ends, this process is killed
  if (Step(read(go_pipe_fd, &letter, 1), "read") != 1) {
    _exit(1);
  }
}

pid_t ForkNamed(const char* name, const std::function<void()>& body) {
  const pid_t pid = Step(fork(), "fork");
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(kPatienceSeconds);
    SetName(name);
    body();
    _exit(0);
  }
  return pid;
}

void SetName(const char* name) { Step(prctl(PR_SET_NAME, name), "prctl"); }

void WaitFor(pid_t pid) {
  int status = 0;
  alarm(0);  // that process has an alarm itself
  Step(waitpid(pid, &status, 0), "waitpid");
  if (status != 0) {
    _exit(1);
  }
}

bool EnterOwnNetwork() {
  if (unshare(CLONE_NEWNET) != 0) {
    return false;
  }
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request = {};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  const bool up = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
  close(fd);
  return up;
}

int BoundSocket(Transport transport, Family family, std::uint16_t port) {
  const bool ipv6 = family != Family::kIpv4;
  const int fd = MakeSocket(transport, ipv6);
  Address address = Loopback(ipv6, family == Family::kIpv4OnIpv6, port);
  Step(bind(fd, address.get(), address.size), "bind");
  if (transport == Transport::kTcp) {
    Step(listen(fd, 8), "listen");
  }
  return fd;
}

int ConnectedSocket(Transport transport, Family family, std::uint16_t port) {
  const bool ipv6 = family == Family::kIpv6;
  const int fd = MakeSocket(transport, ipv6);
  Address address = Loopback(ipv6, false, port);
  Step(connect(fd, address.get(), address.size), "connect");
  return fd;
}

int AcceptOn(int listener) { return Step(accept(listener, nullptr, nullptr), "accept"); }

std::uint16_t PortOf(int fd) {
  Address address;
  address.size = sizeof(address.storage);
  Step(getsockname(fd, address.get(), &address.size), "getsockname");
  // The port is at the same place for both families.
  sockaddr_in ipv4;
  std::memcpy(&ipv4, &address.storage, sizeof(ipv4));
  return ntohs(ipv4.sin_port);
}

void Send(int fd, std::string_view text) {
  if (Step(send(fd, text.data(), text.size(), 0), "send") != static_cast<ssize_t>(text.size())) {
    _exit(1);
  }
}

void Expect(int fd, std::string_view text) {
  std::string got(text.size(), '\0');
  std::size_t size = 0;
  while (size < got.size()) {
    const ssize_t more = Step(recv(fd, got.data() + size, got.size() - size, 0), "recv");
    if (more == 0) {
      break;
    }
    size += static_cast<std::size_t>(more);
  }
  if (got != text) {
    std::fprintf(stderr, "expected %.*s\n", static_cast<int>(text.size()), text.data());
    _exit(1);
  }
}

void ForkedServer(Transport transport, Family family, Roles& roles) {
  SetName("wh-parent");
  roles.parent = getpid();
  const int fd = BoundSocket(transport, family);
  const std::uint16_t port = PortOf(fd);
  roles.child = ForkNamed("wh-child", [&] { Serve(fd, transport); });
  roles.client = ForkNamed("wh-client", [&] { Ask(transport, family, port); });
  WaitFor(roles.client);
  WaitFor(roles.child);
}

void InheritedSocket(Roles& roles) {
  SetName("wh-parent");
  roles.parent = getpid();
  const int receiver = BoundSocket(Transport::kUdp, Family::kIpv4);
  const int fd = ConnectedSocket(Transport::kUdp, Family::kIpv4, PortOf(receiver));
  roles.child = ForkNamed("wh-child", [&] { Send(fd, "from-child"); });
  WaitFor(roles.child);
  Expect(receiver, "from-child");
}

void Flood(Roles& roles, int count, std::size_t bytes) {
  SetName("wh-client");
  roles.client = getpid();
  const int receiver = BoundSocket(Transport::kUdp, Family::kIpv4);
  const int fd = ConnectedSocket(Transport::kUdp, Family::kIpv4, PortOf(receiver));
  const std::string text(bytes, 'f');
  for (int i = 0; i < count; ++i) {
    Send(fd, text);
  }
}

}  // namespace wirehound::live
