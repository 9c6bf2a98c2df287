// SPDX-License-Identifier: Apache-2.0

// Runs test cases of detectors and reports the first difference. A case passes when every
// expectation holds and every detection and error was expected. One thread.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/run/detector_set.h"
#include "engine/testing/case_file.h"

namespace wirehound {

struct CaseFailure {
  std::size_t line = 0;
  std::string message;      ///< "expected …, got …"
  bool is_mistake = false;  ///< the case itself is wrong, for example an unknown event
};

struct CaseOutcome {
  std::optional<CaseFailure> failure;   ///< the first one; the case stops there
  std::vector<std::string> detections;  ///< every one, written as an `expect` line
};

/// Starts the detectors of `set` and runs one case with them. `folder` is that of the case file.
CaseOutcome RunCase(const DetectorSet& set, const TestCase& test,
                    const std::filesystem::path& folder);

}  // namespace wirehound
