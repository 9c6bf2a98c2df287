// SPDX-License-Identifier: Apache-2.0

// ProcessFacts: what is known of one process at one moment. Never changes: better knowledge makes a
// new object, so an answer stays what it was. Made on the dispatch thread.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/abi/stores_abi.h>

#include "probes/host/boot_clock.h"
#include "probes/host/container_id.h"
#include "probes/host/proc_folder.h"

namespace wirehound {

/// Identifies a process of this boot: no two have both numbers. Events give the start to the
/// nanosecond and /proc to the tick, so the key has ticks.
struct ProcessKey {
  static constexpr std::uint64_t kUnknownStart = UINT64_MAX;

  std::int32_t host_pid = 0;
  std::uint64_t start_ticks = kUnknownStart;  ///< since boot

  bool known() const { return host_pid != 0 && start_ticks != kUnknownStart; }
  /// As one number; only of a known key. Ticks have room for a thousand years.
  std::uint64_t packed() const {
    return (static_cast<std::uint64_t>(host_pid) << 42) ^ start_ticks;
  }
  friend bool operator==(const ProcessKey&, const ProcessKey&) = default;
};

/// Members as in wirehound_process_info.
struct ProcessData {
  ProcessKey key;
  std::uint32_t entity_id = 0;
  std::uint32_t parent_entity_id = 0;
  std::int32_t pid = 0;
  std::int32_t parent_pid = 0;
  std::int32_t host_parent_pid = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  bool exited = false;
  bool from_proc = false;  ///< known from /proc alone, from no event
  std::uint64_t start_time_ns = 0;
  std::uint64_t exit_time_ns = 0;
  std::string comm;
  std::string executable;
  std::vector<std::string> arguments;
  std::string container_id;

  friend bool operator==(const ProcessData&, const ProcessData&) = default;
};

/// The key of an event's process.
ProcessKey KeyOf(const wirehound_process& process, const BootClock& clock);

/// Whether `data` says the same of the process as the event does.
bool SaysTheSame(const ProcessData& data, const wirehound_process& process);

ProcessData DataOfEvent(const wirehound_process& process, const ProcessKey& key);

/// What `facts` say, as a notice has it. Views `facts`; without what they do not hold: namespaces,
/// host name, control group.
wirehound_process ProcessOfFacts(const ProcessData& facts);

std::vector<std::string> TextsOf(std::span<const wirehound_string> texts);

/// The parts of `data` that the process `key` shows in /proc; its container beside it.
struct ProcProcess {
  ProcessData data;
  std::optional<ContainerName> container;
};

/// Nothing when it is gone or another process has its pid.
std::optional<ProcProcess> ReadProcess(const ProcFolder& proc, const ProcessKey& key,
                                       const BootClock& clock);

class ProcessFacts {
 public:
  explicit ProcessFacts(ProcessData data);
  ProcessFacts(const ProcessFacts&) = delete;
  ProcessFacts& operator=(const ProcessFacts&) = delete;

  const ProcessData& data() const { return data_; }
  /// Points into this object.
  const wirehound_process_info& info() const { return info_; }
  std::span<const wirehound_string> arguments() const { return arguments_; }

 private:
  ProcessData data_;
  std::vector<wirehound_string> arguments_;
  wirehound_process_info info_{};
};

}  // namespace wirehound
