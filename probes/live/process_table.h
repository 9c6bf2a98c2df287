// SPDX-License-Identifier: Apache-2.0

// ProcessTable: the processes behind packets, by owner id. PROCESS records fill it, every packet
// looks its owner up. Bounded: when it is full, the owner that was used longest ago is forgotten.
// Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <wirehound/abi/detector_abi.h>

#include "base/recent_map.h"
#include "probes/bpf/wire.h"
#include "probes/host/boot_clock.h"
#include "probes/host/container_directory.h"

namespace wirehound {

/// A process and the texts that it points to. Neither copied nor moved: it points into itself.
struct OwnedProcess {
  OwnedProcess() = default;
  OwnedProcess(const OwnedProcess&) = delete;
  OwnedProcess& operator=(const OwnedProcess&) = delete;

  wirehound_process process = {};
  std::string comm;
  std::string executable;
  std::string host_name;
  std::string container_id;
  // Shared because `process` points into it, and the directory may forget the container before this
  // table forgets the process.
  std::shared_ptr<const ContainerFacts> container;
};

/// Finds the facts of a process that its PROCESS record does not have.
struct ProcessResolvers {
  using Resolver = std::function<std::string(const wirehound_wire_process&)>;

  /// Returns the path of the program file, "" if unknown. Called when the record has no path.
  Resolver path;
  /// Returns the id of the process's container, "" for none. Called once per record.
  Resolver container;
  /// Returns the facts of a container. When this is null, processes carry container ids alone.
  std::function<std::shared_ptr<const ContainerFacts>(const std::string& container_id)>
      container_facts = {};
};

/// Fills `target` from a PROCESS record and the resolvers.
void FillProcess(OwnedProcess& target, const wirehound_wire_process& facts, const BootClock& clock,
                 const ProcessResolvers& resolvers);

class ProcessTable {
 public:
  static constexpr std::size_t kDefaultCapacity = 32768;

  ProcessTable(BootClock clock, ProcessResolvers resolvers,
               std::size_t capacity = kDefaultCapacity);

  /// Takes the record of an owner, in place of an earlier one.
  void Put(const wirehound_wire_process& facts);

  /// The process of an owner, nullptr when unknown. Counts as use. Valid until the next Put.
  const wirehound_process* Find(std::uint64_t owner_id);

  /// How many owners were forgotten to make room.
  std::uint64_t evicted() const { return by_owner_.evicted(); }

 private:
  BootClock clock_;
  ProcessResolvers resolvers_;
  RecentMap<std::uint64_t, OwnedProcess> by_owner_;
};

}  // namespace wirehound
