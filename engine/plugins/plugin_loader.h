// SPDX-License-Identifier: Apache-2.0

// The only code that loads a detector's shared object. Every check that can be made without running
// foreign code is made before, on a copy of the file; that copy is then loaded. A loaded object
// stays loaded until the process ends (docs/abi.md). Control thread.

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

/// Loads the detectors of one file. The error names the path and what is wrong with the file; then
/// nothing of the file is used. A detector that fails alone is left out, with a line in
/// `complaints`, and the others load.
Result<std::vector<LoadedDetector>> LoadPlugin(const std::filesystem::path& file,
                                               std::vector<std::string>& complaints);

/// Tells a file from another file at the same path, and from itself before a write.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;

  bool operator==(const FileIdentity&) const = default;
};

using PluginFiles = std::map<std::filesystem::path, FileIdentity>;

/// The *.so entries of a folder, files or not. Fails when the folder is not to be trusted or cannot
/// be read.
Result<PluginFiles> ListPluginFolder(const std::filesystem::path& folder);

/// The result of loading a folder of plugins.
struct LoadedPlugins {
  std::vector<LoadedDetector> detectors;  ///< in the order of the file names
  std::vector<std::string> complaints;    ///< one line for each file or detector left out
  PluginFiles files = {};                 ///< all *.so entries, loaded or not
};

/// Loads every *.so of a folder. Fails only when the folder itself is not to be trusted or cannot
/// be read. A bad file becomes a complaint, and the others load.
Result<LoadedPlugins> LoadPluginFolder(const std::filesystem::path& folder);

/// Whether a definition keeps the contract of wirehound_detector_definition. The error says which
/// member breaks it and how.
Status ValidateDefinition(const DetectorDefinition& definition);

}  // namespace wirehound
