// SPDX-License-Identifier: Apache-2.0

// ProcessStore::Take and FindRunning: how notices change the answers, and which notices the store
// reports about processes that it read from /proc.

#include <doctest/doctest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/engine/stores/process_test_support.h"

namespace wirehound::test {
namespace process_notice_test {

using Kind = ProcessNotice::Kind;

void Tell(ProcessStore& store, Kind kind, const wirehound_process& process,
          const std::vector<std::string>& arguments = {},
          std::uint64_t timestamp_ns = kEpochOfBoot + 1) {
  std::vector<wirehound_string> texts;
  for (const std::string& argument : arguments) {
    texts.push_back({argument.data(), argument.size()});
  }
  store.Take({.kind = kind, .timestamp_ns = timestamp_ns, .process = &process, .arguments = texts});
}

// "found 50", "exited 100": what a store reports.
struct Reports {
  std::vector<std::string> lines;

  ProcessStore::Learned Hook() {
    return [this](const ProcessNotice& notice) {
      const bool ended = notice.kind == Kind::kExited;
      lines.push_back((ended ? "exited " : "found ") + std::to_string(notice.process->host_pid));
    };
  }
};

wirehound_process Shell(std::string_view comm = "sh", std::string_view executable = "/bin/sh") {
  return OfEvent({.comm = comm, .executable = executable});
}

TEST_CASE(
    "process notices: after a fork the child has its parent's program, after an exec its own") {
  ProcessWorld world;
  ProcessStore store(world.Setup());
  Tell(store, Kind::kExec, Shell(), {"sh", "-c", "x"});
  const wirehound_process child = OfEvent({.pid = 101,
                                           .parent_pid = 100,
                                           .start_ticks = 1100,
                                           .parent_start_ticks = 1000,
                                           .comm = "sh",
                                           .executable = "/bin/sh"});
  const std::uint32_t id = child.process_entity_id;
  Tell(store, Kind::kForked, child);
  REQUIRE(Ask(store, id) != nullptr);
  CHECK(Arguments(*Ask(store, id)) == "sh -c x");
  CHECK(Ancestors(store, id, 1) == "100");
  const wirehound_process program =
      OfEvent({.pid = 101, .parent_pid = 100, .start_ticks = 1100, .parent_start_ticks = 1000});
  Tell(store, Kind::kExec, program, {"curl", "-s"});
  CHECK(Text(Ask(store, id)->comm) == "curl");
  CHECK(Text(Ask(store, id)->executable) == "/usr/bin/curl");
  CHECK(Arguments(*Ask(store, id)) == "curl -s");
  CHECK(Arguments(*Ask(store, IdOf(100, 1000))) == "sh -c x");
}

TEST_CASE("process notices: arguments that came with a notice are not read from /proc") {
  ProcessWorld world;
  world.proc.Run({.arguments = std::string("something\0else", 14)});
  ProcessStore store(world.Setup());
  Tell(store, Kind::kExec, OfEvent({}), {"curl", "-s"});
  CHECK(Arguments(*Ask(store, IdOf(100, 1000))) == "curl -s");
  // It runs another program, and no notice of that exec came.
  store.Note(OfEvent({.comm = "wget", .executable = "/usr/bin/wget"}));
  CHECK(Arguments(*Ask(store, IdOf(100, 1000))) == "something else");
}

TEST_CASE("process notices: a process counts as ended from its time on, and its facts stay") {
  ProcessWorld world;
  world.proc.Run({});
  ProcessStore store(world.Setup());
  Tell(store, Kind::kExec, OfEvent({}), {"curl"});
  const std::uint64_t end_ns = world.time.now_ns + 500;
  Tell(store, Kind::kExited, OfEvent({.comm = "curl", .executable = ""}), {}, end_ns);
  CHECK(Ask(store, IdOf(100, 1000))->exited == 0);
  world.time.now_ns += 500;
  const wirehound_process_info* info = Ask(store, IdOf(100, 1000));
  CHECK(info->exited == 1);
  CHECK(info->exit_time_ns == end_ns);
  CHECK(Text(info->executable) == "/usr/bin/curl");
  CHECK(Arguments(*info) == "curl");
  store.Note(OfEvent({}));  // a packet that was still on its way
  CHECK(Ask(store, IdOf(100, 1000))->exit_time_ns == end_ns);
}

TEST_CASE("process notices: the end of an unknown process is kept with the facts of the notice") {
  ProcessWorld world;
  ProcessStore store(world.Setup());
  Tell(store, Kind::kExited, OfEvent({}));
  REQUIRE(Ask(store, IdOf(100, 1000)) != nullptr);
  CHECK(Ask(store, IdOf(100, 1000))->exited == 1);
  CHECK(Text(Ask(store, IdOf(100, 1000))->comm) == "curl");
}

TEST_CASE("process notices: parents are read when the notice of a child comes, not at a question") {
  ProcessWorld world;
  world.proc.Run({.pid = 50, .parent_pid = 20, .start_ticks = 500});
  world.proc.Run({.pid = 20, .parent_pid = 0, .start_ticks = 300});
  ProcessStore store(world.Setup());
  Tell(store, Kind::kForked, OfEvent({}));
  world.proc.End(50);
  world.proc.End(20);
  CHECK(Ancestors(store, IdOf(100, 1000)) == "50 20");
  CHECK(Text(Ask(store, IdOf(50, 500))->executable) == "/bin/sh");
}

TEST_CASE("process notices: a parent found running is still the child's parent after it ended") {
  ProcessWorld world;
  world.proc.Run({.pid = 50, .parent_pid = 0, .start_ticks = 500, .comm = "bash"});
  ProcessStore store(world.Setup());
  const std::int32_t pids[] = {50};
  store.FindRunning(pids);
  world.proc.End(50);
  Tell(store, Kind::kForked, OfEvent({}));
  REQUIRE(Ask(store, IdOf(50, 500)) != nullptr);
  CHECK(Text(Ask(store, IdOf(50, 500))->comm) == "bash");
  CHECK(Ask(store, IdOf(50, 500))->entity_id == IdOf(50, 500));
  CHECK(Ancestors(store, IdOf(100, 1000)) == "50");
}

TEST_CASE(
    "process notices: running processes, their parents and the engine are found and reported") {
  ProcessWorld world;
  world.proc.Run({.pid = getpid(), .parent_pid = 0, .start_ticks = 5});
  world.proc.Run({.pid = 100, .parent_pid = 50, .start_ticks = 1000});
  world.proc.Run({.pid = 50, .parent_pid = 0, .start_ticks = 500});
  world.proc.Run({.pid = 60, .parent_pid = 2, .start_ticks = 1, .comm = "kworker"});
  Reports reports;
  ProcessStore::Setup setup = world.Setup();
  setup.learned = reports.Hook();
  ProcessStore store(setup);
  const std::int32_t pids[] = {100, 60, 7777};
  store.FindRunning(pids);
  const std::string self = "found " + std::to_string(getpid());
  // The notice of the parent comes first, so that the child's notice finds it.
  CHECK(reports.lines ==
        std::vector<std::string>{self, self, "found 100", "found 50", "found 100", "found 50"});
  CHECK(Ancestors(store, EntityId(100, 1000 * ProcTickNs())) == "50");
  reports.lines.clear();
  store.FindRunning(pids);
  CHECK(reports.lines.empty());
  CHECK(store.not_read() == 0);
}

TEST_CASE("process notices: a fact from /proc is reported once, and again when it changes") {
  ProcessWorld world;
  world.proc.Run({});
  Reports reports;
  ProcessStore store(world.Setup());
  store.SetLearned(reports.Hook());
  store.Note(OfEvent({}));
  CHECK(reports.lines.empty());  // the record itself has the fact
  for (int i = 0; i < 3; ++i) {
    REQUIRE(Ask(store, IdOf(100, 1000)) != nullptr);
    world.Later();
  }
  CHECK(reports.lines == std::vector<std::string>{"found 100"});
  world.proc.Run({.arguments = "changed"});
  REQUIRE(Ask(store, IdOf(100, 1000)) != nullptr);
  world.proc.End(100);
  world.Later();
  REQUIRE(Ask(store, IdOf(100, 1000)) != nullptr);
  REQUIRE(Ask(store, IdOf(100, 1000)) != nullptr);
  CHECK(reports.lines == std::vector<std::string>{"found 100", "found 100", "exited 100"});
}

TEST_CASE("process notices: a store that waits for its first process is unhealthy until then") {
  ProcessWorld world;
  ProcessStore::Setup setup = world.Setup();
  setup.proc = ProcFolder("");
  setup.only_when_told = true;
  const std::uint32_t id = IdOf(100, 1000);
  const wirehound_process_info* info = nullptr;
  ProcessStore store(setup);
  wirehound_process nobody{};
  store.Note(nobody);
  CHECK(store.Get(id, &info) == WIREHOUND_ERROR_UNHEALTHY);
  SUBCASE("by a record") { store.Note(OfEvent({})); }
  SUBCASE("by a notice") { Tell(store, Kind::kFound, OfEvent({})); }
  REQUIRE(store.Get(id, &info) == WIREHOUND_OK);
  CHECK(info->host_pid == 100);
}

TEST_CASE("process notices: a store can be made healthy before the first notice") {
  ProcessWorld world;
  ProcessStore::Setup setup = world.Setup();
  setup.proc = ProcFolder("");
  setup.only_when_told = true;
  ProcessStore store(setup);
  store.ExpectNotices(BootClock(kEpochOfBoot));
  const wirehound_process_info* info = nullptr;
  CHECK(store.Get(IdOf(100, 1000), &info) == WIREHOUND_ERROR_NOT_FOUND);
}

TEST_CASE("process notices: a store without a setup ignores notices") {
  ProcessStore store(std::nullopt);
  Tell(store, Kind::kFound, OfEvent({}));
  store.FindRunning({});
  store.SetLearned([](const ProcessNotice&) {});
  const wirehound_process_info* info = nullptr;
  CHECK(store.Get(IdOf(100, 1000), &info) == WIREHOUND_ERROR_UNHEALTHY);
}

}  // namespace process_notice_test
}  // namespace wirehound::test
