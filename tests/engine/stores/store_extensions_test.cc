// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/store_extensions.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/stores/process_facts.h"
#include "probes/host/entity_id.h"
#include "probes/live/process_table.h"

namespace wirehound::test {
namespace store_extensions_test {

DetectorDefinition Naming(const std::vector<std::string>& stores) {
  DetectorDefinition definition;
  for (const std::string& store : stores) {
    definition.requirements.data_stores.push_back({store});
  }
  return definition;
}

struct Tables {
  explicit Tables(StoreOrigin origin)
      : stores(origin, time), extensions(stores, Naming({"process", "container", "system"})) {}

  template <typename Table>
  const Table& Find(std::string_view name) const {
    const void* table = extensions.Find(name);
    REQUIRE(table != nullptr);
    return *static_cast<const Table*>(table);
  }

  StreamTime time{.now_ns = 1};
  Stores stores;
  StoreExtensions extensions;
  const wirehound_process_store& processes =
      Find<wirehound_process_store>(WIREHOUND_PROCESSES_EXTENSION);
  const wirehound_container_store& containers =
      Find<wirehound_container_store>(WIREHOUND_CONTAINERS_EXTENSION);
  const wirehound_system_store& system = Find<wirehound_system_store>(WIREHOUND_SYSTEM_EXTENSION);
};

TEST_CASE("store extensions: a detector gets the stores its definition names and no others") {
  StreamTime time;
  Stores stores(StoreOrigin::kThisSystem, time);
  const StoreExtensions extensions(stores, Naming({"process"}));
  CHECK(extensions.Find(WIREHOUND_PROCESSES_EXTENSION) != nullptr);
  CHECK(extensions.Find(WIREHOUND_PROCESSES_EXTENSION) ==
        extensions.Find(WIREHOUND_PROCESSES_EXTENSION));
  CHECK(extensions.Find(WIREHOUND_CONTAINERS_EXTENSION) == nullptr);
  CHECK(extensions.Find(WIREHOUND_SYSTEM_EXTENSION) == nullptr);
  CHECK(extensions.Find("wirehound.processes/2") == nullptr);
  CHECK(extensions.Find("") == nullptr);
}

TEST_CASE("store extensions: processes, containers and system are unhealthy for a capture file") {
  const Tables tables(StoreOrigin::kCaptureFile);
  const wirehound_process_info* process = nullptr;
  const wirehound_container_info* container = nullptr;
  const wirehound_system_info* system = nullptr;
  wirehound_list list{};
  CHECK(tables.processes.get(tables.processes.context, 1, &process) == WIREHOUND_ERROR_UNHEALTHY);
  CHECK(tables.processes.ancestry(tables.processes.context, 1, 1, &list) ==
        WIREHOUND_ERROR_UNHEALTHY);
  CHECK(tables.containers.get(tables.containers.context, {"123456789012", 12}, &container) ==
        WIREHOUND_ERROR_UNHEALTHY);
  CHECK(tables.containers.list(tables.containers.context, &list) == WIREHOUND_ERROR_UNHEALTHY);
  CHECK(tables.system.get(tables.system.context, &system) == WIREHOUND_ERROR_UNHEALTHY);
}

TEST_CASE("store extensions: each null pointer is refused") {
  const Tables tables(StoreOrigin::kThisSystem);
  const wirehound_process_info* process = nullptr;
  const wirehound_container_info* container = nullptr;
  const wirehound_system_info* system = nullptr;
  wirehound_list list{};
  void* const processes = tables.processes.context;
  void* const containers = tables.containers.context;
  const wirehound_string id = {"123456789012", 12};
  const wirehound_string lying = {nullptr, 12};
  for (const std::int32_t status : {
           tables.processes.get(nullptr, 1, &process),
           tables.processes.get(processes, 1, nullptr),
           tables.processes.ancestry(nullptr, 1, 1, &list),
           tables.processes.ancestry(processes, 1, 1, nullptr),
           tables.containers.get(nullptr, id, &container),
           tables.containers.get(containers, id, nullptr),
           tables.containers.get(containers, lying, &container),
           tables.containers.get(containers, {}, &container),
           tables.containers.list(nullptr, &list),
           tables.containers.list(containers, nullptr),
           tables.system.get(nullptr, &system),
           tables.system.get(tables.system.context, nullptr),
       }) {
    CHECK(status == WIREHOUND_ERROR_INVALID);
  }
}

TEST_CASE(
    "store extensions: a live engine knows the test's own process with arguments and parents") {
  Tables tables(StoreOrigin::kThisSystem);
  const ProcFolder proc;
  const std::optional<ProcStat> stat = proc.Stat(getpid());
  REQUIRE(stat.has_value());
  if (!proc.SeesHost()) {
    MESSAGE("skipped: not in the initial pid namespace");
    return;
  }
  const std::uint64_t start_ns = stat->start_ticks * ProcTickNs() + 7;
  wirehound_process process{};
  process.host_pid = process.host_tid = getpid();
  process.start_time_ns = BootClock::OfThisRun().ToEpoch(start_ns);
  process.process_entity_id = EntityId(getpid(), start_ns);
  process.host_parent_pid = getppid();
  process.parent_entity_id = 4711;
  tables.stores.processes.Note(process);

  const wirehound_process_info* info = nullptr;
  REQUIRE(tables.processes.get(tables.processes.context, process.process_entity_id, &info) ==
          WIREHOUND_OK);
  CHECK(info->exited == 0);
  CHECK(info->arguments.count >= 1);
  wirehound_list parents{};
  REQUIRE(tables.processes.ancestry(tables.processes.context, process.process_entity_id, 64,
                                    &parents) == WIREHOUND_OK);
  CHECK(parents.count >= 1);
  CHECK(parents.stride == sizeof(wirehound_process_info));
  const auto& parent = *static_cast<const wirehound_process_info*>(parents.data);
  CHECK(parent.host_pid == getppid());
  CHECK(parent.entity_id == 4711);
  CHECK(parent.comm.size > 0);
  CHECK(tables.processes.get(tables.processes.context, 1, &info) == WIREHOUND_ERROR_NOT_FOUND);
  tables.stores.EndOfTurn();
}

}  // namespace store_extensions_test
}  // namespace wirehound::test
