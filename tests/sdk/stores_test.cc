// SPDX-License-Identifier: Apache-2.0

// The C++ classes of the process, container and system stores, with fake tables.

#include <wirehound/stores.h>

#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/sdk/support/fake_host.h"

namespace wirehound::test {
namespace stores_test {

wirehound_string Text(const char* text) { return FromView(text); }

// A host whose stores return one status and one answer each.
struct HostWithStores {
  HostWithStores() {
    host.table.context = this;
    host.table.get_extension = &GetExtension;
    process.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_process_info, container_id);
    process.entity_id = 7;
    process.parent_entity_id = 6;
    process.pid = 3;
    process.host_pid = 300;
    process.uid = 1000;
    process.gid = 1001;
    process.exited = 1;
    process.start_time_ns = 11;
    process.exit_time_ns = 12;
    process.comm = Text("curl");
    process.executable = Text("/usr/bin/curl");
    process.arguments = {arguments, 2, sizeof(wirehound_string)};
    process.container_id = Text("5f0c");
    container.cgroup_id = 99;
    container.id = Text("5f0c");
    container.runtime = Text("docker");
    container.pod_uid = Text("d7b3");
    system.cpu_count = 4;
    system.architecture = Text("x86_64");
    system.os_name = Text("Debian GNU/Linux");
  }

  FakeHost host;
  bool offers = true;
  std::int32_t status = WIREHOUND_OK;
  std::vector<std::string> asked;
  wirehound_string arguments[2] = {Text("curl"), Text("-s")};
  wirehound_process_info process{};
  wirehound_container_info container{};
  wirehound_system_info system{};
  wirehound_process_store processes{WIREHOUND_STRUCT_SIZE(wirehound_process_store, ancestry), 0,
                                    this, &GetProcess, &Ancestry};
  wirehound_container_store containers{WIREHOUND_STRUCT_SIZE(wirehound_container_store, list), 0,
                                       this, &GetContainer, &ListContainers};
  wirehound_system_store systems{WIREHOUND_STRUCT_SIZE(wirehound_system_store, get), 0, this,
                                 &GetSystem};

 private:
  static HostWithStores& Of(void* context) { return *static_cast<HostWithStores*>(context); }

  static const void* GetExtension(void* context, wirehound_string name) {
    HostWithStores& self = Of(context);
    const std::string_view wanted = ToView(name);
    if (!self.offers) {
      return nullptr;
    }
    if (wanted == "wirehound.processes/1") {
      return &self.processes;
    }
    if (wanted == "wirehound.containers/1") {
      return &self.containers;
    }
    return wanted == "wirehound.system/1" ? &self.systems : nullptr;
  }
  static std::int32_t GetProcess(void* context, std::uint32_t id,
                                 const wirehound_process_info** process) {
    Of(context).asked.push_back("get " + std::to_string(id));
    *process = &Of(context).process;
    return Of(context).status;
  }
  static std::int32_t Ancestry(void* context, std::uint32_t id, std::uint32_t depth,
                               wirehound_list* parents) {
    Of(context).asked.push_back("ancestry " + std::to_string(id) + " " + std::to_string(depth));
    *parents = {&Of(context).process, 1, sizeof(wirehound_process_info)};
    return Of(context).status;
  }
  static std::int32_t GetContainer(void* context, wirehound_string id,
                                   const wirehound_container_info** container) {
    Of(context).asked.push_back("get " + std::string(ToView(id)));
    *container = &Of(context).container;
    return Of(context).status;
  }
  static std::int32_t ListContainers(void* context, wirehound_list* containers) {
    *containers = {&Of(context).container, 1, sizeof(wirehound_container_info)};
    return Of(context).status;
  }
  static std::int32_t GetSystem(void* context, const wirehound_system_info** system) {
    *system = &Of(context).system;
    return Of(context).status;
  }
};

TEST_CASE("stores: a process has all its facts") {
  HostWithStores with;
  ProcessLookup processes;
  REQUIRE(processes.Create(InitContext(with.host.table)));
  const StoreAnswer<ProcessInfo> process = processes.Get(7);
  REQUIRE(process);
  CHECK(process.status() == StoreStatus::kFound);
  CHECK(process->entity_id() == 7);
  CHECK(process->parent_entity_id() == 6);
  CHECK(process->pid() == 3);
  CHECK(process->host_pid() == 300);
  CHECK(process->uid() == 1000);
  CHECK(process->gid() == 1001);
  CHECK(process->exited());
  CHECK(process->start_time_ns() == 11);
  CHECK(process->exit_time_ns() == 12);
  CHECK(process->comm() == "curl");
  CHECK(process->executable() == "/usr/bin/curl");
  CHECK(process->container_id() == "5f0c");
  std::string arguments;
  for (const std::string_view argument : process->arguments()) {
    arguments += std::string(argument) + " ";
  }
  CHECK(arguments == "curl -s ");
  CHECK(with.asked == std::vector<std::string>{"get 7"});
}

TEST_CASE("stores: parents are a list of the requested length") {
  HostWithStores with;
  ProcessLookup processes;
  REQUIRE(processes.Create(InitContext(with.host.table)));
  const StoreAnswer<ProcessInfos> parents = processes.Ancestry(7, 3);
  REQUIRE(parents);
  CHECK(parents->size() == 1);
  for (const ProcessInfo parent : *parents) {
    CHECK(parent.comm() == "curl");
  }
  CHECK(with.asked == std::vector<std::string>{"ancestry 7 3"});
}

TEST_CASE("stores: a container is found by id, and all are listed") {
  HostWithStores with;
  ContainerLookup containers;
  REQUIRE(containers.Create(InitContext(with.host.table)));
  const StoreAnswer<ContainerInfo> container = containers.Get("5f0c3a9b7d2e");
  REQUIRE(container);
  CHECK(container->cgroup_id() == 99);
  CHECK(container->runtime() == "docker");
  CHECK(container->pod_uid() == "d7b3");
  CHECK(container->name().empty());
  CHECK(with.asked == std::vector<std::string>{"get 5f0c3a9b7d2e"});
  const StoreAnswer<ContainerInfos> all = containers.List();
  REQUIRE(all);
  for (const ContainerInfo one : *all) {
    CHECK(one.id() == "5f0c");
  }
}

TEST_CASE("stores: the system has all its facts") {
  HostWithStores with;
  SystemLookup system;
  REQUIRE(system.Create(InitContext(with.host.table)));
  REQUIRE(system.Get());
  CHECK(system.Get()->cpu_count() == 4);
  CHECK(system.Get()->architecture() == "x86_64");
  CHECK(system.Get()->os_name() == "Debian GNU/Linux");
}

TEST_CASE("stores: a missing entry, an unhealthy store and a missing store give different errors") {
  HostWithStores with;
  const InitContext context(with.host.table);
  ProcessLookup processes;
  ContainerLookup containers;
  SystemLookup system;
  const auto all_say = [&](StoreStatus expected) {
    CHECK(processes.Get(7).status() == expected);
    CHECK(processes.Ancestry(7, 3).status() == expected);
    CHECK(containers.Get("5f0c3a9b7d2e").status() == expected);
    CHECK(containers.List().status() == expected);
    CHECK(system.Get().status() == expected);
    CHECK_FALSE(processes.Get(7));
  };
  all_say(StoreStatus::kNotThere);

  REQUIRE((processes.Create(context) && containers.Create(context) && system.Create(context)));
  with.status = WIREHOUND_ERROR_NOT_FOUND;
  all_say(StoreStatus::kNotFound);
  with.status = WIREHOUND_ERROR_INVALID;
  all_say(StoreStatus::kNotFound);
  with.status = WIREHOUND_ERROR_UNHEALTHY;
  all_say(StoreStatus::kUnhealthy);
  with.status = WIREHOUND_ERROR_LIMIT;
  all_say(StoreStatus::kUnhealthy);
}

TEST_CASE("stores: creating a store that the definition does not name is an error that names it") {
  HostWithStores with;
  with.offers = false;
  const InitContext context(with.host.table);
  const Status created = ContainerLookup().Create(context);
  REQUIRE_FALSE(created);
  CHECK(created.error().message() ==
        "store container: not there; expected it in requirements.data_stores");
  CHECK_FALSE(ProcessLookup().Create(context));
  CHECK_FALSE(SystemLookup().Create(context));
}

}  // namespace stores_test
}  // namespace wirehound::test
