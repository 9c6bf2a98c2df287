// SPDX-License-Identifier: Apache-2.0

// DetectorDefinition: what a detector says of itself before it runs. Plain data with owned
// strings; the host copies all of it when the plugin is loaded.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/namespace.h>

WIREHOUND_NAMESPACE_BEGIN

enum class Dependency : std::uint32_t {
  kRequired = WIREHOUND_DEPENDENCY_REQUIRED,  ///< without it the detector is left out
  kOptional = WIREHOUND_DEPENDENCY_OPTIONAL,
};

/// An event the detector wants to see.
struct EventRequirement {
  std::string name;
  Dependency dependency = Dependency::kRequired;
};

enum class FieldType : std::uint32_t {
  kBool = WIREHOUND_TYPE_BOOL,
  kInt32 = WIREHOUND_TYPE_INT32,
  kInt64 = WIREHOUND_TYPE_INT64,
  kUint16 = WIREHOUND_TYPE_UINT16,
  kUint32 = WIREHOUND_TYPE_UINT32,
  kUint64 = WIREHOUND_TYPE_UINT64,
  kDouble = WIREHOUND_TYPE_DOUBLE,
  kString = WIREHOUND_TYPE_STRING,
  kBytes = WIREHOUND_TYPE_BYTES,
};

/// A field of the produced event.
struct FieldDefinition {
  std::string name;
  FieldType type = FieldType::kString;
  std::string description;
};

struct Version {
  std::uint16_t major = 0;
  std::uint16_t minor = 0;
  std::uint16_t patch = 0;
};

/// The event a detector produces. Its fields are declared here: a detection that sets another one
/// is refused, so that users can filter on fields without guessing.
struct ProducedEvent {
  std::string name;
  std::string description;
  Version version;
  std::vector<std::string> tags;  ///< each names a set the event belongs to
  std::vector<FieldDefinition> fields;
};

enum class Severity : std::uint32_t {
  kInfo = WIREHOUND_SEVERITY_INFO,
  kLow = WIREHOUND_SEVERITY_LOW,
  kMedium = WIREHOUND_SEVERITY_MEDIUM,
  kHigh = WIREHOUND_SEVERITY_HIGH,
  kCritical = WIREHOUND_SEVERITY_CRITICAL,
};

/// What a detection means; MITRE ATT&CK names where they apply.
struct Threat {
  std::string name;
  std::string description;
  Severity severity = Severity::kInfo;
  std::string mitre_tactic;
  std::string mitre_technique_id;
  std::string mitre_technique_name;
};

/// What the host adds to each detection by itself.
struct AutoPopulate {
  bool threat = false;         ///< the threat of the definition
  bool detected_from = false;  ///< the event that caused it, and what caused that
};

struct DetectorDefinition {
  std::string id;  ///< letters, digits, '_', '-', '.'; unique among the loaded detectors
  std::vector<EventRequirement> requirements;
  ProducedEvent produced_event;
  std::optional<Threat> threat;
  AutoPopulate auto_populate;
};

WIREHOUND_NAMESPACE_END
