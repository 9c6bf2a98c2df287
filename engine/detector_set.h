// SPDX-License-Identifier: Apache-2.0

// DetectorSet: all detectors of a plugins folder that can run together, the graph between them,
// and the catalogue with their events in it. What cannot run is left out with one line each.
// Built at start on the control thread, immutable afterwards.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <wirehound/result.h>

#include "engine/catalogue/catalogue.h"
#include "engine/graph/dependency_graph.h"
#include "engine/plugin_loader/plugin_loader.h"

namespace wirehound {

class DetectorSet {
 public:
  /// Loads a folder; an empty path gives a set without detectors.
  static Result<DetectorSet> Load(const std::filesystem::path& folder);

  /// Makes a set of detectors that are loaded already.
  static DetectorSet Make(LoadedPlugins plugins);

  const std::vector<LoadedDetector>& detectors() const { return detectors_; }
  /// The definitions of `detectors`, in the same order.
  const std::vector<const DetectorDefinition*>& definitions() const { return definitions_; }
  const DependencyGraph& graph() const { return graph_; }
  const Catalogue& catalogue() const { return catalogue_; }
  /// One line for each file or detector that was left out.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  void KeepUnique(std::vector<LoadedDetector> loaded);
  void Connect();

  std::vector<LoadedDetector> detectors_;
  std::vector<const DetectorDefinition*> definitions_;
  DependencyGraph graph_;
  Catalogue catalogue_;
  std::vector<std::string> complaints_;
};

/// Where detectors are looked for when the user names no folder: beside the binary, as a build
/// leaves it, then where an installation has it. Empty when neither exists.
std::filesystem::path DefaultPluginFolder();

}  // namespace wirehound
