// SPDX-License-Identifier: Apache-2.0

// Checks a definition by itself: names, types, version windows, options. Whether the events and
// stores that it requires exist is checked by the dependency graph.

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "engine/plugins/plugin_loader.h"

namespace wirehound {

namespace {

constexpr std::size_t kMaxNameBytes = 64;

// --detectors and the log use these words for something else.
constexpr std::string_view kReservedIds[] = {"all", "wirehound"};
// --events uses these words for sets of events, for all events and for tags.
constexpr std::string_view kReservedEventNames[] = {"all",   "default", "detectors",      "engine",
                                                    "flows", "packets", "network_events", "tag"};
// --events reads these as the beginning of a filter.
constexpr std::string_view kFilterWords[] = {".data.", ".scope."};

enum class Dots : unsigned char { kAllowed, kForbidden };

bool IsName(std::string_view name, Dots dots) {
  return !name.empty() && name.size() <= kMaxNameBytes && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [dots](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '-' ||
                  (c == '.' && dots == Dots::kAllowed);
         });
}

Status CheckName(std::string_view member, std::string_view name, Dots dots = Dots::kAllowed) {
  if (IsName(name, dots)) {
    return {};
  }
  return Error(std::string(member) + " '" + std::string(name) +
               "' is no name; expected 1 to 64 letters, digits, '_'" +
               (dots == Dots::kAllowed ? ", '-' or '.'" : " or '-'") + ", not starting with '-'");
}

template <std::size_t N>
bool IsOneOf(std::string_view name, const std::string_view (&names)[N]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

Status CheckId(std::string_view id) {
  if (IsOneOf(id, kReservedIds)) {
    return Error("id '" + std::string(id) + "' is reserved");
  }
  return CheckName("id", id);
}

Status CheckDependency(Dependency dependency, std::string_view name) {
  if (dependency <= Dependency::kOptional) {
    return {};
  }
  return Error("requirements: dependency " +
               std::to_string(static_cast<std::uint32_t>(dependency)) + " of '" +
               std::string(name) + "' is unknown; expected 0 (required) or 1 (optional)");
}

std::string Text(const Version& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
         std::to_string(version.patch);
}

Status CheckWindow(std::string_view of, const Version& min, const Version& max) {
  if (max == Version() || min < max) {
    return {};
  }
  return Error("requirements: no version of " + std::string(of) + " is " + Text(min) +
               " or later and below " + Text(max));
}

Status CheckFilters(const EventRequirement& requirement) {
  for (const auto* filters : {&requirement.data_filters, &requirement.scope_filters}) {
    if (std::find(filters->begin(), filters->end(), "") != filters->end()) {
      return Error("requirements: a filter of '" + requirement.name + "' is empty");
    }
  }
  return {};
}

Status CheckEventRequirement(const EventRequirement& requirement) {
  WIREHOUND_TRY(CheckName("requirements: event", requirement.name));
  WIREHOUND_TRY(CheckDependency(requirement.dependency, requirement.name));
  WIREHOUND_TRY(CheckWindow("event '" + requirement.name + "'", requirement.min_version,
                            requirement.max_version));
  return CheckFilters(requirement);
}

Status CheckNamed(const std::vector<NamedRequirement>& requirements, std::string_view member) {
  for (const NamedRequirement& requirement : requirements) {
    WIREHOUND_TRY(CheckName(member, requirement.name));
    WIREHOUND_TRY(CheckDependency(requirement.dependency, requirement.name));
  }
  return {};
}

Status CheckRequirements(const Requirements& requirements) {
  if (requirements.events.empty()) {
    return Error("requirements are empty; expected at least one event");
  }
  for (const EventRequirement& requirement : requirements.events) {
    WIREHOUND_TRY(CheckEventRequirement(requirement));
  }
  for (const std::string& architecture : requirements.architectures) {
    WIREHOUND_TRY(CheckName("requirements: architecture", architecture));
  }
  WIREHOUND_TRY(CheckNamed(requirements.data_stores, "requirements: data store"));
  WIREHOUND_TRY(CheckNamed(requirements.enrichments, "requirements: enrichment"));
  return CheckWindow("the engine", requirements.min_engine_version,
                     requirements.max_engine_version);
}

Status CheckEventName(const std::string& name) {
  WIREHOUND_TRY(CheckName("produced event: name", name));
  if (IsOneOf(name, kReservedEventNames)) {
    return Error("produced event: name '" + name + "' is reserved");
  }
  for (const std::string_view word : kFilterWords) {
    if (name.find(word) != std::string::npos) {
      return Error("produced event: name '" + name + "' contains '" + std::string(word) +
                   "', which begins a filter");
    }
  }
  return {};
}

Status CheckFields(const ProducedEvent& event) {
  std::set<std::string_view> names;
  for (const FieldDefinition& field : event.fields) {
    WIREHOUND_TRY(CheckName("produced event: field", field.name, Dots::kForbidden));
    if (!names.insert(field.name).second) {
      return Error("produced event: field '" + field.name + "' is declared twice");
    }
    if (field.type < FieldType::kBool || field.type > FieldType::kStringList) {
      return Error("produced event: field '" + field.name + "' has type " +
                   std::to_string(static_cast<std::uint32_t>(field.type)) + "; expected " +
                   std::to_string(WIREHOUND_TYPE_BOOL) + " (bool) to " +
                   std::to_string(WIREHOUND_TYPE_STRING_LIST) + " (string list)");
    }
  }
  return {};
}

Status CheckEvent(const ProducedEvent& event) {
  WIREHOUND_TRY(CheckEventName(event.name));
  WIREHOUND_TRY(CheckFields(event));
  for (const std::string& tag : event.tags) {
    WIREHOUND_TRY(CheckName("produced event: tag", tag));
  }
  return {};
}

bool IsNumber(const OptionValue& value) {
  return std::holds_alternative<std::int64_t>(value) ||
         std::holds_alternative<std::uint64_t>(value) || std::holds_alternative<double>(value);
}

bool IsNan(const std::optional<OptionValue>& value) {
  const double* real = value ? std::get_if<double>(&*value) : nullptr;
  return real != nullptr && std::isnan(*real);
}

// Compares the bounds of an option with each other and with its default. All have one type by then,
// so comparing the variants compares the values.
Status CheckBounds(const ConfigOption& option) {
  const std::string name = "option '" + option.name + "'";
  for (const auto* bound : {&option.minimum, &option.maximum}) {
    if (*bound && (!IsNumber(**bound) || (*bound)->index() != option.default_value.index())) {
      return Error(name + " has a bound that is no number of its type");
    }
  }
  if (IsNan(option.default_value) || IsNan(option.minimum) || IsNan(option.maximum)) {
    return Error(name + " has a default or bound that is not a number");
  }
  if (option.minimum && option.maximum && *option.maximum < *option.minimum) {
    return Error(name + " has a maximum below its minimum");
  }
  if ((option.minimum && option.default_value < *option.minimum) ||
      (option.maximum && *option.maximum < option.default_value)) {
    return Error(name + " has a default outside its minimum and maximum");
  }
  return {};
}

Status CheckOptions(const std::vector<ConfigOption>& options) {
  std::set<std::string_view> names;
  for (const ConfigOption& option : options) {
    WIREHOUND_TRY(CheckName("option", option.name, Dots::kForbidden));
    if (!names.insert(option.name).second) {
      return Error("option '" + option.name + "' is declared twice");
    }
    WIREHOUND_TRY(CheckBounds(option));
  }
  return {};
}

Status CheckThreat(const std::optional<Threat>& threat) {
  if (!threat) {
    return {};
  }
  if (threat->severity > Severity::kCritical) {
    return Error("threat: severity " +
                 std::to_string(static_cast<std::uint32_t>(threat->severity)) +
                 " is unknown; expected 0 (info) to 4 (critical)");
  }
  std::set<std::string_view> names;
  for (const auto& [name, value] : threat->properties) {
    if (name.empty()) {
      return Error("threat: a property has no name");
    }
    if (!names.insert(name).second) {
      return Error("threat: property '" + name + "' is given twice");
    }
  }
  return {};
}

}  // namespace

Status ValidateDefinition(const DetectorDefinition& definition) {
  WIREHOUND_TRY(CheckId(definition.id));
  WIREHOUND_TRY(CheckRequirements(definition.requirements));
  WIREHOUND_TRY(CheckEvent(definition.produced_event));
  WIREHOUND_TRY(CheckThreat(definition.threat));
  return CheckOptions(definition.config);
}

}  // namespace wirehound
