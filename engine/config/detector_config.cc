// SPDX-License-Identifier: Apache-2.0

#include "engine/config/detector_config.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <optional>
#include <type_traits>
#include <utility>

#include <wirehound/views.h>

#include "engine/text/closest_name.h"

namespace wirehound {

namespace {

// `text` as a number; nothing when it is no number or more than one.
template <typename Number>
std::optional<Number> ToNumber(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  std::from_chars_result result{};
  if constexpr (std::is_integral_v<Number>) {
    const bool is_hexadecimal = text.substr(0, 2) == "0x";
    result = std::from_chars(text.data() + (is_hexadecimal ? 2 : 0), end, number,
                             is_hexadecimal ? 16 : 10);
  } else {
    result = std::from_chars(text.data(), end, number);
    if (result.ec == std::errc() && !std::isfinite(number)) {
      return std::nullopt;
    }
  }
  return result.ec == std::errc() && result.ptr == end ? std::optional(number) : std::nullopt;
}

std::string Show(const OptionValue& value) {
  return std::visit(
      [](const auto& v) -> std::string {
        using Type = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<Type, bool>) {
          return v ? "true" : "false";
        } else if constexpr (std::is_same_v<Type, std::string>) {
          return v;
        } else if constexpr (std::is_arithmetic_v<Type>) {
          char text[64];
          const auto result = std::to_chars(text, text + sizeof(text), v);
          return {text, result.ptr};
        } else {
          return "a list";
        }
      },
      value);
}

// "a number between 1 and 10"
std::string Expected(const ConfigOption& option) {
  constexpr const char* kNames[] = {"true or false", "a whole number", "a whole number from 0 up",
                                    "a number",      "a text",         "a list of texts"};
  std::string text = kNames[option.default_value.index()];
  if (option.minimum && option.maximum) {
    return text + " between " + Show(*option.minimum) + " and " + Show(*option.maximum);
  }
  if (option.minimum) {
    return text + ", at least " + Show(*option.minimum);
  }
  return option.maximum ? text + ", at most " + Show(*option.maximum) : text;
}

// The texts as a value of the type of `like`, or nothing.
std::optional<OptionValue> Convert(const OptionValue& like, const std::vector<std::string>& texts) {
  return std::visit(
      [&texts](const auto& example) -> std::optional<OptionValue> {
        using Type = std::decay_t<decltype(example)>;
        if constexpr (std::is_same_v<Type, std::vector<std::string>>) {
          return texts;
        } else {
          if (texts.size() != 1) {
            return std::nullopt;
          }
          const std::string& text = texts.front();
          if constexpr (std::is_same_v<Type, std::string>) {
            return text;
          } else if constexpr (std::is_same_v<Type, bool>) {
            return text == "true" || text == "false" ? std::optional<OptionValue>(text == "true")
                                                     : std::nullopt;
          } else {
            const std::optional<Type> number = ToNumber<Type>(text);
            return number ? std::optional<OptionValue>(*number) : std::nullopt;
          }
        }
      },
      like);
}

bool IsWithin(const OptionValue& value, const ConfigOption& option) {
  return (!option.minimum || !(value < *option.minimum)) &&
         (!option.maximum || !(*option.maximum < value));
}

std::string Given(const std::vector<std::string>& texts) {
  return texts.size() == 1 ? "'" + texts.front() + "'"
                           : "a list of " + std::to_string(texts.size());
}

std::uint32_t TypeOf(const OptionValue& value) {
  constexpr std::uint32_t kTypes[] = {WIREHOUND_TYPE_BOOL,   WIREHOUND_TYPE_INT64,
                                      WIREHOUND_TYPE_UINT64, WIREHOUND_TYPE_DOUBLE,
                                      WIREHOUND_TYPE_STRING, WIREHOUND_TYPE_STRING_LIST};
  return kTypes[value.index()];
}

}  // namespace

Result<OptionValue> ParseOption(const ConfigOption& option, const std::vector<std::string>& texts) {
  std::optional<OptionValue> value = Convert(option.default_value, texts);
  if (!value || !IsWithin(*value, option)) {
    return Error(ErrorCode::kInvalidInput, "option '" + option.name + "': " + Given(texts) +
                                               "; expected " + Expected(option));
  }
  return *std::move(value);
}

Result<const ConfigOption*> FindOption(const DetectorDefinition& definition,
                                       std::string_view name) {
  std::vector<std::string> names;
  for (const ConfigOption& option : definition.config) {
    if (option.name == name) {
      return &option;
    }
    names.push_back(option.name);
  }
  std::string message = "detector " + definition.id + " has no option '" + std::string(name) + "'";
  if (names.empty()) {
    return Error(ErrorCode::kInvalidInput, message + "; it has none");
  }
  const std::string hint = DidYouMean(name, names);
  return Error(ErrorCode::kInvalidInput, hint.empty() ? message : message + "; " + hint);
}

Result<DetectorConfig> DetectorConfig::Make(const DetectorDefinition& definition,
                                            const GivenOptions& given) {
  for (const auto& [name, texts] : given) {
    WIREHOUND_TRY(FindOption(definition, name));
  }
  DetectorConfig config;
  for (const ConfigOption& option : definition.config) {
    const auto found = given.find(option.name);
    Result<OptionValue> value = found == given.end() ? Result<OptionValue>(option.default_value)
                                                     : ParseOption(option, found->second);
    if (!value) {
      return std::move(value).error().WithContext("detector " + definition.id);
    }
    config.entries_.push_back({option.name, *std::move(value), {}});
  }
  config.PointTexts();
  return config;
}

DetectorConfig::DetectorConfig(const DetectorConfig& other) : entries_(other.entries_) {
  PointTexts();
}

DetectorConfig& DetectorConfig::operator=(const DetectorConfig& other) {
  entries_ = other.entries_;
  PointTexts();
  return *this;
}

// Makes the C form of lists. It points into the texts of entries_, which must not change
// afterwards.
void DetectorConfig::PointTexts() {
  for (Entry& entry : entries_) {
    entry.texts.clear();
    if (const auto* list = std::get_if<std::vector<std::string>>(&entry.value)) {
      std::transform(list->begin(), list->end(), std::back_inserter(entry.texts), FromView);
    }
  }
}

wirehound_list DetectorConfig::ListOf(const Entry& entry) {
  return {entry.texts.data(), static_cast<std::uint32_t>(entry.texts.size()),
          static_cast<std::uint32_t>(sizeof(wirehound_string))};
}

std::int32_t DetectorConfig::Find(std::string_view name, std::uint32_t type,
                                  wirehound_value& value) const {
  const auto entry = std::find_if(entries_.begin(), entries_.end(),
                                  [name](const Entry& e) { return e.name == name; });
  if (entry == entries_.end()) {
    return WIREHOUND_ERROR_NOT_FOUND;
  }
  if (TypeOf(entry->value) != type) {
    return WIREHOUND_ERROR_WRONG_TYPE;
  }
  value = {};
  if (const auto* flag = std::get_if<bool>(&entry->value)) {
    value.unsigned_integer = *flag ? 1 : 0;
  } else if (const auto* number = std::get_if<std::int64_t>(&entry->value)) {
    value.signed_integer = *number;
  } else if (const auto* count = std::get_if<std::uint64_t>(&entry->value)) {
    value.unsigned_integer = *count;
  } else if (const auto* real = std::get_if<double>(&entry->value)) {
    value.real = *real;
  } else if (const auto* text = std::get_if<std::string>(&entry->value)) {
    value.text = FromView(*text);
  } else {
    value.list = ListOf(*entry);
  }
  return WIREHOUND_OK;
}

bool DetectorConfig::operator==(const DetectorConfig& other) const {
  return std::equal(
      entries_.begin(), entries_.end(), other.entries_.begin(), other.entries_.end(),
      [](const Entry& a, const Entry& b) { return a.name == b.name && a.value == b.value; });
}

}  // namespace wirehound
