// SPDX-License-Identifier: Apache-2.0

// DetectorDefinition: the requirements of a detector, the event that it produces and its options.
// Plain data with owned strings; the host copies all of it when it loads the plugin.

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
  kRequired = WIREHOUND_DEPENDENCY_REQUIRED,  ///< without it the detector does not run
  kOptional = WIREHOUND_DEPENDENCY_OPTIONAL,
};

/// A semantic version. A version window is `min <= version < max`; 0.0.0 means no bound.
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

/// An event that the detector requires. Requiring the same event several times is one subscription:
/// an event passes when it passes the filters of any of these requirements.
struct EventRequirement {
  std::string name;
  Dependency dependency = Dependency::kRequired;
  Version min_version = {};  ///< of the event
  Version max_version = {};
  /// Filters on fields, "proto_dns.questions.name=*.example", and on the process, "comm=curl". Of
  /// filters on one field any must hold, of different fields all (docs/filters.md).
  std::vector<std::string> data_filters = {};
  std::vector<std::string> scope_filters = {};
};

/// A data store ("process", "container", "dns", "system", "shared") or an enrichment ("container",
/// "ancestry") that the detector uses.
struct NamedRequirement {
  std::string name;
  Dependency dependency = Dependency::kRequired;
};

/// What the detector needs to run.
struct Requirements {
  std::vector<EventRequirement> events;  ///< at least one
  std::vector<NamedRequirement> data_stores = {};
  std::vector<NamedRequirement> enrichments = {};
  std::vector<std::string> architectures = {};  ///< "x86_64", "aarch64"; empty: any
  Version min_engine_version = {};
  Version max_engine_version = {};
};

/// The value of an option; its type is that of the default.
using OptionValue =
    std::variant<bool, std::int64_t, std::uint64_t, double, std::string, std::vector<std::string>>;

/// An option of the detector. The engine checks the user's value before Init, which reads it with
/// InitContext::Option. Names are like those of fields.
struct ConfigOption {
  std::string name;
  OptionValue default_value;
  std::string description;
  std::optional<OptionValue> minimum = std::nullopt;  ///< for numbers, inclusive; type as default
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

/// A field of the produced event. Its name consists of letters, digits, '_' and '-'.
struct FieldDefinition {
  std::string name;
  FieldType type = FieldType::kString;
  std::string description;
};

/// The event that a detector produces. The engine refuses a detection that sets a field not
/// declared here, so users know which fields they can filter on.
struct ProducedEvent {
  std::string name;
  std::string description;
  Version version;
  std::vector<std::string> tags;  ///< each names an event set that it belongs to
  std::vector<FieldDefinition> fields;
};

enum class Severity : std::uint32_t {
  kInfo = WIREHOUND_SEVERITY_INFO,
  kLow = WIREHOUND_SEVERITY_LOW,
  kMedium = WIREHOUND_SEVERITY_MEDIUM,
  kHigh = WIREHOUND_SEVERITY_HIGH,
  kCritical = WIREHOUND_SEVERITY_CRITICAL,
};

/// The meaning of a detection, with MITRE ATT&CK names where they apply.
struct Threat {
  std::string name;
  std::string description;
  Severity severity = Severity::kInfo;
  std::string mitre_tactic = {};
  std::string mitre_technique_id = {};
  std::string mitre_technique_name = {};
  std::vector<std::pair<std::string, std::string>> properties = {};  ///< name, value
};

/// What the engine adds to each detection.
struct AutoPopulate {
  bool threat = false;         ///< the threat of the definition
  bool detected_from = false;  ///< the chain of events that caused it
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
