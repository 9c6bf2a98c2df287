// SPDX-License-Identifier: Apache-2.0

// FilterClause: the text of one clause of a filter taken apart: PATH OP VALUES. Knows no fields
// and no types. Views point into the text. Control thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <wirehound/result.h>

namespace wirehound {

enum class FilterOperator : std::uint8_t {
  kNone,  ///< a word alone: "container"
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kMatches,  ///< a regular expression
};

/// The characters that operators begin with. No path has one.
inline constexpr std::string_view kOperatorCharacters = "=!<>~";

/// All operators, for messages.
inline constexpr std::string_view kOperatorWords = "=, !=, <, <=, >, >= or ~";

struct FilterClause {
  std::string_view path;
  FilterOperator op = FilterOperator::kNone;
  /// As written, blanks around each taken off: `\` still stands before the character that it
  /// escapes. One that is empty when nothing follows the operator. Of kMatches the one pattern.
  std::vector<std::string_view> values;
};

/// As the user writes it: ">=".
std::string_view OperatorText(FilterOperator op);

/// Takes a clause apart.
Result<FilterClause> ParseClause(std::string_view text);

/// An error about one word of a clause: "'http': expected a number from 0 to 65535".
Error BadWord(std::string_view word, std::string_view what);

/// `text` without the blanks around it. A blank behind a backslash stays.
std::string_view TrimBlanks(std::string_view text);

}  // namespace wirehound
