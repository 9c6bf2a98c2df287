// SPDX-License-Identifier: Apache-2.0

#include "engine/run/detector_set.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "engine/plan/subscription.h"

namespace wirehound {

namespace fs = std::filesystem;

namespace {

std::string Line(const LoadedDetector& detector, const std::string& reason) {
  return "plugin " + detector.file.string() + ": detector '" + detector.definition.id +
         "' left out: " + reason;
}

}  // namespace

Result<DetectorSet> DetectorSet::Load(const fs::path& folder) {
  if (folder.empty()) {
    return Make({});
  }
  return Make(WIREHOUND_TRY(LoadPluginFolder(folder)));
}

DetectorSet DetectorSet::Make(LoadedPlugins plugins) {
  DetectorSet set;
  for (LoadedDetector& detector : plugins.detectors) {
    const fs::path file = detector.file;
    set.state_.files[file].push_back(&set.loaded_.emplace_back(std::move(detector)));
  }
  set.Rebuild();
  std::swap(set.state_.complaints, plugins.complaints);
  std::move(plugins.complaints.begin(), plugins.complaints.end(),
            std::back_inserter(set.state_.complaints));
  set.files_at_start_ = std::move(plugins.files);
  return set;
}

Result<DetectorSet::Undo> DetectorSet::Replace(const fs::path& file,
                                               std::vector<LoadedDetector> loaded) {
  Undo undo = {state_, catalogue_.Save()};
  auto& detectors = state_.files[file];
  detectors.clear();
  for (LoadedDetector& detector : loaded) {
    detectors.push_back(&loaded_.emplace_back(std::move(detector)));
  }
  if (loaded.empty()) {
    state_.files.erase(file);
  }
  for (Refusal& refusal : Rebuild()) {
    if (refusal.detector->file == file) {
      Restore(std::move(undo));
      return Error(std::move(refusal.line));
    }
  }
  return undo;
}

void DetectorSet::Restore(Undo undo) {
  state_ = std::move(undo.state);
  catalogue_.Restore(std::move(undo.catalogue));
}

// Decides again which detectors can run. Returns the refused ones; the complaints list them, too.
// It loops, because each refusal changes the graph and the catalogue that the others depend on.
std::vector<DetectorSet::Refusal> DetectorSet::Rebuild() {
  std::vector<Refusal> refusals = KeepUnique();
  for (bool all_fit = false; !all_fit;) {
    Connect();
    std::vector<Refusal> unfit = RefuseFilters();
    all_fit = unfit.empty();
    std::move(unfit.begin(), unfit.end(), std::back_inserter(refusals));
  }
  state_.complaints.clear();
  state_.notes.clear();
  for (const Refusal& refusal : refusals) {
    state_.complaints.push_back(refusal.line);
  }
  for (const LeftOut& left_out : state_.graph.left_out) {
    (left_out.is_mismatch ? state_.notes : state_.complaints)
        .push_back("detector '" + state_.definitions[left_out.detector]->id +
                   "' left out: " + left_out.reason);
  }
  return refusals;
}

// The order in which conflicting ids and event names are decided: detectors already in the set
// first, then by file name.
std::vector<const LoadedDetector*> DetectorSet::ByPrecedence() const {
  std::vector<const LoadedDetector*> all;
  for (const auto& [file, detectors] : state_.files) {
    all.insert(all.end(), detectors.begin(), detectors.end());
  }
  const std::set<const LoadedDetector*> present(state_.detectors.begin(), state_.detectors.end());
  std::stable_partition(all.begin(), all.end(), [&present](const LoadedDetector* detector) {
    return present.count(detector) != 0;
  });
  return all;
}

std::vector<DetectorSet::Refusal> DetectorSet::KeepUnique() {
  std::map<std::string, fs::path> ids;
  std::map<std::string, fs::path> events;
  std::set<const LoadedDetector*> kept;
  std::vector<Refusal> refusals;
  for (const LoadedDetector* detector : ByPrecedence()) {
    const DetectorDefinition& definition = detector->definition;
    const std::string& event = definition.produced_event.name;
    const EventDefinition* known = catalogue_.Find(event);
    if (ids.count(definition.id) != 0) {
      refusals.push_back({detector, Line(*detector, "a detector of that id is loaded from " +
                                                        ids[definition.id].string())});
    } else if (known != nullptr && known->detector_id.empty()) {
      refusals.push_back(
          {detector, Line(*detector, "event name '" + event + "' is a base event's")});
    } else if (events.count(event) != 0) {
      refusals.push_back({detector, Line(*detector, "event name '" + event + "' is taken by " +
                                                        events[event].string())});
    } else {
      ids.emplace(definition.id, detector->file);
      events.emplace(event, detector->file);
      kept.insert(detector);
    }
  }
  state_.detectors.clear();
  for (const auto& [file, detectors] : state_.files) {
    std::copy_if(detectors.begin(), detectors.end(), std::back_inserter(state_.detectors),
                 [&kept](const LoadedDetector* detector) { return kept.count(detector) != 0; });
  }
  return refusals;
}

// Builds the graph and the catalogue for the remaining detectors. The graph is built against base
// events only, so the detector events leave the catalogue first.
void DetectorSet::Connect() {
  std::vector<const DetectorDefinition*>& definitions = state_.definitions;
  definitions.clear();
  for (const LoadedDetector* detector : state_.detectors) {
    definitions.push_back(&detector->definition);
  }
  catalogue_.SetDetectorEvents({});
  state_.graph = BuildDependencyGraph(definitions, [this](std::string_view name) {
    const EventDefinition* event = catalogue_.Find(name);
    return event == nullptr ? std::nullopt : std::optional<Version>(event->version);
  });
  // Event ids follow the order of detector ids, not that of the graph.
  std::vector<const DetectorDefinition*> by_id;
  for (const std::size_t index : state_.graph.order) {
    by_id.push_back(definitions[index]);
  }
  std::sort(by_id.begin(), by_id.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
  catalogue_.SetDetectorEvents(by_id);
}

// Removes and returns the detectors whose filters do not fit the events they are about.
std::vector<DetectorSet::Refusal> DetectorSet::RefuseFilters() {
  std::vector<Refusal> refusals;
  for (const std::size_t index : state_.graph.order) {
    const LoadedDetector* detector = state_.detectors[index];
    if (const auto fit = MakeSubscriptions(detector->definition, catalogue_); !fit) {
      refusals.push_back({detector, Line(*detector, fit.error().message())});
    }
  }
  for (const Refusal& refusal : refusals) {
    state_.detectors.erase(
        std::find(state_.detectors.begin(), state_.detectors.end(), refusal.detector));
  }
  return refusals;
}

fs::path DefaultPluginFolder() {
  std::error_code error;
  const fs::path binary = fs::read_symlink("/proc/self/exe", error);
  if (error) {
    return {};
  }
  for (const char* relative : {"../plugins", WIREHOUND_INSTALLED_PLUGINS}) {
    fs::path folder = (binary.parent_path() / relative).lexically_normal();
    if (fs::is_directory(folder, error)) {
      return folder;
    }
  }
  return {};
}

}  // namespace wirehound
