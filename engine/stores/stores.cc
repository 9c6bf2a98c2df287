// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/stores.h"

#include <optional>

#include "probes/host/boot_clock.h"
#include "probes/host/cgroup.h"

namespace wirehound {
namespace {

std::optional<ProcessStore::Setup> ProcessesOf(StoreOrigin origin, const StreamTime& time,
                                               ContainerStore& containers) {
  switch (origin) {
    case StoreOrigin::kThisSystem:
      return ProcessStore::Setup{.time = time,
                                 .proc = ProcFolder(),
                                 .clock = BootClock::OfThisRun(),
                                 .containers = &containers};
    case StoreOrigin::kTest:
      return ProcessStore::Setup{.time = time,
                                 .proc = ProcFolder(""),
                                 .clock = BootClock(SystemFacts::OfATest().boot_time_ns),
                                 .containers = &containers};
    case StoreOrigin::kCaptureFile:
      return ProcessStore::Setup{.time = time,
                                 .proc = ProcFolder(""),
                                 .clock = BootClock(0),
                                 .containers = &containers,
                                 .only_when_told = true};
  }
  return std::nullopt;
}

std::optional<ContainerStore::Setup> ContainersOf(StoreOrigin origin, const StreamTime& time) {
  if (origin == StoreOrigin::kCaptureFile) {
    return std::nullopt;
  }
  std::string groups;  // none
  if (origin == StoreOrigin::kThisSystem) {
    const Result<std::string> mount = FindCgroupMount();
    groups = mount ? *mount : std::string();
  }
  return ContainerStore::Setup{.time = time, .tree = CgroupTree(groups)};
}

SystemStore SystemOf(StoreOrigin origin) {
  switch (origin) {
    case StoreOrigin::kThisSystem:
      return SystemStore(SystemFacts::OfThisSystem());
    case StoreOrigin::kTest:
      return SystemStore(SystemFacts::OfATest());
    case StoreOrigin::kCaptureFile:
      break;
  }
  return SystemStore();
}

}  // namespace

Stores::Stores(StoreOrigin origin, const StreamTime& time)
    : containers(ContainersOf(origin, time)),
      processes(ProcessesOf(origin, time, containers)),
      dns(time),
      system(SystemOf(origin)),
      shared(time) {}

void Stores::EndOfTurn() {
  processes.EndOfTurn();
  containers.EndOfTurn();
}

}  // namespace wirehound
