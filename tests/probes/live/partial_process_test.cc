// SPDX-License-Identifier: Apache-2.0

#include "probes/live/partial_process.h"

#include <doctest/doctest.h>

#include "tests/probes/host/proc_test_folder.h"

namespace wirehound {
namespace partial_process_test {

using test::FakeProc;
using test::FakeProcess;

wirehound_wire_process Partial(std::int32_t pid, std::int32_t tid, std::uint32_t uid) {
  wirehound_wire_process process = {};
  process.host_pid = pid;
  process.host_tid = tid;
  process.uid = uid;
  process.flags = WIREHOUND_WIRE_PARTIAL | WIREHOUND_WIRE_PATH_UNKNOWN;
  return process;
}

TEST_CASE("partial process: /proc gives the times, the parent and the ids in the namespace") {
  const FakeProc proc;
  proc.Run({.pid = 50, .parent_pid = 1, .start_ticks = 7});
  proc.Run({.pid = 100, .parent_pid = 50, .start_ticks = 1000});
  proc.Write("100/task/101/stat", FakeProc::StatText({.pid = 101, .start_ticks = 1200}));
  wirehound_wire_process process = Partial(100, 101, 1000);
  CompleteFromProc(process, ProcFolder(proc.path()));
  CHECK(process.start_time_ns == 1000 * ProcTickNs());
  CHECK(process.thread_start_time_ns == 1200 * ProcTickNs());
  CHECK(process.parent_start_time_ns == 7 * ProcTickNs());
  CHECK(process.host_parent_pid == 50);
  CHECK(process.pid == 100);
  CHECK(process.tid == 101);
  CHECK(process.parent_pid == 50);
  CHECK(process.flags == (WIREHOUND_WIRE_PARTIAL | WIREHOUND_WIRE_PATH_UNKNOWN));
}

TEST_CASE("partial process: in an inner pid namespace only the certain ids are filled in") {
  const FakeProc proc;
  proc.Run({.pid = 100, .namespace_pids = "100\t5"});
  wirehound_wire_process leader = Partial(100, 100, 1000);
  CompleteFromProc(leader, ProcFolder(proc.path()));
  CHECK(leader.pid == 5);
  CHECK(leader.tid == 5);
  CHECK(leader.parent_pid == 0);
  wirehound_wire_process thread = Partial(100, 101, 1000);
  CompleteFromProc(thread, ProcFolder(proc.path()));
  CHECK(thread.pid == 5);
  CHECK(thread.tid == 0);
}

TEST_CASE(
    "partial process: a process that ended, or whose pid another user has now, stays partial") {
  const FakeProc proc;
  proc.Run({.pid = 100, .uid = 1000});
  for (const auto& [pid, uid] : {std::pair(77, 1000u), std::pair(100, 0u)}) {
    wirehound_wire_process process = Partial(pid, pid, uid);
    CompleteFromProc(process, ProcFolder(proc.path()));
    CHECK(process.start_time_ns == 0);
    CHECK(process.host_parent_pid == 0);
    CHECK(process.pid == 0);
  }
}

}  // namespace partial_process_test
}  // namespace wirehound
