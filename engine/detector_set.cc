// SPDX-License-Identifier: Apache-2.0

#include "engine/detector_set.h"

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

namespace wirehound {

namespace fs = std::filesystem;

Result<DetectorSet> DetectorSet::Load(const fs::path& folder) {
  if (folder.empty()) {
    return Make({});
  }
  Result<LoadedPlugins> plugins = LoadPluginFolder(folder);
  if (!plugins) {
    return std::move(plugins).error();
  }
  return Make(std::move(*plugins));
}

DetectorSet DetectorSet::Make(LoadedPlugins plugins) {
  DetectorSet set;
  set.complaints_ = std::move(plugins.complaints);
  set.KeepUnique(std::move(plugins.detectors));
  set.Connect();
  return set;
}

// Of two detectors that cannot live together the one whose file comes first stays.
void DetectorSet::KeepUnique(std::vector<LoadedDetector> loaded) {
  std::map<std::string, fs::path> ids;
  std::map<std::string, fs::path> events;
  for (LoadedDetector& detector : loaded) {
    const DetectorDefinition& definition = detector.definition;
    const std::string context =
        "plugin " + detector.file.string() + ": detector '" + definition.id + "' left out: ";
    const std::string& event = definition.produced_event.name;
    if (ids.count(definition.id) != 0) {
      complaints_.push_back(context + "a detector of that id is loaded from " +
                            ids[definition.id].string());
    } else if (catalogue_.Find(event) != nullptr) {
      complaints_.push_back(context + "event name '" + event + "' is a base event's");
    } else if (events.count(event) != 0) {
      complaints_.push_back(context + "event name '" + event + "' is taken by " +
                            events[event].string());
    } else {
      ids.emplace(definition.id, detector.file);
      events.emplace(event, detector.file);
      detectors_.push_back(std::move(detector));
    }
  }
}

void DetectorSet::Connect() {
  for (const LoadedDetector& detector : detectors_) {
    definitions_.push_back(&detector.definition);
  }
  graph_ = BuildDependencyGraph(
      definitions_, [this](std::string_view event) { return catalogue_.Find(event) != nullptr; });
  for (const LeftOut& left_out : graph_.left_out) {
    complaints_.push_back("detector '" + definitions_[left_out.detector]->id +
                          "' left out: " + left_out.reason);
  }
  // Ids of events follow the ids of detectors, not the order of the graph.
  std::vector<std::size_t> by_id = graph_.order;
  std::sort(by_id.begin(), by_id.end(), [this](std::size_t a, std::size_t b) {
    return definitions_[a]->id < definitions_[b]->id;
  });
  for (const std::size_t index : by_id) {
    catalogue_.AddDetectorEvent(*definitions_[index]);
  }
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
