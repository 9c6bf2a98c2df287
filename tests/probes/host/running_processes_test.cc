// SPDX-License-Identifier: Apache-2.0

#include "probes/host/running_processes.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/probes/host/proc_test_folder.h"

namespace wirehound::test {
namespace running_processes_test {

using Pids = std::vector<std::int32_t>;

Pids Sorted(Pids pids) {
  std::sort(pids.begin(), pids.end());
  return pids;
}

TEST_CASE("running processes: a group's list includes the groups below it") {
  const FakeProc folder;
  folder.Write("group/cgroup.procs", "12\n7\n");
  folder.Write("group/cgroup.threads", "99\n");
  folder.Write("group/below/cgroup.procs", "");
  folder.Write("group/below/deeper/cgroup.procs", "300\n");
  folder.Write("beside/cgroup.procs", "4\n");
  CHECK(Sorted(RunningProcesses(folder.path() + "/group", 100)) == Pids{7, 12, 300});
  CHECK(RunningProcesses(folder.path() + "/group", 2).size() == 2);
}

TEST_CASE("running processes: without a group the list has every process of /proc") {
  const FakeProc folder;
  folder.Run({.pid = 5});
  folder.Run({.pid = 31});
  folder.Write("5x/stat", "");
  CHECK(Sorted(RunningProcesses("", 100, folder.path())) == Pids{5, 31});
}

TEST_CASE(
    "running processes: a missing folder gives an empty list, and text that is no pid is skipped") {
  const FakeProc folder;
  folder.Write("group/cgroup.procs", "0\n-3\nabc\n99999999999\n12 \n8");
  CHECK(RunningProcesses(folder.path() + "/group", 100) == Pids{8});
  CHECK(RunningProcesses(folder.path() + "/none", 100).empty());
  CHECK(RunningProcesses("", 100, folder.path() + "/none").empty());
}

}  // namespace running_processes_test
}  // namespace wirehound::test
