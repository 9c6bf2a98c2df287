// SPDX-License-Identifier: Apache-2.0

// Runs test cases of detectors and says what was expected and what came instead. A case passes when
// every expectation holds and everything that came was expected. One thread.

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
  bool is_mistake = false;  ///< the case itself is wrong: it names what does not exist
};

struct CaseOutcome {
  std::optional<CaseFailure> failure;   ///< the first one; nothing after it is looked at
  std::vector<std::string> detections;  ///< every one, as an `expect` line would have it
};

/// Runs one case with detectors that are started for it. `folder` is where the case file is.
CaseOutcome RunCase(const DetectorSet& set, const TestCase& test,
                    const std::filesystem::path& folder);

}  // namespace wirehound
