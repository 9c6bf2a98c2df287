// SPDX-License-Identifier: Apache-2.0

// `wirehound check-plugin FILE.so`: loads one plugin as the engine would, runs none of its
// detectors, and prints a report: a block of lines, or JSON with --json. MakeReport builds the
// report once, as JSON, and both forms are printed from it. Control thread.

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "engine/catalogue/catalogue.h"
#include "engine/cli/commands.h"
#include "engine/graph/availability.h"
#include "engine/plan/subscription.h"
#include "engine/plugins/plugin_loader.h"
#include "engine/text/utf8_text.h"

namespace wirehound {

namespace {

using Json = nlohmann::ordered_json;

// Checks one detector against the base events and the other detectors of its file. It knows no
// other plugins, so a requirement that another file satisfies is not a problem here.
class Checker {
 public:
  explicit Checker(const std::vector<LoadedDetector>& detectors) : detectors_(detectors) {}

  Json Check(std::size_t index) const {
    const DetectorDefinition& detector = detectors_[index].definition;
    Json problems = Json::array();
    if (const auto unfit = WhyUnfit(detector, ThisHost())) {
      problems.push_back(unfit->reason);
    }
    CheckNames(index, problems);
    Json requires_events = Json::array();
    for (const EventRequirement& requirement : detector.requirements.events) {
      requires_events.push_back(Describe(requirement, problems));
    }
    return {{"id", detector.id},
            {"event", detector.produced_event.name},
            {"version", VersionText(detector.produced_event.version)},
            {"requires", std::move(requires_events)},
            {"data_stores", Named(detector.requirements.data_stores)},
            {"enrichments", Named(detector.requirements.enrichments)},
            {"options", Options(detector)},
            {"problems", std::move(problems)}};
  }

 private:
  // Reports names that are taken: by a base event, or by an earlier detector of the file.
  void CheckNames(std::size_t index, Json& problems) const {
    const DetectorDefinition& detector = detectors_[index].definition;
    const std::string& event = detector.produced_event.name;
    if (catalogue_.Find(event) != nullptr) {
      problems.push_back("event name '" + event + "' is a base event's");
    }
    for (std::size_t i = 0; i < index; ++i) {
      if (detectors_[i].definition.id == detector.id) {
        problems.push_back("id '" + detector.id + "' is taken by another detector of this file");
      }
      if (detectors_[i].definition.produced_event.name == event) {
        problems.push_back("event name '" + event + "' is taken by detector '" +
                           detectors_[i].definition.id + "' of this file");
      }
    }
  }

  // Finds a base event, or an event that a detector of this file produces; null when there is none.
  // `made` holds the definition in the second case.
  const EventDefinition* Find(const std::string& name, EventDefinition& made) const {
    if (const EventDefinition* base = catalogue_.Find(name)) {
      return base;
    }
    const auto producer =
        std::find_if(detectors_.begin(), detectors_.end(), [&name](const LoadedDetector& detector) {
          return detector.definition.produced_event.name == name;
        });
    if (producer == detectors_.end()) {
      return nullptr;
    }
    Catalogue one;
    one.AddDetectorEvent(producer->definition);
    made = *one.Find(name);
    return &made;
  }

  Json Describe(const EventRequirement& requirement, Json& problems) const {
    EventDefinition made;
    const EventDefinition* event = Find(requirement.name, made);
    const bool is_optional = requirement.dependency == Dependency::kOptional;
    Json json = {{"event", requirement.name}, {"optional", is_optional}};
    const std::string window = WindowText(requirement.min_version, requirement.max_version);
    if (!window.empty()) {
      json["versions"] = window;
    }
    if (event == nullptr) {
      json["note"] = "from another detector: not checked";
      return json;
    }
    if (!IsAvailable(requirement, event)) {
      const std::string found = "event '" + requirement.name + "' has version " +
                                VersionText(event->version) + "; expected " + window;
      if (is_optional) {
        json["note"] = found;
      } else {
        problems.push_back("required " + found);
      }
    }
    if (const auto filter = CompileRequirement(requirement, *event); !filter) {
      problems.push_back(filter.error().message());
    }
    return json;
  }

  static Json Named(const std::vector<NamedRequirement>& requirements) {
    Json names = Json::array();
    for (const NamedRequirement& requirement : requirements) {
      names.push_back({{"name", requirement.name},
                       {"optional", requirement.dependency == Dependency::kOptional}});
    }
    return names;
  }

  static Json ValueJson(const OptionValue& value) {
    return std::visit([](const auto& held) { return Json(held); }, value);
  }

  static Json Options(const DetectorDefinition& detector) {
    constexpr std::string_view kTypes[] = {"bool",   "int64",  "uint64",
                                           "double", "string", "string list"};
    Json options = Json::array();
    for (const ConfigOption& option : detector.config) {
      Json json = {{"name", option.name},
                   {"type", kTypes[option.default_value.index()]},
                   {"default", ValueJson(option.default_value)},
                   {"description", option.description}};
      if (option.minimum) {
        json["minimum"] = ValueJson(*option.minimum);
      }
      if (option.maximum) {
        json["maximum"] = ValueJson(*option.maximum);
      }
      options.push_back(std::move(json));
    }
    return options;
  }

  const std::vector<LoadedDetector>& detectors_;
  Catalogue catalogue_;
};

std::string AbiText(std::uint32_t minor) {
  return std::to_string(WIREHOUND_ABI_MAJOR) + "." + std::to_string(minor);
}

std::string TextOf(const char* text) { return text == nullptr ? "not stated" : text; }

// Removes the file name from the front of each complaint: the report shows it once, above them.
void StripFileName(std::vector<std::string>& complaints, const std::string& file) {
  const std::string context = "plugin " + file + ": ";
  for (std::string& complaint : complaints) {
    if (complaint.compare(0, context.size(), context) == 0) {
      complaint.erase(0, context.size());
    }
  }
}

Json MakeReport(const std::string& file) {
  std::vector<std::string> complaints;
  const Result<std::vector<LoadedDetector>> loaded = LoadPlugin(file, complaints);
  if (!loaded) {
    complaints.push_back(loaded.error().message());
  }
  StripFileName(complaints, file);
  Json detectors = Json::array();
  bool loads = complaints.empty();
  if (loaded) {
    const Checker checker(*loaded);
    for (std::size_t i = 0; i < loaded->size(); ++i) {
      detectors.push_back(checker.Check(i));
      loads = loads && detectors.back()["problems"].empty();
    }
  }
  Json report = {{"file", file}, {"loads", loads}, {"problems", complaints}};
  if (loaded && !loaded->empty() && loaded->front().module != nullptr) {
    const wirehound_detector_module& module = *loaded->front().module;
    const bool has_texts = WIREHOUND_HAS(&module, wirehound_detector_module, compiler);
    report["abi_needed"] = AbiText(module.abi_minor);
    report["abi_of_engine"] = AbiText(WIREHOUND_ABI_MINOR);
    report["sdk"] = TextOf(has_texts ? module.sdk_version : nullptr);
    report["compiler"] = TextOf(has_texts ? module.compiler : nullptr);
  }
  report["detectors"] = std::move(detectors);
  return report;
}

// Escapes control characters: the text may come from a plugin and could change what the terminal
// shows.
void PrintLine(std::string_view label, std::string_view text) {
  std::string line;
  AppendPrintable(line, text);
  fmt::print("{:<16}{}\n", label, line);
}

std::string JoinedOr(const std::vector<std::string>& items, std::string_view none) {
  return items.empty() ? std::string(none) : fmt::to_string(fmt::join(items, "; "));
}

std::string RequirementText(const Json& requirement, const char* name) {
  std::vector<std::string> remarks;
  if (requirement["optional"].get<bool>()) {
    remarks.emplace_back("optional");
  }
  for (const char* key : {"versions", "note"}) {
    if (requirement.contains(key)) {
      remarks.push_back(requirement[key].get<std::string>());
    }
  }
  const std::string text = requirement[name].get<std::string>();
  return remarks.empty() ? text : text + " (" + fmt::to_string(fmt::join(remarks, ", ")) + ")";
}

std::string RequirementsText(const Json& requirements, const char* name) {
  std::vector<std::string> texts;
  for (const Json& requirement : requirements) {
    texts.push_back(RequirementText(requirement, name));
  }
  return JoinedOr(texts, "none");
}

std::string Dumped(const Json& json) {
  // A plugin's text may hold any bytes; dump would throw on invalid UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string OptionsText(const Json& options) {
  std::vector<std::string> texts;
  for (const Json& option : options) {
    std::string text = fmt::format("{} ({}, default {}", option["name"].get<std::string>(),
                                   option["type"].get<std::string>(), Dumped(option["default"]));
    for (const char* bound : {"minimum", "maximum"}) {
      text += option.contains(bound) ? fmt::format(", {} {}", bound, Dumped(option[bound])) : "";
    }
    texts.push_back(text + ")");
  }
  return JoinedOr(texts, "none");
}

void PrintDetector(const Json& detector) {
  PrintLine("detector", detector["id"].get<std::string>());
  PrintLine("  event",
            detector["event"].get<std::string>() + " " + detector["version"].get<std::string>());
  PrintLine("  requires", RequirementsText(detector["requires"], "event"));
  PrintLine("  data stores", RequirementsText(detector["data_stores"], "name"));
  PrintLine("  enrichments", RequirementsText(detector["enrichments"], "name"));
  PrintLine("  options", OptionsText(detector["options"]));
  for (const Json& problem : detector["problems"]) {
    PrintLine("  problem", problem.get<std::string>());
  }
}

void PrintText(const Json& report) {
  PrintLine("plugin", report["file"].get<std::string>());
  PrintLine("loads", report["loads"].get<bool>() ? "yes" : "no");
  for (const Json& problem : report["problems"]) {
    PrintLine("problem", problem.get<std::string>());
  }
  if (report.contains("abi_needed")) {
    PrintLine("detector ABI", "needs " + report["abi_needed"].get<std::string>() +
                                  ", this engine has " +
                                  report["abi_of_engine"].get<std::string>());
    PrintLine("SDK", report["sdk"].get<std::string>());
    PrintLine("compiler", report["compiler"].get<std::string>());
  }
  for (const Json& detector : report["detectors"]) {
    PrintDetector(detector);
  }
}

}  // namespace

int CheckPlugin(const Options& options) {
  const Json report = MakeReport(options.checked_plugin);
  if (options.as_json) {
    fmt::print("{}\n", report.dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    PrintText(report);
  }
  return report["loads"].get<bool>() ? kExitOk : kExitFailed;
}

}  // namespace wirehound
