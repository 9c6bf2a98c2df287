// SPDX-License-Identifier: Apache-2.0

#include "probes/live/process_table.h"

#include <doctest/doctest.h>

#include <string>

#include <wirehound/views.h>

#include "probes/host/entity_id.h"
#include "process_facts.h"

namespace wirehound {
namespace process_table_test {

constexpr std::uint64_t kEpochOfBoot = 1'700'000'000'000'000'000u;

std::string Nothing(const wirehound_wire_process&) { return {}; }

ProcessTable Table(std::size_t capacity = ProcessTable::kDefaultCapacity) {
  return ProcessTable(BootClock(kEpochOfBoot), {.path = Nothing, .container = Nothing}, capacity);
}

TEST_CASE("process table: the facts of an owner become its process") {
  ProcessTable table = Table();
  table.Put(ProcessFacts(8));
  const wirehound_process* process = table.Find(8);
  REQUIRE(process != nullptr);
  CHECK(process->struct_size == WIREHOUND_STRUCT_SIZE(wirehound_process, container));
  CHECK(process->start_time_ns == kEpochOfBoot + 1000);
  CHECK(process->thread_start_time_ns == kEpochOfBoot + 2000);
  CHECK(process->cgroup_id == 77);
  CHECK(process->pid == 10);
  CHECK(process->tid == 11);
  CHECK(process->parent_pid == 5);
  CHECK(process->host_pid == 100);
  CHECK(process->host_tid == 101);
  CHECK(process->host_parent_pid == 50);
  CHECK(process->uid == 1000);
  CHECK(process->gid == 1001);
  CHECK(process->mount_namespace == 4026531841u);
  CHECK(process->pid_namespace == 4026531836u);
  CHECK(process->process_entity_id == EntityId(100, 1000));
  CHECK(process->thread_entity_id == EntityId(101, 2000));
  CHECK(process->parent_entity_id == EntityId(50, 500));
  CHECK(ToView(process->comm) == "curl");
  CHECK(ToView(process->executable) == "/usr/bin/curl");
  CHECK(ToView(process->host_name) == "box");
  CHECK(ToView(process->container_id).empty());
}

TEST_CASE("process table: an owner without a PROCESS record is not found") {
  ProcessTable table = Table();
  CHECK(table.Find(8) == nullptr);
  table.Put(ProcessFacts(8));
  CHECK(table.Find(9) == nullptr);
}

TEST_CASE("process table: later facts of an owner replace earlier ones") {
  ProcessTable table = Table(2);
  table.Put(ProcessFacts(8, "sh", "/bin/sh"));
  table.Put(ProcessFacts(8, "a-longer-name-1", "/opt/a/longer/path/than/before/to/somewhere"));
  table.Put(ProcessFacts(4));
  CHECK(table.evicted() == 0);
  const wirehound_process* process = table.Find(8);
  REQUIRE(process != nullptr);
  CHECK(ToView(process->comm) == "a-longer-name-1");
  CHECK(ToView(process->executable) == "/opt/a/longer/path/than/before/to/somewhere");
}

TEST_CASE("process table: a full table evicts the owner that was used longest ago, and counts it") {
  ProcessTable table = Table(3);
  for (std::uint64_t owner : {2, 4, 6}) {
    table.Put(ProcessFacts(owner));
  }
  CHECK(table.evicted() == 0);
  REQUIRE(table.Find(2) != nullptr);
  table.Put(ProcessFacts(8));
  CHECK(table.evicted() == 1);
  CHECK(table.Find(4) == nullptr);
  CHECK(table.Find(2) != nullptr);
  CHECK(table.Find(6) != nullptr);
  CHECK(table.Find(8) != nullptr);
}

TEST_CASE("process table: the texts of a process stay valid when others are added") {
  ProcessTable table = Table(64);
  table.Put(ProcessFacts(2, "first", "/first"));
  for (std::uint64_t owner = 4; owner < 100; owner += 2) {
    table.Put(ProcessFacts(owner, "other", "/other"));
  }
  const wirehound_process* process = table.Find(2);
  REQUIRE(process != nullptr);
  CHECK(ToView(process->comm) == "first");
  CHECK(ToView(process->executable) == "/first");
}

TEST_CASE("process table: the resolver is called only for a record without a path") {
  int asked = 0;
  const auto path = [&](const wirehound_wire_process& facts) {
    ++asked;
    return "/proc/says/" + std::to_string(facts.host_pid);
  };
  ProcessTable table(BootClock(kEpochOfBoot), {.path = path, .container = Nothing});
  table.Put(ProcessFacts(2));
  CHECK(asked == 0);
  wirehound_wire_process facts = ProcessFacts(4, "x", "");
  facts.flags = WIREHOUND_WIRE_PATH_UNKNOWN;
  table.Put(facts);
  CHECK(asked == 1);
  CHECK(ToView(table.Find(4)->executable) == "/proc/says/100");
}

TEST_CASE("process table: the container is looked up once per record, not once per packet") {
  int asked = 0;
  const auto container = [&](const wirehound_wire_process& facts) {
    ++asked;
    return "container-of-group-" + std::to_string(facts.cgroup_id);
  };
  ProcessTable table(BootClock(kEpochOfBoot), {.path = Nothing, .container = container});
  table.Put(ProcessFacts(8));
  for (int i = 0; i < 3; ++i) {
    CHECK(ToView(table.Find(8)->container_id) == "container-of-group-77");
  }
  CHECK(asked == 1);
}

TEST_CASE("entity id: it is stable, differs by id and start time, and is 0 for id 0") {
  CHECK(EntityId(100, 1000) == EntityId(100, 1000));
  CHECK(EntityId(100, 1000) != EntityId(101, 1000));
  CHECK(EntityId(100, 1000) != EntityId(100, 1001));
  CHECK(EntityId(0, 1000) == 0);
  // Users may have stored this value: it must not change between versions.
  CHECK(EntityId(1, 0) == 0xeaff284u);
}

TEST_CASE("process table: a process shows its container, with facts that arrive later too") {
  ContainerDirectory directory(1);
  const auto container = [](const wirehound_wire_process&) { return std::string("c1"); };
  const auto facts = [&directory](const std::string& id) { return directory.Of(id).facts; };
  ProcessTable table(BootClock(kEpochOfBoot),
                     {.path = Nothing, .container = container, .container_facts = facts});
  table.Put(ProcessFacts(2));
  const wirehound_process* process = table.Find(2);
  REQUIRE(process->container != nullptr);
  CHECK(ToView(process->container->id) == "c1");
  CHECK(ToView(process->container->name).empty());
  wirehound_container_info learnt{};
  learnt.name = {"web", 3};
  directory.Of("c1").facts->Update(learnt);
  CHECK(ToView(process->container->name) == "web");
  directory.Of("c2");  // evicts c1
  REQUIRE(directory.evicted() == 1);
  CHECK(ToView(process->container->name) == "web");
}

TEST_CASE("process table: a process outside containers has none") {
  ProcessTable table(
      BootClock(kEpochOfBoot),
      {.path = Nothing, .container = Nothing, .container_facts = [](const std::string&) {
         FAIL("asked");
         return std::shared_ptr<const ContainerFacts>();
       }});
  table.Put(ProcessFacts(2));
  CHECK(table.Find(2)->container == nullptr);
}

}  // namespace process_table_test
}  // namespace wirehound
