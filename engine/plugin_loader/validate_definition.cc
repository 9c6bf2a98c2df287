// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <string_view>

#include "engine/plugin_loader/plugin_loader.h"

namespace wirehound {

namespace {

constexpr std::size_t kMaxNameBytes = 64;

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
         });
}

Status CheckName(std::string_view member, std::string_view name) {
  if (IsName(name)) {
    return {};
  }
  return Error(std::string(member) + " '" + std::string(name) +
               "' is no name; expected 1 to 64 letters, digits, '_', '-' or '.', not starting "
               "with '-'");
}

Status CheckRequirements(const DetectorDefinition& definition) {
  if (definition.requirements.empty()) {
    return Error("requirements are empty; expected at least one event");
  }
  for (const EventRequirement& requirement : definition.requirements) {
    Status status = CheckName("requirements: event", requirement.name);
    if (!status) {
      return status;
    }
    if (requirement.dependency > Dependency::kOptional) {
      return Error("requirements: dependency " +
                   std::to_string(static_cast<std::uint32_t>(requirement.dependency)) + " of '" +
                   requirement.name + "' is unknown; expected 0 (required) or 1 (optional)");
    }
  }
  return {};
}

Status CheckFields(const ProducedEvent& event) {
  std::set<std::string_view> names;
  for (const FieldDefinition& field : event.fields) {
    Status status = CheckName("produced event: field", field.name);
    if (!status) {
      return status;
    }
    if (!names.insert(field.name).second) {
      return Error("produced event: field '" + field.name + "' is declared twice");
    }
    if (field.type < FieldType::kBool || field.type > FieldType::kBytes) {
      return Error("produced event: field '" + field.name + "' has type " +
                   std::to_string(static_cast<std::uint32_t>(field.type)) +
                   "; expected a scalar type");
    }
  }
  return {};
}

}  // namespace

Status ValidateDefinition(const DetectorDefinition& definition) {
  Status status = CheckName("id", definition.id);
  if (status) {
    status = CheckRequirements(definition);
  }
  if (status) {
    status = CheckName("produced event: name", definition.produced_event.name);
  }
  if (status) {
    status = CheckFields(definition.produced_event);
  }
  for (const std::string& tag : definition.produced_event.tags) {
    if (status) {
      status = CheckName("produced event: tag", tag);
    }
  }
  if (status && definition.threat && definition.threat->severity > Severity::kCritical) {
    return Error("threat: severity " +
                 std::to_string(static_cast<std::uint32_t>(definition.threat->severity)) +
                 " is unknown; expected 0 (info) to 4 (critical)");
  }
  return status;
}

}  // namespace wirehound
