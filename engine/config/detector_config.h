// SPDX-License-Identifier: Apache-2.0

// DetectorConfig: the options of one detector, each with what the user has set or its default, in
// the type its definition declares. Immutable; control thread makes it, dispatch thread reads it.

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

/// What the user wrote for the options of one detector, by name: a scalar is one text.
using GivenOptions = std::map<std::string, std::vector<std::string>>;

/// The value that was given for an option, in the type its definition declares and within its
/// bounds. Numbers are decimal or, after 0x, hexadecimal; bool is true or false. The error says
/// which option, what was given and what was expected.
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

  /// Checks what was given against the definition. The error names the detector, the option, the
  /// value and what was expected, with the closest option where the name is not known.
  static Result<DetectorConfig> Make(const DetectorDefinition& definition,
                                     const GivenOptions& given);

  /// wirehound_host.config: a WIREHOUND_* status. Values point into this.
  std::int32_t Find(std::string_view name, std::uint32_t type, wirehound_value& value) const;

  /// Whether two are the same in every option.
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
