// SPDX-License-Identifier: Apache-2.0

// From the programs' counters and the reader's to the account of the source. Pure; any thread.

#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "probes/bpf/settings.h"
#include "probes/capture/source.h"
#include "probes/live/live_source.h"

namespace wirehound {

/// The programs' counters, summed over all CPUs; indexed by wirehound_counter.
using KernelCounters = std::array<std::uint64_t, WIREHOUND_COUNTERS>;

/// What the reader counted.
struct ReaderCounters {
  std::uint64_t delivered = 0;
  std::uint64_t malformed = 0;          ///< places of the ring that were refused
  std::uint64_t malformed_process = 0;  ///< among process records
  std::uint64_t owner_unknown = 0;      ///< packets whose owner had been forgotten
  std::uint64_t owners_evicted = 0;
};

/// The account: delivered, filtered, and every reason for a loss, zero or not.
std::vector<SourceCounter> AccountOf(const KernelCounters& kernel, const ReaderCounters& reader);

/// What is in no sum.
std::vector<LiveNote> NotesOf(const KernelCounters& kernel, const ReaderCounters& reader);

}  // namespace wirehound
