// SPDX-License-Identifier: Apache-2.0

// The owners of packets: a sent packet has exactly its sender as the owner, a received one the
// process that used the socket last.

#include <doctest/doctest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <fstream>
#include <sstream>
#include <string>

#include "lab.h"

namespace wirehound::live {
namespace attribution_test {

constexpr std::uint8_t kIn = WIREHOUND_DIRECTION_INGRESS;
constexpr std::uint8_t kOut = WIREHOUND_DIRECTION_EGRESS;

struct Row {
  const char* name;
  Transport transport;
  Family family;
};

constexpr Row kRows[] = {
    {"UDP over IPv4", Transport::kUdp, Family::kIpv4},
    {"UDP over IPv6", Transport::kUdp, Family::kIpv6},
    {"UDP over IPv4, server on AF_INET6", Transport::kUdp, Family::kIpv4OnIpv6},
    {"TCP over IPv4", Transport::kTcp, Family::kIpv4},
    {"TCP over IPv6", Transport::kTcp, Family::kIpv6},
    {"TCP over IPv4, server on AF_INET6", Transport::kTcp, Family::kIpv4OnIpv6},
};

void CheckOwner(const Seen& seen, pid_t pid, const char* comm) {
  CHECK(seen.process.host_pid == pid);
  CHECK(seen.process.host_tid == pid);
  CHECK(seen.comm == comm);
}

void CheckSender(const Seen& seen, pid_t pid, const char* comm) {
  CheckOwner(seen, pid, comm);
  CHECK(seen.owner_source == WIREHOUND_OWNER_CURRENT);
  CHECK(seen.syscall == SYS_sendto);
}

bool KnowsSender(const Lab& lab) {
  const bool knows = lab.Attached("cgroup_skb/egress (sender)");
  if (!knows) {
    MESSAGE("skipped: this kernel refuses the hook that tells the sender");
  }
  return knows;
}

// Whether our root directory is below that of the mount namespace: then no mount point is "/".
bool InChroot() {
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream fields(line);
    std::string id, parent, device, root, mount_point;
    fields >> id >> parent >> device >> root >> mount_point;
    if (mount_point == "/") {
      return false;
    }
  }
  return true;
}

std::string OwnProgram() {
  char path[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof(path));
  return {path, size > 0 ? static_cast<std::size_t>(size) : 0};
}

// The first packet may arrive before the child uses the socket: then its owner is the parent. Where
// a hook sees the beginning of a receive, the packet may also arrive after it: then its owner is
// the child. Over TCP a packet of the parent may be marked as the listener's, if it arrives before
// the parent has accepted. One of the child is never marked so.
void CheckFirst(const Lab& lab, const Row& row, const Seen& first) {
  const bool parents = first.process.host_pid == lab.roles().parent;
  const bool before = lab.Attached("fentry/security_socket_recvmsg") ||
                      lab.Attached("kprobe/security_socket_recvmsg");
  CHECK((parents || (before && first.process.host_pid == lab.roles().child)));
  if (row.transport == Transport::kTcp) {
    CHECK((parents || first.owner_source != WIREHOUND_OWNER_LISTENER));
  }
}

// The packets that the forked child and its client send have them as their owners.
void CheckSenders(const Lab& lab, const Collector& seen) {
  CheckSender(seen.Only(kOut, "ping-1"), lab.roles().client, "wh-client");
  CheckSender(seen.Only(kOut, "ping-2"), lab.roles().client, "wh-client");
  CheckSender(seen.Only(kOut, "pong-1"), lab.roles().child, "wh-child");
  CheckSender(seen.Only(kOut, "pong-2"), lab.roles().child, "wh-child");
}

// Received packets belong to the parent until the child uses the socket.
void CheckReceivers(const Lab& lab, const Row& row, const Collector& seen) {
  CheckFirst(lab, row, seen.Only(kIn, "ping-1"));
  CheckOwner(seen.Only(kIn, "ping-2"), lab.roles().child, "wh-child");
  CheckOwner(seen.Only(kIn, "pong-1"), lab.roles().client, "wh-client");
  CheckOwner(seen.Only(kIn, "pong-2"), lab.roles().client, "wh-client");
}

// Every packet has an owner, also the replies that the stack sends by itself.
void CheckThatAllAreOwned(const Lab& lab, const Collector& seen) {
  for (const Seen& packet : seen.records()) {
    CHECK(packet.owner_source != WIREHOUND_OWNER_NONE);
    CHECK(packet.process.host_pid != 0);
  }
  CHECK(lab.Count("no_owner") == 0);
}

// One test case for all rows: opening a source takes seconds in an emulated kernel.
TEST_CASE("attribution: every packet of a conversation with a forked server has the right owner") {
  for (const Row& row : kRows) {
    CAPTURE(row.name);
    Lab lab(Everything());
    lab.Run([&](Roles& roles) { ForkedServer(row.transport, row.family, roles); });
    if (KnowsSender(lab)) {
      CheckSenders(lab, lab.collector());
    }
    CheckReceivers(lab, row, lab.collector());
    CheckThatAllAreOwned(lab, lab.collector());
  }
}

TEST_CASE("attribution: a datagram that a child sends on its parent's socket") {
  SUBCASE("belongs to the child when a hook sees the sender") {
    Lab lab(Everything());
    if (!KnowsSender(lab)) {
      return;
    }
    lab.Run([](Roles& roles) { InheritedSocket(roles); });
    CheckSender(lab.collector().Only(kOut, "from-child"), lab.roles().child, "wh-child");
  }
  SUBCASE("by the socket alone belongs to the last process that a hook saw, and is marked so") {
    LiveOptions options = Everything();
    options.egress_owner = EgressOwner::kSocketOnly;
    Lab lab(options);
    lab.Run([](Roles& roles) { InheritedSocket(roles); });
    const Seen& seen = lab.collector().Only(kOut, "from-child");
    if (lab.Attached("fentry/security_socket_sendmsg") ||
        lab.Attached("kprobe/security_socket_sendmsg")) {
      CheckOwner(seen, lab.roles().child, "wh-child");
    } else {
      CheckOwner(seen, lab.roles().parent, "wh-parent");
    }
    CHECK(seen.owner_source == WIREHOUND_OWNER_SOCKET);
    CHECK(seen.syscall == -1);
  }
}

TEST_CASE("attribution: the facts of a process agree with /proc") {
  Lab lab(Everything());
  lab.Run([](Roles& roles) { ForkedServer(Transport::kTcp, Family::kIpv4, roles); });
  const Seen& seen = lab.collector().Only(kOut, "pong-1");
  const wirehound_process& process = seen.process;
  CHECK(process.host_parent_pid == lab.roles().parent);
  CHECK(process.uid == getuid());
  CHECK(process.gid == getgid());
  CHECK(process.pid == process.host_pid);
  CHECK(process.start_time_ns != 0);
  CHECK(process.thread_start_time_ns == process.start_time_ns);
  CHECK(process.start_time_ns < seen.timestamp_ns);
  CHECK(process.process_entity_id == process.thread_entity_id);
  const Result<std::uint64_t> group = CgroupId(lab.group().path());
  REQUIRE(group);
  CHECK(process.cgroup_id == *group);
  // The program's path begins at the root of the mount namespace. In a chroot, as on some build
  // machines, it has more in front than the path that /proc/self/exe shows.
  const std::string own = OwnProgram();
  REQUIRE(seen.executable.size() >= own.size());
  const std::size_t in_front = seen.executable.size() - own.size();
  CHECK(seen.executable.substr(in_front) == own);
  CHECK((in_front == 0 || InChroot()));
}

TEST_CASE("attribution: a process that renames itself is a new owner under the new name") {
  Lab lab(Everything());
  lab.Run([](Roles& roles) {
    const int receiver = BoundSocket(Transport::kUdp, Family::kIpv4);
    const int fd = ConnectedSocket(Transport::kUdp, Family::kIpv4, PortOf(receiver));
    roles.child = ForkNamed("wh-before", [&] {
      Send(fd, "under-old-name");
      Expect(receiver, "under-old-name");
      SetName("wh-after");
      Send(fd, "under-new-name");
    });
    WaitFor(roles.child);
  });
  const Seen& before = lab.collector().Only(kOut, "under-old-name");
  const Seen& after = lab.collector().Only(kOut, "under-new-name");
  CHECK(before.comm == "wh-before");
  CHECK(after.comm == "wh-after");
  CHECK(before.process.process_entity_id == after.process.process_entity_id);
}

}  // namespace attribution_test
}  // namespace wirehound::live
