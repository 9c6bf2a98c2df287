// SPDX-License-Identifier: Apache-2.0

// Makes the account of the live source from two sets of counters: those of the BPF programs and
// those of the reader. While the ring has records, the account is short of them: the programs count
// a packet as submitted, the reader as delivered. Pure; any thread.

#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "probes/bpf/settings.h"
#include "probes/capture/source.h"
#include "probes/live/live_source.h"

namespace wirehound {

/// The programs' counters, summed over all CPUs. Indexed by wirehound_counter.
using KernelCounters = std::array<std::uint64_t, WIREHOUND_COUNTERS>;

/// The reader's counters.
struct ReaderCounters {
  std::uint64_t delivered = 0;
  std::uint64_t malformed = 0;          ///< refused PACKET records and places of unknown type
  std::uint64_t malformed_process = 0;  ///< refused PROCESS and LIFECYCLE records
  std::uint64_t owner_unknown = 0;      ///< packets whose owner the ProcessTable had forgotten
  std::uint64_t owners_evicted = 0;     ///< owners that the ProcessTable forgot to make room
};

/// The account: delivered, filtered, and every reason for a loss, also those that are 0.
std::vector<SourceCounter> AccountOf(const KernelCounters& kernel, const ReaderCounters& reader);

/// The numbers that are no part of the account.
std::vector<SourceNote> NotesOf(const KernelCounters& kernel, const ReaderCounters& reader);

}  // namespace wirehound
