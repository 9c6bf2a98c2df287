// SPDX-License-Identifier: Apache-2.0

#include "engine/config/config_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>
#include <variant>

#include "engine/config/config_reader.h"
#include "engine/text/closest_name.h"

namespace wirehound {

Result<ConfigFile> ConfigFile::Read(const std::filesystem::path& path) {
  const auto failed = [&path](const std::string& reason) {
    return Error(ErrorCode::kInvalidInput, "configuration " + path.string() + ": " + reason);
  };
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return failed("is a directory; expected a file");
  }
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    return failed(std::strerror(errno));
  }
  std::string text(kMaxBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (stream.bad()) {
    return failed("cannot be read");
  }
  return Parse(text, path.string());
}

Result<ConfigFile> ConfigFile::Parse(std::string_view text, const std::string& name) {
  ConfigFile file;
  file.name_ = name;
  WIREHOUND_TRY(ConfigReader(file).Read(text));
  return file;
}

Error ConfigFile::At(FilePosition position, const std::string& message) const {
  return {ErrorCode::kInvalidInput, name_ + ":" + std::to_string(position.line) + ":" +
                                        std::to_string(position.column) + ": " + message};
}

// Checks what the texts alone do not show: a list of one text is no text, and "10" in quotes is no
// number.
Status ConfigFile::CheckForm(const ConfigOption& option, const Given& given) {
  const OptionValue& like = option.default_value;
  const std::string subject = "option '" + option.name + "': ";
  if (std::holds_alternative<std::vector<std::string>>(like)) {
    return given.form == Form::kList
               ? Status()
               : Status(Error(subject + "'" + given.texts.front() + "'; expected a list of texts"));
  }
  if (given.form == Form::kList) {
    return Error(subject + "a list; expected a single value");
  }
  if (given.form == Form::kQuoted && !std::holds_alternative<std::string>(like)) {
    return Error(subject + "'" + given.texts.front() +
                 "' is a text, as it is in quotes; expected a value without");
  }
  return {};
}

Result<DetectorConfig> ConfigFile::ConfigOf(const DetectorDefinition& definition) const {
  GivenOptions options;
  const auto section = detectors_.find(definition.id);
  if (section == detectors_.end()) {
    return DetectorConfig::Make(definition, options);
  }
  for (const auto& [name, given] : section->second.options) {
    Result<const ConfigOption*> option = FindOption(definition, name);
    if (!option) {
      return At(given.name_position, option.error().message());
    }
    const std::string context = "detector " + definition.id + ": ";
    if (Status form = CheckForm(**option, given); !form) {
      return At(given.value_position, context + form.error().message());
    }
    if (Result<OptionValue> value = ParseOption(**option, given.texts); !value) {
      return At(given.value_position, context + value.error().message());
    }
    options.emplace(name, given.texts);
  }
  return DetectorConfig::Make(definition, options);
}

std::vector<std::string> ConfigFile::UnknownDetectors(
    std::span<const DetectorDefinition* const> detectors) const {
  std::vector<std::string> ids;
  for (const DetectorDefinition* detector : detectors) {
    ids.push_back(detector->id);
  }
  std::vector<std::string> lines;
  for (const auto& [id, section] : detectors_) {
    if (std::find(ids.begin(), ids.end(), id) != ids.end()) {
      continue;
    }
    const std::string hint = DidYouMean(id, ids);
    lines.push_back(At(section.position,
                       "no detector '" + id + "' is loaded" + (hint.empty() ? hint : "; " + hint))
                        .message());
  }
  return lines;
}

}  // namespace wirehound
