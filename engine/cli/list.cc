// SPDX-License-Identifier: Apache-2.0

// `wirehound list events` and `wirehound list detectors`: print a table, or JSON with --json.
// Control thread.

#include <cstdio>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.h"
#include "engine/run/detector_set.h"

namespace wirehound {

namespace {

using Json = nlohmann::ordered_json;

std::string_view SeverityText(const DetectorDefinition& detector) {
  if (!detector.threat) {
    return "";
  }
  switch (detector.threat->severity) {
    case Severity::kInfo:
      return "info";
    case Severity::kLow:
      return "low";
    case Severity::kMedium:
      return "medium";
    case Severity::kHigh:
      return "high";
    case Severity::kCritical:
      return "critical";
  }
  return "";
}

Json EventJson(const EventDefinition& event) {
  Json fields = Json::array();
  for (const EventField& field : event.fields) {
    fields.push_back(
        {{"name", field.name}, {"type", field.type_name}, {"description", field.description}});
  }
  return {{"name", event.name},
          {"id", event.id},
          {"version", VersionText(event.version)},
          {"description", event.description},
          {"tags", event.sets},
          {"type", event.detector_id.empty() ? "network" : "detector"},
          {"arguments", std::move(fields)}};
}

std::vector<std::string> RequiredEvents(const DetectorDefinition& detector) {
  std::vector<std::string> events;
  for (const EventRequirement& requirement : detector.requirements.events) {
    events.push_back(requirement.name);
  }
  return events;
}

Json DetectorJson(const DetectorDefinition& detector, const EventDefinition& event,
                  const std::string& file) {
  const Threat threat = detector.threat.value_or(Threat());
  return {{"id", detector.id},
          {"name", event.name},
          {"event_id", event.id},
          {"version", VersionText(event.version)},
          {"description", event.description},
          {"severity", SeverityText(detector)},
          {"required_events", RequiredEvents(detector)},
          {"mitre_tactic", threat.mitre_tactic},
          {"mitre_technique", threat.mitre_technique_id},
          {"tags", detector.produced_event.tags},
          {"file", file}};
}

void PrintJson(const Json& json) {
  // A plugin's text may hold any bytes; dump would throw on invalid UTF-8.
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

int ListEvents(const Options& options) {
  Result<DetectorSet> set = LoadDetectors(options);
  if (!set) {
    return Report(set.error());
  }
  if (options.as_json) {
    Json events = Json::array();
    for (const EventDefinition& event : set->catalogue().events()) {
      events.push_back(EventJson(event));
    }
    PrintJson(events);
    return kExitOk;
  }
  fmt::print("{:<6} {:<24} {:<8} {:<28} {}\n", "ID", "EVENT", "VERSION", "SETS", "DESCRIPTION");
  for (const EventDefinition& event : set->catalogue().events()) {
    fmt::print("{:<6} {:<24} {:<8} {:<28} {}\n", event.id, event.name, VersionText(event.version),
               fmt::to_string(fmt::join(event.sets, ",")), event.description);
  }
  return kExitOk;
}

int ListDetectors(const Options& options) {
  Result<DetectorSet> set = LoadDetectors(options);
  if (!set) {
    return Report(set.error());
  }
  Json list = Json::array();
  if (!options.as_json) {
    fmt::print("{:<20} {:<20} {:<8} {:<9} {:<24} {}\n", "DETECTOR", "EVENT", "VERSION", "SEVERITY",
               "REQUIRES", "DESCRIPTION");
  }
  for (const EventDefinition& event : set->catalogue().events()) {
    for (const LoadedDetector* loaded : set->detectors()) {
      const LoadedDetector& detector = *loaded;
      if (detector.definition.id != event.detector_id) {
        continue;
      }
      list.push_back(DetectorJson(detector.definition, event, detector.file.string()));
      if (!options.as_json) {
        fmt::print("{:<20} {:<20} {:<8} {:<9} {:<24} {}\n", detector.definition.id, event.name,
                   VersionText(event.version), SeverityText(detector.definition),
                   fmt::to_string(fmt::join(RequiredEvents(detector.definition), ",")),
                   event.description);
      }
    }
  }
  if (options.as_json) {
    PrintJson({{"detectors", std::move(list)}});
  }
  return kExitOk;
}

}  // namespace wirehound
