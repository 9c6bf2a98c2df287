// SPDX-License-Identifier: Apache-2.0

// What `--output` takes: FORMAT or FORMAT:FILE, where FORMAT is json, table or none. Control
// thread, at start.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include <wirehound/result.h>

#include "engine/outputs/output.h"

namespace wirehound {

/// Opens every output named, in order; "none" gives no output. Wrong formats are the user's error;
/// a file that cannot be opened is a failure.
Result<std::vector<std::unique_ptr<Output>>> OpenOutputs(const std::vector<std::string>& specs);

}  // namespace wirehound
