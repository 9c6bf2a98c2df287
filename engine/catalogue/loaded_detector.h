// SPDX-License-Identifier: Apache-2.0

// LoadedDetector: a detector that is in memory and whose definition has been checked. The plugin
// loader (engine/plugins/) makes it, the dispatcher starts it. Plain data.

#pragma once

#include <filesystem>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/definition.h>

namespace wirehound {

/// One detector of a loaded plugin.
struct LoadedDetector {
  const wirehound_detector* table;  ///< checked: every function is there; lives with the process
  DetectorDefinition definition;    ///< a copy, checked: see ValidateDefinition
  std::filesystem::path file;
  /// What the file exports; null for a detector that came from no file.
  const wirehound_detector_module* module = nullptr;
};

}  // namespace wirehound
