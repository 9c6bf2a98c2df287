// SPDX-License-Identifier: Apache-2.0

// DetectorConfig: the options of one detector, each with the user's value or its default, in the
// type that the definition declares. Immutable; made on the control thread, read on the dispatch
// thread.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/definition.h>
#include <wirehound/result.h>

namespace wirehound {

/// The texts that the user wrote for the options of one detector, by name; one text for a scalar.
using GivenOptions = std::map<std::string, std::vector<std::string>>;

/// The value of an option, in the type that its definition declares and within its bounds. Whole
/// numbers are decimal or, after 0x, hexadecimal; bool is true or false. The error says which
/// option, what was given and what was expected.
Result<OptionValue> ParseOption(const ConfigOption& option, const std::vector<std::string>& texts);

/// The option of that name. The error names the detector and the closest name.
Result<const ConfigOption*> FindOption(const DetectorDefinition& definition, std::string_view name);

class DetectorConfig {
 public:
  /// The defaults of a detector without options.
  DetectorConfig() = default;
  DetectorConfig(const DetectorConfig& other);
  DetectorConfig& operator=(const DetectorConfig& other);
  DetectorConfig(DetectorConfig&&) = default;
  DetectorConfig& operator=(DetectorConfig&&) = default;
  ~DetectorConfig() = default;

  /// Checks the given options against the definition. The error names the detector, the option, the
  /// value and what was expected; for an unknown name, the closest option.
  static Result<DetectorConfig> Make(const DetectorDefinition& definition,
                                     const GivenOptions& given);

  /// Does wirehound_host.config; returns a WIREHOUND_* status. Values point into this object.
  std::int32_t Find(std::string_view name, std::uint32_t type, wirehound_value& value) const;

  /// Whether both have the same options with the same values.
  bool operator==(const DetectorConfig& other) const;

 private:
  struct Entry {
    std::string name;
    OptionValue value;
    std::vector<wirehound_string> texts;  ///< the C form of a list
  };

  static wirehound_list ListOf(const Entry& entry);
  void PointTexts();

  std::vector<Entry> entries_;
};

}  // namespace wirehound
