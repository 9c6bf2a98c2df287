// SPDX-License-Identifier: Apache-2.0

// A process store over a made-up /proc, and processes as events show them.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/abi/detector_abi.h>

#include "engine/stores/process_store.h"
#include "probes/host/entity_id.h"
#include "probes/live/process_table.h"
#include "tests/probes/host/proc_test_folder.h"

namespace wirehound::test {

inline constexpr std::uint64_t kEpochOfBoot = 1'700'000'000'000'000'000u;

// Nanoseconds since boot, at some point within the tick.
inline std::uint64_t WithinTick(std::uint64_t ticks) { return ticks * ProcTickNs() + 4'321'987; }

struct EventProcess {
  std::int32_t pid = 100;
  std::int32_t parent_pid = 50;
  std::uint64_t start_ticks = 1000;
  std::uint64_t parent_start_ticks = 500;
  std::string_view comm = "curl";
  std::string_view executable = "/usr/bin/curl";
  std::string_view container_id = "";
};

inline std::uint32_t IdOf(std::int32_t pid, std::uint64_t start_ticks) {
  return EntityId(pid, WithinTick(start_ticks));
}

inline wirehound_process OfEvent(const EventProcess& from) {
  const auto text = [](std::string_view view) {
    return wirehound_string{view.data(), view.size()};
  };
  wirehound_process process{};
  process.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_process, container);
  process.uid = 1000;
  process.gid = 1001;
  process.pid = process.host_pid = process.tid = process.host_tid = from.pid;
  process.parent_pid = process.host_parent_pid = from.parent_pid;
  process.start_time_ns = kEpochOfBoot + WithinTick(from.start_ticks);
  process.process_entity_id = IdOf(from.pid, from.start_ticks);
  process.parent_entity_id =
      from.parent_pid == 0 ? 0 : IdOf(from.parent_pid, from.parent_start_ticks);
  process.comm = text(from.comm);
  process.executable = text(from.executable);
  process.container_id = text(from.container_id);
  return process;
}

inline std::string Text(wirehound_string text) { return {text.data, text.size}; }

inline std::string Arguments(const wirehound_process_info& info) {
  std::string text;
  const auto* arguments = static_cast<const wirehound_string*>(info.arguments.data);
  for (std::uint32_t i = 0; i < info.arguments.count; ++i) {
    text += (i == 0 ? "" : " ") + Text(arguments[i]);
  }
  return text;
}

struct ProcessWorld {
  FakeProc proc;
  StreamTime time{.now_ns = kEpochOfBoot + 60'000'000'000};

  ProcessStore::Setup Setup(std::size_t capacity = 1024) const {
    return {.time = time,
            .proc = ProcFolder(proc.path()),
            .clock = BootClock(kEpochOfBoot),
            .containers = nullptr,
            .capacity = capacity};
  }
  void Later() { time.now_ns += ProcessStore::kRecheckNs; }
};

/// The answer of Get, or null.
inline const wirehound_process_info* Ask(ProcessStore& store, std::uint32_t entity_id) {
  const wirehound_process_info* info = nullptr;
  return store.Get(entity_id, &info) == WIREHOUND_OK ? info : nullptr;
}

/// "50 20 1": the pids of the parents.
inline std::string Ancestors(ProcessStore& store, std::uint32_t entity_id,
                             std::uint32_t depth = 10) {
  std::span<const wirehound_process_info> parents;
  if (store.Ancestry(entity_id, depth, &parents) != WIREHOUND_OK) {
    return "none";
  }
  std::string text;
  for (const wirehound_process_info& parent : parents) {
    text += (text.empty() ? "" : " ") + std::to_string(parent.host_pid);
  }
  return text;
}

}  // namespace wirehound::test
