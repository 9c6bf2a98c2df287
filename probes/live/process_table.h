// SPDX-License-Identifier: Apache-2.0

// ProcessTable: what is known of the processes behind packets, by owner id. Bounded: the one that
// was used longest ago goes first. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include <wirehound/abi/detector_abi.h>

#include "probes/bpf/wire.h"
#include "probes/host/boot_clock.h"
#include "probes/host/container_directory.h"

namespace wirehound {

/// A process with the texts it points to. Stays where it is.
struct OwnedProcess {
  OwnedProcess() = default;
  OwnedProcess(const OwnedProcess&) = delete;
  OwnedProcess& operator=(const OwnedProcess&) = delete;

  wirehound_process process = {};
  std::string comm;
  std::string executable;
  std::string host_name;
  std::string container_id;
  // Held, since `process` points into it: the directory may forget the container before this
  // process is forgotten.
  std::shared_ptr<const ContainerFacts> container;
};

/// What the kernel's facts of a process do not tell.
struct ProcessResolvers {
  using Resolver = std::function<std::string(const wirehound_wire_process&)>;

  /// Asked for the path of the program file when the kernel could not tell it.
  Resolver path;
  /// Asked for the id of the container of every process, when its facts come.
  Resolver container;
  /// Asked for what is known of a container, behind its id; may be null: processes show ids alone.
  std::function<std::shared_ptr<const ContainerFacts>(const std::string& container_id)>
      container_facts = {};
};

/// Makes `target` say what the kernel's facts do.
void FillProcess(OwnedProcess& target, const wirehound_wire_process& facts, const BootClock& clock,
                 const ProcessResolvers& resolvers);

class ProcessTable {
 public:
  static constexpr std::size_t kDefaultCapacity = 32768;

  ProcessTable(BootClock clock, ProcessResolvers resolvers,
               std::size_t capacity = kDefaultCapacity);

  /// Takes the facts of an owner, in place of what was known of it.
  void Put(const wirehound_wire_process& facts);

  /// The process of an owner, or nullptr. Valid until the next Put.
  const wirehound_process* Find(std::uint64_t owner_id);

  /// How many were forgotten to make room.
  std::uint64_t evicted() const { return evicted_; }

 private:
  struct Entry {
    std::uint64_t owner_id = 0;
    OwnedProcess owned;
  };

  BootClock clock_;
  ProcessResolvers resolvers_;
  std::size_t capacity_;
  std::list<Entry> entries_;  // the last used first
  std::unordered_map<std::uint64_t, std::list<Entry>::iterator> by_owner_;
  std::uint64_t evicted_ = 0;
};

}  // namespace wirehound
