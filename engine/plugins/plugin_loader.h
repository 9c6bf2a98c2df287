// SPDX-License-Identifier: Apache-2.0

// The only code that opens a detector's shared object. Every check that can be made without
// running foreign code is made before the object is loaded, on the very bytes that are loaded: a
// copy of the file. What is loaded stays loaded until the process ends (docs/abi.md). Control
// thread.

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <wirehound/definition.h>
#include <wirehound/result.h>

#include "engine/catalogue/loaded_detector.h"

namespace wirehound {

/// Loads the detectors of one file. The error says what is wrong with it and begins with the
/// path; nothing of the file is used then. A file that is fine but for one of its detectors gives
/// the others; what was left out is added to `complaints`.
Result<std::vector<LoadedDetector>> LoadPlugin(const std::filesystem::path& file,
                                               std::vector<std::string>& complaints);

/// What tells a file from another of the same name, or from itself before it was written to.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;

  bool operator==(const FileIdentity&) const = default;
};

using PluginFiles = std::map<std::filesystem::path, FileIdentity>;

/// The *.so of a folder, whatever they are. Fails when the folder is not to be trusted or cannot
/// be read.
Result<PluginFiles> ListPluginFolder(const std::filesystem::path& folder);

/// What a folder of plugins gave.
struct LoadedPlugins {
  std::vector<LoadedDetector> detectors;  ///< in the order of the file names
  std::vector<std::string> complaints;    ///< one line for each file or detector left out
  PluginFiles files = {};                 ///< all that were looked at
};

/// Loads every *.so of a folder. Fails only when the folder itself is not to be trusted or cannot
/// be read; a bad file is a complaint and the others load.
Result<LoadedPlugins> LoadPluginFolder(const std::filesystem::path& folder);

/// Whether a definition keeps the contract of wirehound_detector_definition. The error says which
/// member breaks it and how.
Status ValidateDefinition(const DetectorDefinition& definition);

}  // namespace wirehound
