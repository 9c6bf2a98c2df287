// SPDX-License-Identifier: Apache-2.0

// ConfigReader: fills a ConfigFile from YAML text. The text may be hostile: the reader checks its
// size, depth and number of nodes before it builds a tree, and refuses aliases, which can expand
// beyond any bound. Control thread.

#pragma once

#include <string>
#include <string_view>

#include <yaml-cpp/yaml.h>

#include <wirehound/result.h>

#include "engine/config/config_file.h"

namespace wirehound {

class ConfigReader {
 public:
  explicit ConfigReader(ConfigFile& file) : file_(file) {}

  Status Read(std::string_view text);

 private:
  static void CheckBounds(const std::string& text);
  Status ReadRoot(const YAML::Node& root);
  Status ReadDetector(const YAML::Node& key, const YAML::Node& options);
  Status ReadOption(const std::string& detector, ConfigFile::Section& section,
                    const YAML::Node& key, const YAML::Node& value);
  Status ReadSection(const YAML::Node& key, const YAML::Node& value);
  Status ReadRuntimeSockets(const YAML::Node& list);
  Status ReadLimit(const YAML::Node& key, const YAML::Node& value);
  Status CheckMap(const std::string& what, const YAML::Node& node) const;
  Error At(const YAML::Node& node, const std::string& message) const;

  ConfigFile& file_;
};

/// Nanoseconds of a time with its unit, such as "250ms": ns, us, ms, s or m. "0" needs no unit.
Result<std::uint64_t> ParseDuration(std::string_view text);

}  // namespace wirehound
