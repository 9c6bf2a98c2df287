// SPDX-License-Identifier: Apache-2.0

// ConfigFile: the file of --config (docs/configuration.md): options and limits of detectors,
// sockets of container runtimes. Read and Parse check its form; ConfigOf checks options against the
// definition of a loaded detector. Every error names file, line and column. Control thread, at
// start and on SIGHUP.

#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/definition.h>
#include <wirehound/result.h>

#include "engine/config/detector_config.h"
#include "engine/config/detector_limits.h"

namespace wirehound {

/// A place in the file; the first line and the first column are 1.
struct FilePosition {
  int line = 0;
  int column = 0;
};

class ConfigFile {
 public:
  /// A larger file is refused.
  static constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
  /// The most scalars, lists and maps, together.
  static constexpr std::size_t kMaxNodes = 65536;
  /// The most lists and maps inside one another; the format needs four.
  static constexpr std::size_t kMaxDepth = 16;

  /// Of no file: every option has its default.
  ConfigFile() = default;

  /// All errors are kInvalidInput.
  static Result<ConfigFile> Read(const std::filesystem::path& path);

  /// Reads text; errors call it `name`.
  static Result<ConfigFile> Parse(std::string_view text, const std::string& name);

  /// The configuration of one detector: the options that the file sets, checked against the
  /// definition, and defaults for the others.
  Result<DetectorConfig> ConfigOf(const DetectorDefinition& definition) const;

  /// One line for each detector that the file names and that is not among `detectors`. No error, as
  /// its plugin may be loaded later.
  std::vector<std::string> UnknownDetectors(
      std::span<const DetectorDefinition* const> detectors) const;

  const DetectorLimits& limits() const { return limits_; }

  /// The list runtime_sockets, each element as --runtime-socket takes it; empty when it is not set.
  const std::vector<std::string>& runtime_sockets() const { return runtime_sockets_; }

 private:
  friend class ConfigReader;

  enum class Form : unsigned char { kPlain, kQuoted, kList };

  struct Given {
    std::vector<std::string> texts;
    Form form = Form::kPlain;
    FilePosition name_position;
    FilePosition value_position;
  };

  struct Section {
    FilePosition position;
    std::map<std::string, Given> options;
  };

  static Status CheckForm(const ConfigOption& option, const Given& given);
  Error At(FilePosition position, const std::string& message) const;

  std::string name_;
  std::map<std::string, Section> detectors_;
  DetectorLimits limits_;
  std::vector<std::string> runtime_sockets_;
};

}  // namespace wirehound
