// SPDX-License-Identifier: Apache-2.0

// DetectorSet: the loaded detectors, which of them can run together, the graph between them, and
// the catalogue with their events. A detector that cannot run is left out, with one line that says
// why. The set owns everything loaded, for the whole run, and never frees any of it: running
// instances keep references to it. Control thread; changes only between two turns.

#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <wirehound/result.h>

#include "engine/catalogue/catalogue.h"
#include "engine/graph/dependency_graph.h"
#include "engine/plugins/plugin_loader.h"

namespace wirehound {

class DetectorSet {
 public:
  /// The contents of the set at one time, without the catalogue.
  struct State {
    /// All detectors that loaded, by file, whether they can run or not.
    std::map<std::filesystem::path, std::vector<const LoadedDetector*>> files;
    std::vector<const LoadedDetector*> detectors;
    std::vector<const DetectorDefinition*> definitions;
    DependencyGraph graph;
    std::vector<std::string> complaints;
    std::vector<std::string> notes;
  };

  /// What Restore needs to undo one Replace.
  struct Undo {
    State state;
    Catalogue::State catalogue;
  };

  /// Loads a folder; an empty path gives a set without detectors.
  static Result<DetectorSet> Load(const std::filesystem::path& folder);

  /// Makes a set from detectors that are loaded already.
  static DetectorSet Make(LoadedPlugins plugins);

  /// Replaces the detectors of a file by `loaded`; an empty list removes the file. Of two detectors
  /// that conflict, the one already in the set stays. Fails and changes nothing when one of
  /// `loaded` has the id or event name of another detector, or filters that do not fit their
  /// events. A detector whose input is missing joins the set, but is left out of the graph.
  Result<Undo> Replace(const std::filesystem::path& file, std::vector<LoadedDetector> loaded);

  /// Undoes the last Replace.
  void Restore(Undo undo);

  /// In the order of the file names. Addresses are stable.
  const std::vector<const LoadedDetector*>& detectors() const { return state_.detectors; }
  /// The definitions of `detectors`, in the same order.
  const std::vector<const DetectorDefinition*>& definitions() const { return state_.definitions; }
  const DependencyGraph& graph() const { return state_.graph; }
  const Catalogue& catalogue() const { return catalogue_; }
  /// One line for each file or detector that was left out.
  const std::vector<std::string>& complaints() const { return state_.complaints; }
  /// One line for each detector left out because it is meant for another version or machine, which
  /// is not an error.
  const std::vector<std::string>& notes() const { return state_.notes; }
  /// The plugin files that were in the folder when Load read it.
  const PluginFiles& files_at_start() const { return files_at_start_; }

 private:
  struct Refusal {
    const LoadedDetector* detector;
    std::string line;
  };

  std::vector<Refusal> Rebuild();
  std::vector<const LoadedDetector*> ByPrecedence() const;
  std::vector<Refusal> KeepUnique();
  std::vector<Refusal> RefuseFilters();
  void Connect();

  std::deque<LoadedDetector> loaded_;
  State state_;
  Catalogue catalogue_;
  PluginFiles files_at_start_;
};

/// The plugins folder when the user names none: first "../plugins" beside the binary, the place of
/// a build; then the folder of an installation. Empty when neither exists.
std::filesystem::path DefaultPluginFolder();

}  // namespace wirehound
