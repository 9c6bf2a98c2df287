// SPDX-License-Identifier: Apache-2.0

// Definitions of detectors from text, one a line: "b: B needs a, net_packet_udp, c?" is detector b,
// which produces event B from the events a and net_packet_udp, and from c when there is one.

#pragma once

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/definition.h>

namespace wirehound::test {

/// Parses the definition in a line.
inline DetectorDefinition ParseDetector(const std::string& line) {
  DetectorDefinition definition;
  std::istringstream words(line);
  std::string word;
  words >> definition.id >> definition.produced_event.name >> word;
  definition.id.pop_back();  // the colon
  while (words >> word) {
    if (word.back() == ',') {
      word.pop_back();
    }
    const bool optional = word.back() == '?';
    if (optional) {
      word.pop_back();
    }
    definition.requirements.events.push_back(
        {word, optional ? Dependency::kOptional : Dependency::kRequired});
  }
  return definition;
}

/// Parses one definition for each line that is not blank. Ignores leading blanks.
inline std::vector<DetectorDefinition> ParseDetectors(const std::string& text) {
  std::vector<DetectorDefinition> definitions;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t start = line.find_first_not_of(' ');
    if (start != std::string::npos) {
      definitions.push_back(ParseDetector(line.substr(start)));
    }
  }
  return definitions;
}

/// Joins the words: "a b c".
inline std::string Join(const std::vector<std::string>& words, std::string_view separator = " ") {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? std::string_view() : separator);
    text += word;
  }
  return text;
}

}  // namespace wirehound::test
