// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/process_store.h"

#include <doctest/doctest.h>

#include "tests/engine/stores/process_test_support.h"

namespace wirehound::test {
namespace process_store_test {

TEST_CASE("process store: the process of an event is found by its entity id") {
  ProcessWorld world;
  ProcessStore store(world.Setup());
  store.Note(OfEvent({.container_id = "5f0c"}));
  const wirehound_process_info* info = Ask(store, IdOf(100, 1000));
  REQUIRE(info != nullptr);
  CHECK(info->struct_size == WIREHOUND_STRUCT_SIZE(wirehound_process_info, container_id));
  CHECK(info->entity_id == IdOf(100, 1000));
  CHECK(info->parent_entity_id == IdOf(50, 500));
  CHECK(info->pid == 100);
  CHECK(info->host_pid == 100);
  CHECK(info->parent_pid == 50);
  CHECK(info->host_parent_pid == 50);
  CHECK(info->uid == 1000);
  CHECK(info->gid == 1001);
  CHECK(info->start_time_ns == kEpochOfBoot + WithinTick(1000));
  CHECK(Text(info->comm) == "curl");
  CHECK(Text(info->executable) == "/usr/bin/curl");
  CHECK(Text(info->container_id) == "5f0c");
}

TEST_CASE("process store: an unknown process is not found, and no process has the id 0") {
  ProcessWorld world;
  ProcessStore store(world.Setup());
  wirehound_process unknown = OfEvent({});
  unknown.process_entity_id = 0;
  store.Note(unknown);
  const wirehound_process_info* info = nullptr;
  CHECK(store.Get(4711, &info) == WIREHOUND_ERROR_NOT_FOUND);
  CHECK(store.Get(0, &info) == WIREHOUND_ERROR_NOT_FOUND);
  std::span<const wirehound_process_info> parents;
  CHECK(store.Ancestry(4711, 3, &parents) == WIREHOUND_ERROR_NOT_FOUND);
}

TEST_CASE("process store: an unhealthy store answers every question with that status") {
  ProcessStore store(std::nullopt);
  const wirehound_process process = OfEvent({});
  store.Note(process);
  const wirehound_process_info* info = nullptr;
  std::span<const wirehound_process_info> parents;
  CHECK(store.Get(process.process_entity_id, &info) == WIREHOUND_ERROR_UNHEALTHY);
  CHECK(store.Ancestry(process.process_entity_id, 3, &parents) == WIREHOUND_ERROR_UNHEALTHY);
  CHECK_FALSE(store.IsInTree(process, process.host_pid));
}

TEST_CASE("process store: the arguments of a running process are read, and read again later") {
  ProcessWorld world;
  world.proc.Run({.arguments = std::string("curl\0-s\0x", 9)});
  ProcessStore store(world.Setup());
  store.Note(OfEvent({}));
  REQUIRE(Ask(store, IdOf(100, 1000)) != nullptr);
  CHECK(Arguments(*Ask(store, IdOf(100, 1000))) == "curl -s x");
  world.proc.Run({.arguments = std::string("curl\0-v", 7)});
  CHECK(Arguments(*Ask(store, IdOf(100, 1000))) == "curl -s x");
  world.Later();
  CHECK(Arguments(*Ask(store, IdOf(100, 1000))) == "curl -v");
}

TEST_CASE("process store: another process with the same pid only shows that the first has ended") {
  ProcessWorld world;
  world.proc.Run({.start_ticks = 1001, .arguments = std::string("stranger", 8)});
  ProcessStore store(world.Setup());
  store.Note(OfEvent({}));
  const wirehound_process_info* info = Ask(store, IdOf(100, 1000));
  REQUIRE(info != nullptr);
  CHECK(info->arguments.count == 0);
  CHECK(info->exited == 1);
  CHECK(info->exit_time_ns == world.time.now_ns);
  CHECK(Text(info->comm) == "curl");
}

TEST_CASE("process store: a question finds that a process has ended, and its facts stay") {
  ProcessWorld world;
  world.proc.Run({.arguments = std::string("curl\0-s", 7)});
  ProcessStore store(world.Setup());
  store.Note(OfEvent({}));
  REQUIRE(Ask(store, IdOf(100, 1000)) != nullptr);
  CHECK(Ask(store, IdOf(100, 1000))->exited == 0);
  SUBCASE("it is gone") { world.proc.End(100); }
  SUBCASE("it waits for its parent, without arguments") {
    world.proc.Run({.state = 'Z', .arguments = ""});
  }
  world.Later();
  const std::uint64_t found_ns = world.time.now_ns;
  const wirehound_process_info* info = Ask(store, IdOf(100, 1000));
  CHECK(info->exited == 1);
  CHECK(info->exit_time_ns == found_ns);
  CHECK(Arguments(*info) == "curl -s");
  world.Later();
  store.Note(OfEvent({}));  // an event that was still on its way
  CHECK(Ask(store, IdOf(100, 1000))->exit_time_ns == found_ns);
}

TEST_CASE("process store: later facts of a process replace earlier ones") {
  ProcessWorld world;
  world.proc.Run({});
  ProcessStore store(world.Setup());
  store.Note(OfEvent({.comm = "sh", .executable = "/bin/sh"}));
  REQUIRE(Arguments(*Ask(store, IdOf(100, 1000))) == "sh -c true");
  world.proc.Run({.arguments = std::string("curl\0x", 6)});
  store.Note(OfEvent({.comm = "curl", .executable = "/usr/bin/curl"}));
  CHECK(Text(Ask(store, IdOf(100, 1000))->executable) == "/usr/bin/curl");
  CHECK(Arguments(*Ask(store, IdOf(100, 1000))) == "curl x");
}

TEST_CASE("process store: a process has the name of its first thread, not of another one") {
  ProcessWorld world;
  ProcessStore store(world.Setup());
  store.Note(OfEvent({.comm = "server"}));
  wirehound_process thread = OfEvent({.comm = "worker-3"});
  thread.host_tid = 105;
  store.Note(thread);
  CHECK(Text(Ask(store, IdOf(100, 1000))->comm) == "server");
}

TEST_CASE(
    "process store: two answers of one turn stay valid, whatever the store learns in between") {
  ProcessWorld world;
  world.proc.Run({.arguments = std::string("first", 5)});
  ProcessStore store(world.Setup(ProcessIndex::kMinCapacity));
  store.Note(OfEvent({.comm = "first"}));
  const wirehound_process_info* first = Ask(store, IdOf(100, 1000));
  REQUIRE(first != nullptr);
  world.Later();
  world.proc.Run({.arguments = std::string("changed", 7)});
  const wirehound_process_info* again = Ask(store, IdOf(100, 1000));
  // Enough other processes to make the store forget the first.
  for (std::int32_t pid = 200; pid < 300; ++pid) {
    store.Note(OfEvent({.pid = pid, .comm = "other"}));
    REQUIRE(Ask(store, IdOf(pid, 1000)) != nullptr);
  }
  CHECK(Ask(store, IdOf(100, 1000)) == nullptr);
  CHECK(store.evicted() > 0);
  CHECK(Text(first->comm) == "first");
  CHECK(Arguments(*first) == "first");
  CHECK(Arguments(*again) == "changed");
}

TEST_CASE("process store: the answers of one turn are limited, and the next turn starts at zero") {
  ProcessWorld world;
  ProcessStore store(world.Setup(8192));
  const auto ask_many = [&](std::int32_t count) {
    std::int32_t status = WIREHOUND_OK;
    const wirehound_process_info* info = nullptr;
    for (std::int32_t pid = 100; status == WIREHOUND_OK && pid < 100 + count; ++pid) {
      store.Note(OfEvent({.pid = pid}));
      status = store.Get(IdOf(pid, 1000), &info);
    }
    return status;
  };
  CHECK(ask_many(5000) == WIREHOUND_ERROR_LIMIT);
  CHECK(store.refused() == 1);
  store.EndOfTurn();
  CHECK(ask_many(4000) == WIREHOUND_OK);
  // The same answer again does not count again.
  const wirehound_process_info* info = nullptr;
  for (int i = 0; i < 5000; ++i) {
    REQUIRE(store.Get(IdOf(100, 1000), &info) == WIREHOUND_OK);
  }
}

TEST_CASE("process store: parents come from /proc, nearest first, at most the requested number") {
  ProcessWorld world;
  world.proc.Run({.pid = 100, .parent_pid = 50, .start_ticks = 1000});
  world.proc.Run({.pid = 50, .parent_pid = 20, .start_ticks = 500, .comm = "bash"});
  world.proc.Run({.pid = 20, .parent_pid = 1, .start_ticks = 300, .comm = "sshd"});
  world.proc.Run({.pid = 1, .parent_pid = 0, .start_ticks = 0, .comm = "init"});
  ProcessStore store(world.Setup());
  store.Note(OfEvent({}));
  CHECK(Ancestors(store, IdOf(100, 1000)) == "50 20 1");
  CHECK(Ancestors(store, IdOf(100, 1000), 2) == "50 20");
  CHECK(Ancestors(store, IdOf(100, 1000), 0).empty());
  const wirehound_process_info* parent = Ask(store, IdOf(50, 500));
  REQUIRE(parent != nullptr);
  CHECK(parent->entity_id == IdOf(50, 500));  // the id that the child's event named
  CHECK(Text(parent->comm) == "bash");
  CHECK(Text(parent->executable) == "/bin/sh");
  CHECK(Arguments(*parent) == "sh -c true");
  CHECK(parent->uid == 1000);
  CHECK(parent->host_parent_pid == 20);
  CHECK(parent->start_time_ns == kEpochOfBoot + 500 * ProcTickNs());
}

TEST_CASE("process store: a process known from /proc alone has an id made of pid and tick") {
  ProcessWorld world;
  world.proc.Run({.pid = 50, .parent_pid = 20, .start_ticks = 500});
  world.proc.Run({.pid = 20, .parent_pid = 0, .start_ticks = 300});
  ProcessStore store(world.Setup());
  store.Note(OfEvent({}));
  const std::uint32_t by_tick = EntityId(20, 300 * ProcTickNs());
  CHECK(Ask(store, IdOf(50, 500))->parent_entity_id == by_tick);
  CHECK(Ask(store, by_tick)->host_pid == 20);
  SUBCASE("an event replaces it with the kernel's id, and both ids find the process") {
    store.Note(OfEvent({.pid = 20, .parent_pid = 0, .start_ticks = 300, .comm = "sshd"}));
    CHECK(Ask(store, by_tick)->entity_id == IdOf(20, 300));
    CHECK(Text(Ask(store, by_tick)->comm) == "sshd");
    CHECK(Ask(store, IdOf(20, 300))->host_pid == 20);
    CHECK(Ask(store, IdOf(50, 500))->parent_entity_id == IdOf(20, 300));
    CHECK(Ancestors(store, IdOf(100, 1000)) == "50 20");
  }
  SUBCASE("an event of a child replaces it with the kernel's id of the parent") {
    store.Note(OfEvent({.pid = 101, .parent_pid = 20, .parent_start_ticks = 300}));
    CHECK(Ancestors(store, IdOf(101, 1000)) == "20");
    CHECK(Ask(store, by_tick)->entity_id == IdOf(20, 300));
    CHECK(Ask(store, IdOf(50, 500))->parent_entity_id == IdOf(20, 300));
  }
}

TEST_CASE("process store: a process that reuses the parent's pid is not taken for the parent") {
  ProcessWorld world;
  world.proc.Run({.pid = 50, .parent_pid = 1, .start_ticks = 1001, .comm = "stranger"});
  ProcessStore store(world.Setup());
  store.Note(OfEvent({}));
  const wirehound_process_info* parent = Ask(store, IdOf(50, 500));
  REQUIRE(parent != nullptr);
  CHECK(parent->host_pid == 50);
  CHECK(parent->exited == 1);
  CHECK(Text(parent->comm).empty());
  CHECK(Ancestors(store, IdOf(100, 1000)) == "50");
}

TEST_CASE("process store: a circle of parents ends the list") {
  ProcessWorld world;
  world.proc.Run({.pid = 50, .parent_pid = 20, .start_ticks = 500});
  world.proc.Run({.pid = 20, .parent_pid = 50, .start_ticks = 500});
  ProcessStore store(world.Setup());
  store.Note(OfEvent({}));
  CHECK(Ancestors(store, IdOf(100, 1000), 1000) == "50 20");
}

TEST_CASE("process store: an answer has at most 64 parents") {
  ProcessWorld world;
  for (std::int32_t pid = 1; pid <= 100; ++pid) {
    world.proc.Run({.pid = pid, .parent_pid = pid - 1, .start_ticks = 10});
  }
  ProcessStore store(world.Setup());
  store.Note(OfEvent({.pid = 101, .parent_pid = 100, .parent_start_ticks = 10}));
  std::span<const wirehound_process_info> parents;
  REQUIRE(store.Ancestry(IdOf(101, 1000), 1000, &parents) == WIREHOUND_OK);
  CHECK(parents.size() == ProcessStore::kMaxAncestryDepth);
}

TEST_CASE("process store: when the engine runs in a pid namespace, it answers from events alone") {
  ProcessWorld world;
  world.proc.Link("self/ns/pid", "pid:[4026532184]");
  world.proc.Run({.pid = 100, .start_ticks = 1000});
  world.proc.Run({.pid = 50, .start_ticks = 500, .comm = "stranger"});
  ProcessStore store(world.Setup());
  store.Note(OfEvent({}));
  const wirehound_process_info* info = Ask(store, IdOf(100, 1000));
  REQUIRE(info != nullptr);
  CHECK(info->arguments.count == 0);
  world.proc.End(100);
  world.Later();
  CHECK(Ask(store, IdOf(100, 1000))->exited == 0);  // without /proc the end stays unknown
  CHECK(Ask(store, IdOf(50, 500))->host_pid == 50);
  CHECK(Text(Ask(store, IdOf(50, 500))->comm).empty());
  CHECK(Ask(store, IdOf(50, 500))->exited == 0);
  store.Note(OfEvent({.pid = 50, .parent_pid = 1, .start_ticks = 500, .comm = "bash"}));
  CHECK(Text(Ask(store, IdOf(50, 500))->comm) == "bash");
  CHECK(Ancestors(store, IdOf(100, 1000)) == "50 1");
}

TEST_CASE("process store: a full store forgets the process that was used longest ago") {
  ProcessWorld world;
  ProcessStore store(world.Setup(32));
  for (std::int32_t pid = 100; pid < 131; ++pid) {
    store.Note(OfEvent({.pid = pid}));  // plus one parent that all share
  }
  CHECK(store.evicted() == 0);
  REQUIRE(Ask(store, IdOf(100, 1000)) != nullptr);
  store.Note(OfEvent({.pid = 131}));
  CHECK(store.evicted() == 1);
  CHECK(Ask(store, IdOf(100, 1000)) != nullptr);
  CHECK(Ask(store, IdOf(101, 1000)) == nullptr);
}

}  // namespace process_store_test
}  // namespace wirehound::test
