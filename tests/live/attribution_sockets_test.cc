// SPDX-License-Identifier: Apache-2.0

// Packets that no process is just sending or receiving: of connections that are not accepted yet or
// have ended, of the kernel's sockets, and of sockets older than the engine.

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "lab.h"

namespace wirehound::live {
namespace attribution_sockets_test {

constexpr std::uint8_t kIn = WIREHOUND_DIRECTION_INGRESS;
constexpr std::size_t kTcpFlags = 20 + 13;  // behind an IPv4 header without options
constexpr char kSyn = 0x02;

// The SYNs, or SYN-ACKs, of a direction. IPv4 only.
std::vector<const Seen*> WithFlags(const Collector& collector, std::uint8_t direction, char flags) {
  std::vector<const Seen*> found;
  for (const Seen& seen : collector.records()) {
    if (seen.direction == direction && seen.bytes.size() > kTcpFlags &&
        seen.bytes[kTcpFlags] == flags) {
      found.push_back(&seen);
    }
  }
  return found;
}

void RequireFd(int fd) {
  if (fd < 0) {
    std::perror("socket call");
    _exit(1);
  }
}

// The client sends before accept(). Then "wh-child" accepts, the client sends more, and the child
// reads all of it.
void LateAccept(Roles& roles, Family family) {
  SetName("wh-parent");
  roles.parent = getpid();
  const int listener = BoundSocket(Transport::kTcp, family);
  const int client = ConnectedSocket(Transport::kTcp, family, PortOf(listener));
  Send(client, "early");
  roles.child = ForkNamed("wh-child", [&] {
    sockaddr_storage peer = {};
    socklen_t size = sizeof(peer);
    const int fd = accept(listener, static_cast<sockaddr*>(static_cast<void*>(&peer)), &size);
    RequireFd(fd);
    Send(client, "in-time");
    Expect(fd, "earlyin-time");
  });
  WaitFor(roles.child);
}

TEST_CASE("attribution: before accept() packets belong to the listener, then to the acceptor") {
  for (const Family family : {Family::kIpv4, Family::kIpv6, Family::kIpv4OnIpv6}) {
    Lab lab(Everything());
    const bool acceptor_known = lab.Attached("fexit/inet_accept") ||
                                lab.Attached("cgroup/getpeername4") ||
                                lab.Attached("kprobe/security_sock_graft");
    lab.Run([&](Roles& roles) {
      LateAccept(roles, family == Family::kIpv4OnIpv6 ? Family::kIpv4 : family);
    });
    const Seen& before = lab.collector().Only(kIn, "early");
    CHECK(before.owner_source == WIREHOUND_OWNER_LISTENER);
    CHECK(before.process.host_pid == lab.roles().parent);
    CHECK(acceptor_known);
    const Seen& after = lab.collector().Only(kIn, "in-time");
    CHECK(after.owner_source == WIREHOUND_OWNER_SOCKET);
    CHECK(after.process.host_pid == lab.roles().child);
    CHECK(after.comm == "wh-child");
  }
}

TEST_CASE(
    "attribution: on the server's side a handshake belongs to the listener, and is marked so") {
  Lab lab(Everything());
  lab.Run([](Roles& roles) { LateAccept(roles, Family::kIpv4); });
  const auto syns = WithFlags(lab.collector(), kIn, kSyn);
  REQUIRE(syns.size() == 1);
  CHECK(syns[0]->owner_source == WIREHOUND_OWNER_LISTENER);
  CHECK(syns[0]->process.host_pid == lab.roles().parent);
}

TEST_CASE("attribution: packets of the kernel's own sockets have the kernel as owner") {
  Lab lab(Everything());
  if (!lab.Attached("cgroup_skb/egress (sender)")) {
    MESSAGE("skipped: this kernel cannot tell its own sockets");
    return;
  }
  // The sockets of IPv6's neighbour discovery are in the group of the process that made the network
  // namespace.
  Workload workload = StartWorkload(lab.group(), lab.roles(), [](Roles& roles) {
    if (!EnterOwnNetwork()) {
      _exit(1);
    }
    const bool made = std::system(
                          "ip link add wh0 type veth peer name wh1 && ip link set wh0 up && "
                          "(ip link set wh1 up || ip link set veth0 up)") == 0;
    if (!made) {
      return;
    }
    roles.parent = 1;
    WaitForGo();
  });
  // The kernel sends them by itself, within a second.
  lab.ReadUntil([&] { return workload.Ended() || !lab.collector().records().empty(); });
  workload.Go();
  lab.FinishWith(workload);
  if (lab.roles().parent == 0) {
    MESSAGE("skipped: no pair of interfaces can be made here");
    return;
  }
  int by_kernel = 0;
  for (const Seen& seen : lab.collector().records()) {
    CHECK(seen.owner_source == WIREHOUND_OWNER_KERNEL);
    CHECK(seen.process.host_pid == 0);
    by_kernel += seen.owner_source == WIREHOUND_OWNER_KERNEL ? 1 : 0;
  }
  CHECK(by_kernel >= 1);
}

void CheckOldSocket(HookChoice choice) {
  Result<ChildCgroup> group = MakeGroup();
  REQUIRE(group);
  Roles& roles = SharedRoles();
  Workload workload = StartWorkload(*group, roles, [](Roles& mine) {
    SetName("wh-old");
    const int receiver = BoundSocket(Transport::kUdp, Family::kIpv4);
    const int fd = ConnectedSocket(Transport::kUdp, Family::kIpv4, PortOf(receiver));
    mine.parent = getpid();
    WaitForGo();
    Send(fd, "from-old");
    Expect(receiver, "from-old");
    Send(fd, "again");
  });
  while (*static_cast<volatile pid_t*>(&roles.parent) == 0 && !workload.Ended()) {
    usleep(1000);
  }
  LiveOptions options = Everything();
  options.hook_choice = choice;
  Lab lab(options, *std::move(group));
  workload.Go();
  lab.FinishWith(workload);
  const Seen& found = lab.collector().Only(kIn, "from-old");
  CHECK(found.process.host_pid == roles.parent);
  CHECK(found.comm == "wh-old");
  CHECK(found.owner_source == WIREHOUND_OWNER_SCAN);
  CHECK(!found.executable.empty());
  // A process has used the socket since: hooks see the receive and, where possible, the send.
  const Seen& again = lab.collector().Only(WIREHOUND_DIRECTION_EGRESS, "again");
  CHECK(again.process.host_pid == roles.parent);
}

TEST_CASE("attribution: the owner of a socket older than the engine is its holder, marked so") {
  SUBCASE("in the best way that the kernel has") { CheckOldSocket(HookChoice::kBest); }
  SUBCASE("through /proc, without the kernel's types") {
    CheckOldSocket(HookChoice::kNoKernelTypes);
  }
}

}  // namespace attribution_sockets_test
}  // namespace wirehound::live
