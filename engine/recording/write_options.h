// SPDX-License-Identifier: Apache-2.0

// What --write and its companions mean: limits, how packets are split over files, and how much of
// each packet to capture for it. Pure.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <wirehound/result.h>

#include "probes/capture/capture_plan.h"

namespace wirehound {

/// How packets are split over files.
enum class RecordingSplit : std::uint8_t { kNothing, kProcess, kContainer };

struct WriteOptions {
  std::string path;              ///< "": nothing is recorded
  std::uint64_t file_bytes = 0;  ///< of one file, 0: no limit
  std::uint64_t files = 0;       ///< at most so many in all, 0: no limit
  RecordingSplit split = RecordingSplit::kNothing;
  CaptureAmount amount = CaptureAmount::kNothing;  ///< at least so much of each packet
};

/// As on the command line, "" for an option that was not given.
struct WriteArguments {
  std::string path;
  std::string size;
  std::string files;
  std::string split;
  std::string bytes;
};

/// Errors are the user's.
Result<WriteOptions> ReadWriteOptions(const WriteArguments& words);

/// "100M": a number with k, M or G (of 1024) behind it, or none.
Result<std::uint64_t> ReadSize(std::string_view text);

/// Raises the bytes the plan copies of each packet. The set of packets stays the same.
void CaptureAtLeast(CapturePlan& plan, CaptureAmount amount);

}  // namespace wirehound
