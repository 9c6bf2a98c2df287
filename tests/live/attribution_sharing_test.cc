// SPDX-License-Identifier: Apache-2.0

// One socket with several users: threads, descriptors passed between processes, io_uring. And
// processes that end before the reader reads their records.

#include <doctest/doctest.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <thread>

#include "lab.h"

namespace wirehound::live {
namespace attribution_sharing_test {

constexpr std::uint8_t kOut = WIREHOUND_DIRECTION_EGRESS;
constexpr int kUringRefused = 42;

void Fail(const char* what) {
  std::perror(what);
  _exit(1);
}

struct Rights {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control = {};
  char letter = 'f';
  iovec text = {.iov_base = &letter, .iov_len = 1};
  msghdr message = {};

  Rights() {
    message.msg_iov = &text;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
  }
  Rights(const Rights&) = delete;
  Rights& operator=(const Rights&) = delete;
};

void PassDescriptor(int channel, int fd) {
  Rights rights;
  cmsghdr* header = CMSG_FIRSTHDR(&rights.message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &fd, sizeof(fd));
  if (sendmsg(channel, &rights.message, 0) != 1) {
    Fail("sendmsg");
  }
}

int TakeDescriptor(int channel) {
  Rights rights;
  int fd = -1;
  if (recvmsg(channel, &rights.message, 0) != 1) {
    Fail("recvmsg");
  }
  std::memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&rights.message)), sizeof(fd));
  return fd;
}

// The parent forks a child, then connects and passes the connection to that child.
void PassedDescriptor(Roles& roles, Transport transport) {
  SetName("wh-parent");
  roles.parent = getpid();
  int channel[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, channel) != 0) {
    Fail("socketpair");
  }
  roles.child = ForkNamed("wh-child", [&] {
    const int fd = TakeDescriptor(channel[1]);
    Send(fd, "from-child");
  });
  const int receiver = BoundSocket(transport, Family::kIpv4);
  const int fd = ConnectedSocket(transport, Family::kIpv4, PortOf(receiver));
  const int end = transport == Transport::kTcp ? AcceptOn(receiver) : receiver;
  Send(fd, "from-parent");
  Expect(end, "from-parent");
  PassDescriptor(channel[0], fd);
  WaitFor(roles.child);
  Expect(end, "from-child");
}

// A ring of one entry, without a library.
class Uring {
 public:
  Uring() {
    io_uring_params params = {};
    fd_ = static_cast<int>(syscall(__NR_io_uring_setup, 1, &params));
    if (fd_ < 0) {
      _exit(kUringRefused);
    }
    ring_ = Map(params.sq_off.array + sizeof(unsigned), IORING_OFF_SQ_RING);
    completions_ = Map(params.cq_off.cqes + 2 * sizeof(io_uring_cqe), IORING_OFF_CQ_RING);
    entries_ = Map(sizeof(io_uring_sqe), IORING_OFF_SQES);
    params_ = params;
  }

  // Submits one operation and waits for its result.
  int Run(const io_uring_sqe& entry) {
    std::memcpy(entries_, &entry, sizeof(entry));
    Word(ring_, params_.sq_off.array) = 0;
    std::atomic_ref<unsigned>(Word(ring_, params_.sq_off.tail)).fetch_add(1);
    if (syscall(__NR_io_uring_enter, fd_, 1, 1, IORING_ENTER_GETEVENTS, nullptr, 0) < 0) {
      _exit(kUringRefused);
    }
    std::atomic_ref<unsigned> head(Word(completions_, params_.cq_off.head));
    const unsigned index = head.load() & Word(completions_, params_.cq_off.ring_mask);
    io_uring_cqe completion;
    std::memcpy(&completion, completions_ + params_.cq_off.cqes + index * sizeof(completion),
                sizeof(completion));
    head.fetch_add(1);
    return completion.res;
  }

 private:
  char* Map(std::size_t size, off_t offset) const {
    void* memory =
        mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd_, offset);
    if (memory == MAP_FAILED) {
      Fail("mmap");
    }
    return static_cast<char*>(memory);
  }
  static unsigned& Word(char* base, unsigned offset) {
    return *static_cast<unsigned*>(static_cast<void*>(base + offset));
  }

  int fd_ = -1;
  io_uring_params params_ = {};
  char* ring_ = nullptr;
  char* completions_ = nullptr;
  char* entries_ = nullptr;
};

void SendByRing(int fd, std::string_view text, std::uint8_t flags) {
  Uring ring;
  io_uring_sqe entry = {};
  entry.opcode = IORING_OP_SEND;
  entry.flags = flags;
  entry.fd = fd;
  entry.addr = reinterpret_cast<std::uintptr_t>(text.data());
  entry.len = static_cast<std::uint32_t>(text.size());
  if (ring.Run(entry) != static_cast<int>(text.size())) {
    _exit(kUringRefused);
  }
}

TEST_CASE("attribution: a packet sent by a thread names the thread and its process") {
  Lab lab(Everything());
  if (!lab.Attached("cgroup_skb/egress (sender)")) {
    MESSAGE("skipped: this kernel refuses the hook that tells the sender");
    return;
  }
  lab.Run([](Roles& roles) {
    roles.parent = getpid();
    const int receiver = BoundSocket(Transport::kUdp, Family::kIpv4);
    const int fd = ConnectedSocket(Transport::kUdp, Family::kIpv4, PortOf(receiver));
    std::thread thread([&] {
      roles.child = static_cast<pid_t>(syscall(SYS_gettid));
      Send(fd, "from-thread");
    });
    thread.join();
    Expect(receiver, "from-thread");
    Send(fd, "from-leader");
  });
  const Seen& thread = lab.collector().Only(kOut, "from-thread");
  const Seen& leader = lab.collector().Only(kOut, "from-leader");
  CHECK(thread.process.host_pid == lab.roles().parent);
  CHECK(thread.process.host_tid == lab.roles().child);
  CHECK(leader.process.host_tid == lab.roles().parent);
  CHECK(thread.process.process_entity_id == leader.process.process_entity_id);
  CHECK(thread.process.thread_entity_id != leader.process.thread_entity_id);
}

TEST_CASE(
    "attribution: what the receiver of a passed descriptor sends has that receiver as its owner") {
  for (const HookChoice choice : {HookChoice::kBest, HookChoice::kNoFentry}) {
    const Transport transport = choice == HookChoice::kBest ? Transport::kUdp : Transport::kTcp;
    LiveOptions options = Everything();
    options.hook_choice = choice;
    Lab lab(options);
    if (!lab.KnowsSenders()) {
      MESSAGE("skipped: this kernel has no hook that tells the sender");
      return;
    }
    lab.Run([&](Roles& roles) { PassedDescriptor(roles, transport); });
    CHECK(lab.collector().Only(kOut, "from-parent").process.host_pid == lab.roles().parent);
    const Seen& passed = lab.collector().Only(kOut, "from-child");
    CHECK(passed.process.host_pid == lab.roles().child);
    CHECK(passed.comm == "wh-child");
  }
}

TEST_CASE("attribution: a process that ends before its packets are read is still known") {
  constexpr int kProcesses = 200;
  Lab lab(Everything());
  lab.RunUnread([](Roles&) {
    const int receiver = BoundSocket(Transport::kUdp, Family::kIpv4);
    const std::uint16_t port = PortOf(receiver);
    for (int i = 0; i < kProcesses; ++i) {
      WaitFor(ForkNamed("wh-short", [&] {
        Send(ConnectedSocket(Transport::kUdp, Family::kIpv4, port),
             "pid " + std::to_string(getpid()) + ".");
      }));
    }
  });
  int sent = 0;
  for (const Seen& seen : lab.collector().records()) {
    if (seen.direction != kOut) {
      continue;
    }
    ++sent;
    CHECK(seen.comm == "wh-short");
    CHECK(seen.Carries("pid " + std::to_string(seen.process.host_pid) + "."));
    CHECK(!seen.executable.empty());
  }
  CHECK(sent == kProcesses);
}

TEST_CASE(
    "attribution: packets that io_uring sends belong to its process, sent inline or by workers") {
  for (const std::uint8_t flags : {std::uint8_t{0}, std::uint8_t{IOSQE_ASYNC}}) {
    Lab lab(Everything());
    lab.Run([&](Roles& roles) {
      const int receiver = BoundSocket(Transport::kUdp, Family::kIpv4);
      const int fd = ConnectedSocket(Transport::kUdp, Family::kIpv4, PortOf(receiver));
      roles.child = ForkNamed("wh-ring", [&] { SendByRing(fd, "by-ring", flags); });
      int status = 0;
      waitpid(roles.child, &status, 0);
      if (WIFEXITED(status) && WEXITSTATUS(status) == kUringRefused) {
        roles.client = 1;
      } else if (status != 0) {
        _exit(1);
      }
    });
    if (lab.roles().client == 1) {
      MESSAGE("skipped: io_uring is refused here");
      return;
    }
    if (!lab.KnowsSenders()) {
      MESSAGE("skipped: this kernel has no hook that tells the sender");
      return;
    }
    const Seen& seen = lab.collector().Only(kOut, "by-ring");
    CHECK(seen.process.host_pid == lab.roles().child);
    // Before 5.12 a worker is no thread of the process: then the owner comes from the socket.
    CHECK(seen.owner_source != WIREHOUND_OWNER_NONE);
  }
}

}  // namespace attribution_sharing_test
}  // namespace wirehound::live
