// SPDX-License-Identifier: Apache-2.0

// The only code that opens a detector's shared object. Every check that can be made without
// running foreign code is made before the object is loaded. What is loaded stays loaded until the
// process ends (docs/abi.md). Control thread.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/definition.h>
#include <wirehound/result.h>

namespace wirehound {

/// One detector of a loaded plugin.
struct LoadedDetector {
  const wirehound_detector* table;  ///< checked: every function is there; lives with the process
  DetectorDefinition definition;    ///< a copy, checked: see ValidateDefinition
  std::filesystem::path file;
};

/// Loads the detectors of one file. The error says what is wrong with it and begins with the
/// path; nothing of the file is used then. A file that is fine but for one of its detectors gives
/// the others; what was left out is added to `complaints`.
Result<std::vector<LoadedDetector>> LoadPlugin(const std::filesystem::path& file,
                                               std::vector<std::string>& complaints);

/// What a folder of plugins gave.
struct LoadedPlugins {
  std::vector<LoadedDetector> detectors;  ///< in the order of the file names
  std::vector<std::string> complaints;    ///< one line for each file or detector left out
};

/// Loads every *.so of a folder. Fails only when the folder itself is not to be trusted or cannot
/// be read; a bad file is a complaint and the others load.
Result<LoadedPlugins> LoadPluginFolder(const std::filesystem::path& folder);

/// Whether a definition keeps the contract of wirehound_detector_definition. The error says which
/// member breaks it and how.
Status ValidateDefinition(const DetectorDefinition& definition);

}  // namespace wirehound
