// SPDX-License-Identifier: Apache-2.0

#include "engine/filters/value_type.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

namespace wirehound {

namespace {

bool IsWord(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
}

// The texts of a number shown as text, when they are few.
std::string NumberTextWords(const ValueType& type) {
  constexpr std::size_t kFewWords = 8;
  const std::vector<std::string> texts = NumberTextsOf(type, kFewWords + 1);
  if (texts.size() > kFewWords) {
    const auto word = std::find_if(texts.begin(), texts.end(), IsWord);
    return "a name like '" + (word == texts.end() ? texts[0] : *word) + "'";
  }
  std::string words;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    words += i == 0 ? "" : i + 1 == texts.size() ? " or " : ", ";
    words += "'" + texts[i] + "'";
  }
  return words;
}

}  // namespace

std::string ValueWords(const ValueType& type) {
  switch (type.comparison) {
    case Comparison::kUnsigned:
    case Comparison::kSigned:
      return "a number from " + std::to_string(type.minimum) + " to " +
             std::to_string(type.maximum);
    case Comparison::kReal:
      return "a number";
    case Comparison::kBool:
      return "true or false";
    case Comparison::kNumberText:
      return NumberTextWords(type);
    case Comparison::kText:
      return "a text";
    case Comparison::kHex:
      return "hexadecimal digits, two for each byte";
    case Comparison::kAddress:
      return "an address, a range of addresses or a CIDR block";
    case Comparison::kContainer:
      return "the id of a container or its first 12 or more characters";
    case Comparison::kTree:
      return "the id of a process on the host";
  }
  return "";
}

bool HasOperator(const ValueType& type, FilterOperator op) {
  switch (op) {
    case FilterOperator::kNone:
      return false;
    case FilterOperator::kEqual:
    case FilterOperator::kNotEqual:
      return true;
    case FilterOperator::kMatches:
      return type.comparison == Comparison::kText || type.comparison == Comparison::kNumberText;
    default:
      return type.comparison == Comparison::kUnsigned || type.comparison == Comparison::kSigned ||
             type.comparison == Comparison::kReal;
  }
}

std::string_view OperatorsOf(const ValueType& type) {
  if (HasOperator(type, FilterOperator::kLess)) {
    return "=, !=, <, <=, > or >=";
  }
  return HasOperator(type, FilterOperator::kMatches) ? "=, != or ~" : "= or !=";
}

std::vector<std::string> NumberTextsOf(const ValueType& type, std::size_t limit) {
  std::vector<std::string> texts;
  std::set<std::string, std::less<>> known;
  for (std::uint32_t number = 0; number < type.text_count && texts.size() < limit; ++number) {
    TextBuffer scratch;
    const std::string_view text = type.text(number, scratch);
    if (!text.empty() && known.find(text) == known.end()) {
      texts.emplace_back(text);
      known.emplace(text);
    }
  }
  return texts;
}

}  // namespace wirehound
