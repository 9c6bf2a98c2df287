// SPDX-License-Identifier: Apache-2.0

// What the kernel tells of processes: who was made, what it runs and that it ended, for those of
// the group and nobody else, and the right process behind every packet of a storm of short ones.

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
namespace {

using Kind = ProcessNotice::Kind;

constexpr int kStorm = 2000;
constexpr int kAtOnce = 20;

LiveOptions Telling() {
  LiveOptions options = Everything();
  options.processes = ProcessWatch::kOn;
  return options;
}

std::string Line(const Told& told) {
  std::string line;
  for (const std::string& argument : told.arguments) {
    line += (line.empty() ? "" : " ") + argument;
  }
  return line;
}

// Those of a process, in order.
std::vector<const Told*> Of(Lab& lab, std::int32_t host_pid) {
  std::vector<const Told*> found;
  for (const Told& told : lab.collector().told()) {
    if (told.process.host_pid == host_pid) {
      found.push_back(&told);
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

}  // namespace

TEST_CASE("lifecycle: a process is told of when it is made, runs a program, and ends") {
  Lab lab(Telling());
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
  const std::vector<const Told*> told = Of(lab, lab.roles().child);
  REQUIRE(told.size() == 3);
  CHECK(told[0]->kind == Kind::kForked);
  CHECK(told[1]->kind == Kind::kExec);
  CHECK(told[2]->kind == Kind::kExited);
  for (const Told* notice : told) {
    const wirehound_process& process = notice->process;
    CHECK(process.host_tid == lab.roles().child);
    CHECK(process.host_parent_pid == lab.roles().parent);
    CHECK(process.process_entity_id == told[0]->process.process_entity_id);
    CHECK(process.parent_entity_id == told[0]->process.parent_entity_id);
    CHECK(process.parent_entity_id != 0);
    CHECK(process.start_time_ns == told[0]->process.start_time_ns);
    CHECK(process.uid == geteuid());
    CHECK(process.gid == getegid());
    CHECK(process.cgroup_id == *group);
    CHECK(process.pid_namespace != 0);
    CHECK(process.mount_namespace != 0);
    CHECK(notice->timestamp_ns >= process.start_time_ns);
  }
  CHECK(told[0]->executable.find("live_test") != std::string::npos);
  CHECK(told[0]->arguments.empty());
  CHECK(told[1]->comm == "sh");
  CHECK(told[1]->executable.find("sh") != std::string::npos);
  CHECK(Line(*told[1]) == "/bin/sh -c exit 0 and more");
  CHECK(lab.Count("process_notices_lost") == 0);
  CHECK(lab.Count("malformed_process_records") == 0);
}

TEST_CASE("lifecycle: nobody is told of while nobody asks, and from when somebody does") {
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
  CHECK(lab.collector().told().empty());
  lab.source().WatchProcesses(ProcessWatch::kOn);
  once();
  const std::size_t told = lab.collector().told().size();
  CHECK(told >= 3);  // the child's two, and the end of the workload
  lab.source().WatchProcesses(ProcessWatch::kOff);
  once();
  CHECK(lab.collector().told().size() == told);
  lab.Finish();
}

TEST_CASE("lifecycle: processes of other groups are not told of") {
  Lab lab(Telling());
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
  CHECK(lab.collector().told().empty());
  CHECK(lab.Count("process_notices") == 0);
}

TEST_CASE("lifecycle: threads are no processes, and the last one of a process is its end") {
  Lab lab(Telling());
  lab.Run([](Roles& roles) {
    roles.child = ForkNamed("wh-child", [] {
      for (int i = 0; i < 4; ++i) {
        std::thread([] { SetName("wh-thread"); }).join();
      }
    });
    WaitFor(roles.child);
  });
  const std::vector<const Told*> told = Of(lab, lab.roles().child);
  REQUIRE(told.size() == 2);
  CHECK(told[0]->kind == Kind::kForked);
  CHECK(told[1]->kind == Kind::kExited);
  CHECK(told[1]->comm == "wh-child");
}

TEST_CASE("lifecycle: of long arguments the beginning is told") {
  Lab lab(Telling());
  static const std::string kLong(5000, 'x');
  static const std::string kMiddle(500, 'y');
  lab.Run([](Roles&) {
    RunProgram({"/bin/sh", "-c", "exit 0", "long", kLong.c_str()});
    RunProgram({"/bin/sh", "-c", "exit 0", "middle", kMiddle.c_str()});
  });
  int found = 0;
  for (const Told& told : lab.collector().told()) {
    if (told.kind != Kind::kExec) {
      continue;
    }
    ++found;
    REQUIRE(told.arguments.size() == 5);
    const bool is_long = told.arguments[3] == "long";
    CHECK(told.arguments[4] == (is_long ? kLong : kMiddle).substr(0, told.arguments[4].size()));
    CHECK(Line(told).size() <= WIREHOUND_WIRE_ARGUMENTS_SIZE);
    CHECK(Line(told).size() + 16 > (is_long ? WIREHOUND_WIRE_ARGUMENTS_SIZE : 500));
  }
  CHECK(found == 2);
}

TEST_CASE("lifecycle: what finds no room in the ring is counted, and no packet's loss") {
  LiveOptions options = Telling();
  options.plan = {};
  options.ring_bytes = 16384;
  Lab lab(options);
  lab.RunUnread([](Roles&) {
    for (int i = 0; i < 100; ++i) {
      WaitFor(ForkNamed("wh-child", [] {}));
    }
  });
  CHECK(lab.Count("process_notices_lost") > 0);
  CHECK(lab.Count("process_notices") == lab.collector().told().size());
  CHECK(lab.Count("ring_full") == 0);
}

TEST_CASE("lifecycle: every packet of a storm of short processes has its process and its parent") {
  Lab lab(Telling());
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
  std::map<std::uint32_t, int> lives;  // by entity id: told of its start, and of its end
  for (const Told& told : lab.collector().told()) {
    int& life = lives[told.process.process_entity_id];
    life |= told.kind == Kind::kForked ? 1 : told.kind == Kind::kExited ? 2 : 0;
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

}  // namespace wirehound::live
