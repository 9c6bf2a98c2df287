// SPDX-License-Identifier: Apache-2.0

// DetectorSet: the detectors that were loaded, which of them can run together, the graph between
// them, and the catalogue with their events in it. What cannot run is left out with one line each.
// The one owner of everything loaded, for the whole run: nothing is ever taken out of memory, so
// what a running instance refers to stays. Control thread; changes only between two turns.

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
  /// What there is at one time, to come back to.
  struct State {
    /// All that loaded, by file, whether it can run or not.
    std::map<std::filesystem::path, std::vector<const LoadedDetector*>> files;
    std::vector<const LoadedDetector*> detectors;
    std::vector<const DetectorDefinition*> definitions;
    DependencyGraph graph;
    std::vector<std::string> complaints;
    std::vector<std::string> notes;
  };

  /// What is needed to take a change back.
  struct Undo {
    State state;
    Catalogue::State catalogue;
  };

  /// Loads a folder; an empty path gives a set without detectors.
  static Result<DetectorSet> Load(const std::filesystem::path& folder);

  /// Makes a set of detectors that are loaded already.
  static DetectorSet Make(LoadedPlugins plugins);

  /// Puts the detectors of a file in the place of those that came from it before; none takes the
  /// file away. Of two that cannot live together the one that is there stays. Fails, and changes
  /// nothing, when one of `loaded` cannot be taken: its id or event is another's, its filters do
  /// not fit the events they are about. One whose input is missing is taken and left out.
  Result<Undo> Replace(const std::filesystem::path& file, std::vector<LoadedDetector> loaded);

  /// Takes back the last Replace.
  void Restore(Undo undo);

  /// In the order of the file names. Addresses are stable.
  const std::vector<const LoadedDetector*>& detectors() const { return state_.detectors; }
  /// The definitions of `detectors`, in the same order.
  const std::vector<const DetectorDefinition*>& definitions() const { return state_.definitions; }
  const DependencyGraph& graph() const { return state_.graph; }
  const Catalogue& catalogue() const { return catalogue_; }
  /// One line for each file or detector that was left out.
  const std::vector<std::string>& complaints() const { return state_.complaints; }
  /// One line for each detector that is meant for another version or machine: no fault of anybody.
  const std::vector<std::string>& notes() const { return state_.notes; }
  /// The plugin files that were looked at when the folder was loaded.
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

/// Where detectors are looked for when the user names no folder: beside the binary, as a build
/// leaves it, then where an installation has it. Empty when neither exists.
std::filesystem::path DefaultPluginFolder();

}  // namespace wirehound
