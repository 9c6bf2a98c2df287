// SPDX-License-Identifier: Apache-2.0

#include "probes/host/proc_folder.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "tests/probes/host/proc_test_folder.h"

namespace wirehound {
namespace proc_folder_test {

using test::FakeProc;
using test::FakeProcess;

TEST_CASE(
    "proc folder: a stat line gives name, state, parent and start, whatever bytes the name has") {
  for (const char* comm : {"sh", "a b", "x) S 1 (y", "(", ")", ""}) {
    CAPTURE(comm);
    FakeProcess process;
    process.comm = comm;
    process.state = 'Z';
    const std::optional<ProcStat> stat = ProcStatFromText(FakeProc::StatText(process));
    REQUIRE(stat.has_value());
    CHECK(stat->comm == comm);
    CHECK(stat->state == 'Z');
    CHECK(stat->ended());
    CHECK(stat->parent_pid == 50);
    CHECK(stat->start_ticks == 1000);
  }
}

TEST_CASE("proc folder: text that is no stat line gives nothing") {
  for (const char* text : {"", "1", "1 sh S 2 3", "1 (sh) S 2", ") S 1 (", "1 (sh) S",
                           "1 (sh) S 1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 x4 1000"}) {
    CAPTURE(text);
    CHECK_FALSE(ProcStatFromText(text).has_value());
  }
}

TEST_CASE("proc folder: a status gives the real ids and the innermost pid") {
  const std::optional<ProcStatus> status = ProcStatusFromText(
      "Name:\tsh\nUid:\t1000\t0\t0\t0\nGid:\t1001\t5\t5\t5\nNSpid:\t4711\t12\t1\n");
  REQUIRE(status.has_value());
  CHECK(status->uid == 1000);
  CHECK(status->gid == 1001);
  CHECK(status->pid == 1);
  CHECK(status->namespaces == 3);
  CHECK_FALSE(ProcStatusFromText("").has_value());
  CHECK_FALSE(ProcStatusFromText("Name:\tUid: 1\n").has_value());
}

TEST_CASE("proc folder: arguments are separated by NUL, and bounded in number and size") {
  const FakeProc proc;
  const ProcFolder folder(proc.path());
  proc.Run({.arguments = std::string("curl\0\0-s\0x", 10)});
  CHECK(folder.Arguments(100) == std::vector<std::string>{"curl", "", "-s", "x"});

  std::string many;
  for (int i = 0; i < 1000; ++i) {
    many += std::string("a\0", 2);
  }
  proc.Run({.arguments = many});
  CHECK(folder.Arguments(100).size() == ProcFolder::kMaxArguments);

  proc.Run({.arguments = std::string(100'000, 'x')});
  REQUIRE(folder.Arguments(100).size() == 1);
  CHECK(folder.Arguments(100)[0].size() == ProcFolder::kMaxArgumentBytes);

  CHECK(folder.Arguments(101).empty());
}

TEST_CASE("proc folder: /proc shows the host's pids and times in the initial namespaces only") {
  const FakeProc proc;
  CHECK(ProcFolder(proc.path()).SeesHost());
  SUBCASE("another pid namespace") {
    proc.Link("self/ns/pid", "pid:[4026532184]");
    CHECK_FALSE(ProcFolder(proc.path()).SeesHost());
  }
  SUBCASE("another time namespace: start times are shifted") {
    proc.Link("self/ns/time", "time:[4026532185]");
    CHECK_FALSE(ProcFolder(proc.path()).SeesHost());
  }
  SUBCASE("no /proc at all") { CHECK_FALSE(ProcFolder(proc.path() + "/absent").SeesHost()); }
}

TEST_CASE("proc folder: the real /proc gives the facts of this process") {
  const ProcFolder folder;
  CHECK(folder.Executable(getpid()).find("probes_test") != std::string::npos);
  const std::optional<ProcStat> stat = folder.Stat(getpid());
  REQUIRE(stat.has_value());
  CHECK(stat->parent_pid == getppid());
  CHECK_FALSE(stat->ended());
  const std::optional<ProcStatus> status = folder.Status(getpid());
  REQUIRE(status.has_value());
  CHECK(status->uid == getuid());
  CHECK_FALSE(folder.Arguments(getpid()).empty());
}

TEST_CASE("proc folder: the program of a pid counts only with the expected start time") {
  const ProcFolder proc;
  const std::optional<ProcStat> stat = proc.Stat(getpid());
  REQUIRE(stat.has_value());
  const std::uint64_t start_ns = stat->start_ticks * ProcTickNs() + 1;
  CHECK(proc.ExecutableOf(getpid(), start_ns).find("probes_test") != std::string::npos);
  CHECK(proc.ExecutableOf(getpid(), start_ns + ProcTickNs()).empty());
}

}  // namespace proc_folder_test
}  // namespace wirehound
