// SPDX-License-Identifier: Apache-2.0

// What `--output` takes: FORMAT or FORMAT:FILE, where FORMAT is json, table or none, and behind it
// ",policy=block" or ",policy=drop" and ",queue=SIZE". Control thread, at start.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include <wirehound/result.h>

#include "engine/event/output.h"
#include "engine/outputs/output_queue.h"

namespace wirehound {

/// One --output, taken apart.
struct OutputSpec {
  std::string format;
  std::string path;  ///< "" for standard output
  QueueSettings queue;

  static Result<OutputSpec> Parse(const std::string& text);
};

/// Whether the source can wait for the outputs.
enum class SourcePatience : std::uint8_t {
  kCannotWait,  ///< live: each output does as its policy says
  kWaits,       ///< a file: all outputs block, and nothing is left out
};

/// Opens every output named, in order; "none" gives no output. Wrong formats are the user's error;
/// a file that cannot be opened is a failure.
Result<std::vector<std::unique_ptr<Output>>> OpenOutputs(
    const std::vector<std::string>& specs, SourcePatience patience = SourcePatience::kCannotWait);

}  // namespace wirehound
