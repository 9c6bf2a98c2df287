// SPDX-License-Identifier: Apache-2.0

// Notices about processes: the kernel reports that a process of the group was created, what it runs
// and that it ended, and nothing about other groups. And the right process is found for every
// packet of a storm of short-lived processes.

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "lab.h"
#include "probes/bpf/wire.h"

namespace wirehound::live {
namespace lifecycle_test {

using Kind = ProcessNotice::Kind;

constexpr int kStorm = 2000;
constexpr int kAtOnce = 20;

LiveOptions WatchingProcesses() {
  LiveOptions options = Everything();
  options.processes = ProcessWatch::kOn;
  return options;
}

std::string Line(const SeenNotice& notice) {
  std::string line;
  for (const std::string& argument : notice.arguments) {
    line += (line.empty() ? "" : " ") + argument;
  }
  return line;
}

// The notices about one process, in order.
std::vector<const SeenNotice*> NoticesOf(Lab& lab, std::int32_t host_pid) {
  std::vector<const SeenNotice*> found;
  for (const SeenNotice& notice : lab.collector().notices()) {
    if (notice.process.host_pid == host_pid) {
      found.push_back(&notice);
    }
  }
  return found;
}

void RunProgram(std::vector<const char*> arguments) {
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    execv(arguments.front(), const_cast<char* const*>(arguments.data()));
    _exit(1);
  }
  int status = 0;
  if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
    _exit(1);
  }
}

TEST_CASE("lifecycle: the creation, the new program and the end of a process are reported") {
  Lab lab(WatchingProcesses());
  lab.Run([](Roles& roles) {
    roles.parent = getpid();
    roles.child = ForkNamed("wh-child", [] {
      execl("/bin/sh", "/bin/sh", "-c", "exit 0", "and more", nullptr);
      _exit(1);
    });
    WaitFor(roles.child);
  });
  const Result<std::uint64_t> group = CgroupId(lab.group().path());
  REQUIRE(group);
  const std::vector<const SeenNotice*> notices = NoticesOf(lab, lab.roles().child);
  REQUIRE(notices.size() == 3);
  CHECK(notices[0]->kind == Kind::kForked);
  CHECK(notices[1]->kind == Kind::kExec);
  CHECK(notices[2]->kind == Kind::kExited);
  for (const SeenNotice* notice : notices) {
    const wirehound_process& process = notice->process;
    CHECK(process.host_tid == lab.roles().child);
    CHECK(process.host_parent_pid == lab.roles().parent);
    CHECK(process.process_entity_id == notices[0]->process.process_entity_id);
    CHECK(process.parent_entity_id == notices[0]->process.parent_entity_id);
    CHECK(process.parent_entity_id != 0);
    CHECK(process.start_time_ns == notices[0]->process.start_time_ns);
    CHECK(process.uid == geteuid());
    CHECK(process.gid == getegid());
    CHECK(process.cgroup_id == *group);
    CHECK(process.pid_namespace != 0);
    CHECK(process.mount_namespace != 0);
    CHECK(notice->timestamp_ns >= process.start_time_ns);
  }
  CHECK(notices[0]->executable.find("live_test") != std::string::npos);
  CHECK(notices[0]->arguments.empty());
  CHECK(notices[1]->comm == "sh");
  CHECK(notices[1]->executable.find("sh") != std::string::npos);
  CHECK(Line(*notices[1]) == "/bin/sh -c exit 0 and more");
  CHECK(lab.Count("process_notices_lost") == 0);
  CHECK(lab.Count("malformed_process_records") == 0);
}

TEST_CASE("lifecycle: processes are reported only while the source watches processes") {
  Lab lab(Everything());
  const auto once = [&] {
    Workload workload = StartWorkload(lab.group(), lab.roles(),
                                      [](Roles&) { WaitFor(ForkNamed("wh-child", [] {})); });
    while (!workload.Ended()) {
      lab.ReadUntilQuiet();
    }
    lab.ReadUntilQuiet();
  };
  once();
  CHECK(lab.collector().notices().empty());
  lab.source().WatchProcesses(ProcessWatch::kOn);
  once();
  const std::size_t watched = lab.collector().notices().size();
  CHECK(watched >= 3);  // the child's two, and the end of the workload
  lab.source().WatchProcesses(ProcessWatch::kOff);
  once();
  CHECK(lab.collector().notices().size() == watched);
  lab.Finish();
}

TEST_CASE("lifecycle: processes of other groups are not reported") {
  Lab lab(WatchingProcesses());
  Result<ChildCgroup> beside = MakeGroup();
  REQUIRE(beside);
  Workload workload = StartWorkload(*beside, lab.roles(), [](Roles&) {
    RunProgram({"/bin/sh", "-c", "exit 0"});
  });
  while (!workload.Ended()) {
    lab.ReadUntilQuiet();
  }
  CHECK(workload.Succeeded());
  lab.Finish();
  CHECK(lab.collector().notices().empty());
  CHECK(lab.Count("process_notices") == 0);
}

TEST_CASE("lifecycle: threads are not reported, and the last thread of a process is its end") {
  Lab lab(WatchingProcesses());
  lab.Run([](Roles& roles) {
    roles.child = ForkNamed("wh-child", [] {
      for (int i = 0; i < 4; ++i) {
        std::thread([] { SetName("wh-thread"); }).join();
      }
    });
    WaitFor(roles.child);
  });
  const std::vector<const SeenNotice*> notices = NoticesOf(lab, lab.roles().child);
  REQUIRE(notices.size() == 2);
  CHECK(notices[0]->kind == Kind::kForked);
  CHECK(notices[1]->kind == Kind::kExited);
  CHECK(notices[1]->comm == "wh-child");
}

TEST_CASE("lifecycle: of long arguments the beginning is reported") {
  Lab lab(WatchingProcesses());
  static const std::string kLong(5000, 'x');
  static const std::string kMiddle(500, 'y');
  lab.Run([](Roles&) {
    RunProgram({"/bin/sh", "-c", "exit 0", "long", kLong.c_str()});
    RunProgram({"/bin/sh", "-c", "exit 0", "middle", kMiddle.c_str()});
  });
  int found = 0;
  for (const SeenNotice& notice : lab.collector().notices()) {
    if (notice.kind != Kind::kExec) {
      continue;
    }
    ++found;
    REQUIRE(notice.arguments.size() == 5);
    const bool is_long = notice.arguments[3] == "long";
    CHECK(notice.arguments[4] == (is_long ? kLong : kMiddle).substr(0, notice.arguments[4].size()));
    CHECK(Line(notice).size() <= WIREHOUND_WIRE_ARGUMENTS_SIZE);
    CHECK(Line(notice).size() + 16 > (is_long ? WIREHOUND_WIRE_ARGUMENTS_SIZE : 500));
  }
  CHECK(found == 2);
}

TEST_CASE("lifecycle: a notice without room in the ring is counted, but not as a lost packet") {
  LiveOptions options = WatchingProcesses();
  options.plan = {};
  options.ring_bytes = 16384;
  Lab lab(options);
  lab.RunUnread([](Roles&) {
    for (int i = 0; i < 100; ++i) {
      WaitFor(ForkNamed("wh-child", [] {}));
    }
  });
  CHECK(lab.Count("process_notices_lost") > 0);
  CHECK(lab.Count("process_notices") == lab.collector().notices().size());
  CHECK(lab.Count("ring_full") == 0);
}

TEST_CASE(
    "lifecycle: every packet of a storm of short processes has the right process and parent") {
  Lab lab(WatchingProcesses());
  lab.Run([](Roles& roles) {
    roles.parent = getpid();
    const int receiver = BoundSocket(Transport::kUdp, Family::kIpv4);
    const std::uint16_t port = PortOf(receiver);
    for (int round = 0; round < kStorm / kAtOnce; ++round) {
      std::vector<pid_t> children;
      for (int i = 0; i < kAtOnce; ++i) {
        const std::string name = "wh-" + std::to_string(round * kAtOnce + i);
        children.push_back(ForkNamed(name.c_str(), [&] {
          Send(ConnectedSocket(Transport::kUdp, Family::kIpv4, port),
               "from " + std::to_string(getpid()) + ".");
        }));
      }
      for (const pid_t child : children) {
        WaitFor(child);
      }
      char text[64];
      while (recv(receiver, text, sizeof(text), MSG_DONTWAIT) > 0) {
      }
    }
  });
  std::map<std::uint32_t, int> lives;  // by entity id: 1 start reported, 2 end reported
  for (const SeenNotice& notice : lab.collector().notices()) {
    int& life = lives[notice.process.process_entity_id];
    life |= notice.kind == Kind::kForked ? 1 : notice.kind == Kind::kExited ? 2 : 0;
  }
  int sent = 0;
  int right = 0;
  for (const Seen& seen : lab.collector().records()) {
    if (seen.direction != WIREHOUND_DIRECTION_EGRESS || !seen.Carries("from ")) {
      continue;
    }
    ++sent;
    const bool is_its = seen.Carries("from " + std::to_string(seen.process.host_pid) + ".");
    const bool complete = lives[seen.process.process_entity_id] == 3;
    const bool has_parent = seen.process.host_parent_pid == lab.roles().parent;
    right += is_its && complete && has_parent && !seen.executable.empty() ? 1 : 0;
  }
  CHECK(sent == kStorm);
  CHECK(right == kStorm);
  CHECK(lab.Count("process_notices_lost") == 0);
}

}  // namespace lifecycle_test
}  // namespace wirehound::live
