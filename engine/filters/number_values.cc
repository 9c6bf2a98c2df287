// SPDX-License-Identifier: Apache-2.0

#include "engine/filters/number_values.h"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace wirehound {

namespace {

using Keys = RangeSet<std::uint64_t>;

struct KeyRange {
  std::uint64_t first;
  std::uint64_t last;
};

template <typename Number>
std::optional<Number> ReadWhole(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

KeyRange WholeRange(const ValueType& type) {
  switch (type.comparison) {
    case Comparison::kSigned:
      return {NumberKey(type.minimum), NumberKey(static_cast<std::int64_t>(type.maximum))};
    case Comparison::kReal:
      return {NumberKey(-std::numeric_limits<double>::infinity()),
              NumberKey(std::numeric_limits<double>::infinity())};
    default:
      return {0, type.maximum};
  }
}

// The key of one number, when it is one that the type can hold.
std::optional<std::uint64_t> ReadKey(const ValueType& type, std::string_view text) {
  std::optional<std::uint64_t> key;
  if (type.comparison == Comparison::kReal) {
    const std::optional<double> real = ReadWhole<double>(text);
    if (real && std::isfinite(*real)) {
      key = NumberKey(*real);
    }
  } else if (type.comparison == Comparison::kSigned) {
    if (const auto number = ReadWhole<std::int64_t>(text)) {
      key = NumberKey(*number);
    }
  } else {
    key = ReadWhole<std::uint64_t>(text);
  }
  const KeyRange whole = WholeRange(type);
  return key && *key >= whole.first && *key <= whole.last ? key : std::nullopt;
}

// Where the '-' between two numbers stands: not that of a negative number or of an exponent.
std::size_t RangeDash(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char before = text[i - 1];
    if (text[i] == '-' && ((before >= '0' && before <= '9') || before == '.')) {
      return i;
    }
  }
  return std::string_view::npos;
}

Status AddRange(const ValueType& type, std::string_view value, Keys& keys) {
  const std::size_t dash = RangeDash(value);
  const auto first = ReadKey(type, value.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : ReadKey(type, value.substr(dash + 1));
  if (!first || !last) {
    return BadWord(value, "expected " + ValueWords(type));
  }
  if (*first > *last) {
    return BadWord(value, "expected the lower end of the range first");
  }
  keys.Add(*first, *last);
  return {};
}

// The range of keys on one side of a number.
Status AddSide(const ValueType& type, FilterOperator op, std::string_view value, Keys& keys) {
  const std::optional<std::uint64_t> key = ReadKey(type, value);
  if (!key) {
    return BadWord(value, "expected " + ValueWords(type));
  }
  const bool is_below = op == FilterOperator::kLess || op == FilterOperator::kLessOrEqual;
  const bool is_strict = op == FilterOperator::kLess || op == FilterOperator::kGreater;
  KeyRange range = WholeRange(type);
  if (is_strict && *key == (is_below ? range.first : range.last)) {
    return BadWord(value, std::string("nothing is ") + (is_below ? "less" : "greater") +
                              " than that here; expected " + ValueWords(type));
  }
  (is_below ? range.last : range.first) = !is_strict ? *key : is_below ? *key - 1 : *key + 1;
  keys.Add(range.first, range.last);
  return {};
}

Status AddBool(const ValueType& type, std::string_view value, Keys& keys) {
  if (value == "true" || value == "1") {
    keys.Add(1, std::numeric_limits<std::uint64_t>::max());
  } else if (value == "false" || value == "0") {
    keys.Add(0, 0);
  } else {
    return BadWord(value, "expected " + ValueWords(type));
  }
  return {};
}

}  // namespace

Status AddNumbers(const ValueType& type, FilterOperator op, std::string_view value, Keys& keys) {
  if (type.comparison == Comparison::kBool) {
    return AddBool(type, value, keys);
  }
  const bool is_list = op == FilterOperator::kEqual || op == FilterOperator::kNotEqual;
  return is_list ? AddRange(type, value, keys) : AddSide(type, op, value, keys);
}

}  // namespace wirehound
