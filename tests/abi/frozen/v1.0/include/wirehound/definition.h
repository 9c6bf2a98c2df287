// SPDX-License-Identifier: Apache-2.0

// DetectorDefinition: what a detector says of itself before it runs. Plain data with owned
// strings; the host copies all of it when the plugin is loaded.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/namespace.h>

WIREHOUND_NAMESPACE_BEGIN

enum class Dependency : std::uint32_t {
  kRequired = WIREHOUND_DEPENDENCY_REQUIRED,  ///< without it the detector is left out
  kOptional = WIREHOUND_DEPENDENCY_OPTIONAL,
};

/// A semantic version. Windows of versions are `min <= version < max`; 0.0.0 means no bound.
struct Version {
  std::uint16_t major = 0;
  std::uint16_t minor = 0;
  std::uint16_t patch = 0;

  friend constexpr bool operator==(const Version& a, const Version& b) {
    return a.major == b.major && a.minor == b.minor && a.patch == b.patch;
  }
  friend constexpr bool operator!=(const Version& a, const Version& b) { return !(a == b); }
  friend constexpr bool operator<(const Version& a, const Version& b) {
    return a.major != b.major   ? a.major < b.major
           : a.minor != b.minor ? a.minor < b.minor
                                : a.patch < b.patch;
  }
};

/// An event the detector wants to see. Requiring the same event several times is one subscription:
/// an event passes when any of the requirements lets it pass.
struct EventRequirement {
  std::string name;
  Dependency dependency = Dependency::kRequired;
  Version min_version = {};  ///< of the event
  Version max_version = {};
  /// What fields must hold, "proto_dns.questions.name=*.example", and whose the event must be,
  /// "comm=curl". Of one field any must hold, of different fields all (docs/filters.md).
  std::vector<std::string> data_filters = {};
  std::vector<std::string> scope_filters = {};
};

/// A data store ("process", "container", "dns", "system", "shared") or an enrichment ("container",
/// "ancestry") that the detector uses.
struct NamedRequirement {
  std::string name;
  Dependency dependency = Dependency::kRequired;
};

/// What must be there for the detector to run.
struct Requirements {
  std::vector<EventRequirement> events;  ///< at least one
  std::vector<NamedRequirement> data_stores = {};
  std::vector<NamedRequirement> enrichments = {};
  std::vector<std::string> architectures = {};  ///< "x86_64", "aarch64"; empty: every one
  Version min_engine_version = {};
  Version max_engine_version = {};
};

/// What the user may set for the detector: a value of one of these types, the type of the default.
using OptionValue =
    std::variant<bool, std::int64_t, std::uint64_t, double, std::string, std::vector<std::string>>;

/// An option of the detector's configuration. What the user gives is checked before Init, which
/// reads it with InitContext::Option. Names are like those of fields.
struct ConfigOption {
  std::string name;
  OptionValue default_value;
  std::string description;
  std::optional<OptionValue> minimum = std::nullopt;  ///< of numbers, inclusive; type as default
  std::optional<OptionValue> maximum = std::nullopt;
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
  kAddress = WIREHOUND_TYPE_ADDRESS,
  kStringList = WIREHOUND_TYPE_STRING_LIST,
};

/// A field of the produced event. Its name is of letters, digits, '_' and '-'.
struct FieldDefinition {
  std::string name;
  FieldType type = FieldType::kString;
  std::string description;
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
  std::string mitre_tactic = {};
  std::string mitre_technique_id = {};
  std::string mitre_technique_name = {};
  std::vector<std::pair<std::string, std::string>> properties = {};  ///< name, value
};

/// What the host adds to each detection by itself.
struct AutoPopulate {
  bool threat = false;         ///< the threat of the definition
  bool detected_from = false;  ///< the event that caused it, and what caused that
  bool ancestry = false;       ///< the parents of the process, where they are known
};

struct DetectorDefinition {
  std::string id;  ///< letters, digits, '_', '-', '.'; unique among the loaded detectors
  Requirements requirements;
  ProducedEvent produced_event;
  std::optional<Threat> threat;
  AutoPopulate auto_populate;
  std::vector<ConfigOption> config;
};

WIREHOUND_NAMESPACE_END
