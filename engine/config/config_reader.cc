// SPDX-License-Identifier: Apache-2.0

#include "engine/config/config_reader.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "engine/runtimes/runtime_socket.h"
#include "engine/text/closest_name.h"

namespace wirehound {

namespace {

FilePosition PositionOf(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

// Counts the nodes of a text and keeps none of them. Throws at the first one beyond a bound.
class BoundsCheck : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      throw YAML::ParserException(mark, "a second document; expected one");
    }
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { Take(mark, anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    throw YAML::ParserException(mark, "an alias; expected the value itself");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                const std::string& /*value*/) override {
    Take(mark, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    Take(mark, anchor);
    Enter(mark);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    Take(mark, anchor);
    Enter(mark);
  }
  void OnMapEnd() override { --depth_; }

 private:
  void Take(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) {
      throw YAML::ParserException(mark, "an anchor; anchors and aliases are not allowed");
    }
    if (++nodes_ > ConfigFile::kMaxNodes) {
      throw YAML::ParserException(mark,
                                  "more than " + std::to_string(ConfigFile::kMaxNodes) + " values");
    }
  }
  void Enter(const YAML::Mark& mark) {
    if (++depth_ > ConfigFile::kMaxDepth) {
      throw YAML::ParserException(mark, "lists and maps nested more than " +
                                            std::to_string(ConfigFile::kMaxDepth) + " deep");
    }
  }

  std::size_t documents_ = 0;
  std::size_t nodes_ = 0;
  std::size_t depth_ = 0;
};

std::string KindOf(const YAML::Node& node) {
  return node.IsMap()        ? "a map"
         : node.IsSequence() ? "a list"
         : node.IsNull()     ? "nothing"
                             : "a value";
}

std::string WithHint(std::string message, std::string_view name,
                     const std::vector<std::string>& valid) {
  const std::string hint = DidYouMean(name, valid);
  if (!hint.empty()) {
    return message + "; " + hint;
  }
  message += "; expected ";
  for (const std::string& word : valid) {
    message += (&word == &valid.front() ? "" : ", ") + word;
  }
  return message;
}

std::optional<std::uint64_t> ToCount(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

}  // namespace

Result<std::uint64_t> ParseDuration(std::string_view text) {
  constexpr std::pair<std::string_view, std::uint64_t> kUnits[] = {
      {"ns", 1}, {"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}};
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::optional<std::uint64_t> number = ToCount(text.substr(0, digits));
  const std::string_view unit = text.substr(digits);
  if (number == std::uint64_t{0} && unit.empty()) {
    return std::uint64_t{0};
  }
  for (const auto& [name, nanoseconds] : kUnits) {
    if (number && unit == name &&
        *number <= std::numeric_limits<std::uint64_t>::max() / nanoseconds) {
      return *number * nanoseconds;
    }
  }
  return Error(ErrorCode::kInvalidInput,
               "'" + std::string(text) + "'; expected a time such as 100ms, in ns, us, ms, s or m");
}

Error ConfigReader::At(const YAML::Node& node, const std::string& message) const {
  return file_.At(PositionOf(node.Mark()), message);
}

Status ConfigReader::Read(std::string_view text) {
  if (text.size() > ConfigFile::kMaxBytes) {
    return Error(ErrorCode::kInvalidInput,
                 file_.name_ + ": larger than " + std::to_string(ConfigFile::kMaxBytes) + " bytes");
  }
  const std::string copy(text);
  try {
    CheckBounds(copy);
    return ReadRoot(YAML::Load(copy));
  } catch (const YAML::ParserException& exception) {
    return file_.At(PositionOf(exception.mark), exception.msg);
  } catch (const std::exception& exception) {
    return Error(ErrorCode::kInvalidInput, file_.name_ + ": " + exception.what());
  }
}

void ConfigReader::CheckBounds(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  BoundsCheck check;
  while (parser.HandleNextDocument(check)) {
  }
}

// Fails unless `node` is a map whose keys are texts, each of them once.
Status ConfigReader::CheckMap(const std::string& what, const YAML::Node& node) const {
  if (!node.IsMap()) {
    return At(node, what + ": " + KindOf(node) + "; expected a map of names and values");
  }
  std::set<std::string> names;
  for (const auto& entry : node) {
    if (!entry.first.IsScalar()) {
      return At(entry.first, what + ": " + KindOf(entry.first) + " as a name; expected a text");
    }
    if (!names.insert(entry.first.Scalar()).second) {
      return At(entry.first, what + ": '" + entry.first.Scalar() + "' is there twice");
    }
  }
  return {};
}

Status ConfigReader::ReadRoot(const YAML::Node& root) {
  if (root.IsNull()) {
    return {};  // an empty file sets nothing
  }
  WIREHOUND_TRY(CheckMap("configuration", root));
  for (const auto& entry : root) {
    WIREHOUND_TRY(ReadSection(entry.first, entry.second));
  }
  return {};
}

Status ConfigReader::ReadSection(const YAML::Node& key, const YAML::Node& value) {
  const std::string& name = key.Scalar();
  if (name != "detectors" && name != "limits" && name != "runtime_sockets") {
    return At(key, WithHint("unknown name '" + name + "'", name,
                            {"detectors", "limits", "runtime_sockets"}));
  }
  if (value.IsNull()) {
    return {};
  }
  if (name == "runtime_sockets") {
    return ReadRuntimeSockets(value);
  }
  WIREHOUND_TRY(CheckMap(name, value));
  for (const auto& entry : value) {
    WIREHOUND_TRY(name == "limits" ? ReadLimit(entry.first, entry.second)
                                   : ReadDetector(entry.first, entry.second));
  }
  return {};
}

Status ConfigReader::ReadRuntimeSockets(const YAML::Node& list) {
  const std::string expected = "; expected a list such as [docker:/run/docker.sock], or [none]";
  if (!list.IsSequence()) {
    return At(list, "runtime_sockets: " + KindOf(list) + expected);
  }
  for (const auto& element : list) {
    if (!element.IsScalar()) {
      return At(element, "runtime_sockets: " + KindOf(element) + " in it" + expected);
    }
    file_.runtime_sockets_.push_back(element.Scalar());
    if (Result<RuntimeChoice> choice = ParseRuntimeSockets(file_.runtime_sockets_); !choice) {
      return At(element, choice.error().message());
    }
  }
  return {};
}

Status ConfigReader::ReadDetector(const YAML::Node& key, const YAML::Node& options) {
  const std::string& id = key.Scalar();
  ConfigFile::Section& section = file_.detectors_[id];
  section.position = PositionOf(key.Mark());
  if (options.IsNull()) {
    return {};
  }
  WIREHOUND_TRY(CheckMap("detector " + id, options));
  for (const auto& entry : options) {
    WIREHOUND_TRY(ReadOption(id, section, entry.first, entry.second));
  }
  return {};
}

Status ConfigReader::ReadOption(const std::string& detector, ConfigFile::Section& section,
                                const YAML::Node& key, const YAML::Node& value) {
  ConfigFile::Given& given = section.options[key.Scalar()];
  given.name_position = PositionOf(key.Mark());
  given.value_position = PositionOf(value.Mark());
  const std::string subject = "detector " + detector + ": option '" + key.Scalar() + "': ";
  if (value.IsScalar()) {
    given.form = value.Tag() == "!" ? ConfigFile::Form::kQuoted : ConfigFile::Form::kPlain;
    given.texts.push_back(value.Scalar());
    return {};
  }
  if (!value.IsSequence()) {
    return At(value, subject + KindOf(value) + "; expected a value or a list of values");
  }
  given.form = ConfigFile::Form::kList;
  for (const auto& element : value) {
    if (!element.IsScalar()) {
      return At(element, subject + KindOf(element) + " in a list; expected a value");
    }
    given.texts.push_back(element.Scalar());
  }
  return {};
}

Status ConfigReader::ReadLimit(const YAML::Node& key, const YAML::Node& value) {
  const std::string& name = key.Scalar();
  DetectorLimits& limits = file_.limits_;
  if (name != "errors_in_a_row" && name != "time_budget" && name != "overruns_in_a_row") {
    return At(key, WithHint("limits: unknown name '" + name + "'", name,
                            {"errors_in_a_row", "time_budget", "overruns_in_a_row"}));
  }
  if (!value.IsScalar()) {
    return At(value, "limits: " + name + ": " + KindOf(value) + "; expected a value");
  }
  if (name == "time_budget") {
    Result<std::uint64_t> budget = ParseDuration(value.Scalar());
    if (!budget) {
      return At(value, "limits: time_budget: " + budget.error().message());
    }
    limits.time_budget_ns = *budget;
    return {};
  }
  const std::optional<std::uint64_t> count = ToCount(value.Scalar());
  constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();
  if (!count || *count == 0 || *count > kMost) {
    return At(value, "limits: " + name + ": '" + value.Scalar() +
                         "'; expected a whole number from 1 to " + std::to_string(kMost));
  }
  (name == "errors_in_a_row" ? limits.max_errors_in_a_row : limits.max_overruns_in_a_row) =
      static_cast<std::uint32_t>(*count);
  return {};
}

}  // namespace wirehound
