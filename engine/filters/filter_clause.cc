// SPDX-License-Identifier: Apache-2.0

#include "engine/filters/filter_clause.h"

#include <string>
#include <utility>

namespace wirehound {

namespace {

struct OperatorSpelling {
  std::string_view text;
  FilterOperator op;
};

// Longer ones first: "<=" is not "<" followed by "=".
constexpr OperatorSpelling kOperators[] = {
    {"!=", FilterOperator::kNotEqual},
    {"<=", FilterOperator::kLessOrEqual},
    {">=", FilterOperator::kGreaterOrEqual},
    {"=", FilterOperator::kEqual},
    {"<", FilterOperator::kLess},
    {">", FilterOperator::kGreater},
    {"~", FilterOperator::kMatches},
};

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

// Whether a backslash makes the last character part of the value.
bool EndsEscaped(std::string_view text) {
  std::size_t backslashes = 0;
  while (backslashes + 1 < text.size() && text[text.size() - 2 - backslashes] == '\\') {
    ++backslashes;
  }
  return backslashes % 2 == 1;
}

// At commas that no backslash stands before.
std::vector<std::string_view> SplitValues(std::string_view text) {
  std::vector<std::string_view> values;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == ',') {
      values.push_back(TrimBlanks(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  values.push_back(TrimBlanks(text.substr(begin)));
  return values;
}

// "==" or "=~" of other languages. Without this check the value would begin with "=" or "~".
Status CheckSpelling(std::string_view op, std::string_view behind) {
  if (behind.empty() || op == "~" || kOperatorCharacters.find(behind.front()) == behind.npos) {
    return {};
  }
  const std::string together = std::string(op) + behind.front();
  return BadWord(together, "expected one of the operators " + std::string(kOperatorWords) +
                               "; a value that begins with '" + behind.front() +
                               "' is written '\\" + behind.front() + "'");
}

}  // namespace

std::string_view OperatorText(FilterOperator op) {
  for (const OperatorSpelling& spelling : kOperators) {
    if (spelling.op == op) {
      return spelling.text;
    }
  }
  return "";
}

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && IsBlank(text.back()) && !EndsEscaped(text)) {
    text.remove_suffix(1);
  }
  return text;
}

Error BadWord(std::string_view word, std::string_view what) {
  return {ErrorCode::kInvalidInput, "'" + std::string(word) + "': " + std::string(what)};
}

Result<FilterClause> ParseClause(std::string_view text) {
  const std::size_t at = text.find_first_of(kOperatorCharacters);
  FilterClause clause;
  clause.path = TrimBlanks(text.substr(0, at));
  if (clause.path.empty()) {
    return BadWord(text, "expected the name of a field in front of the operator");
  }
  if (at == std::string_view::npos) {
    return clause;
  }
  std::string_view rest = text.substr(at);
  for (const OperatorSpelling& spelling : kOperators) {
    if (rest.substr(0, spelling.text.size()) == spelling.text) {
      clause.op = spelling.op;
      rest.remove_prefix(spelling.text.size());
      break;
    }
  }
  if (clause.op == FilterOperator::kNone) {
    return BadWord(rest.substr(0, 1),
                   "expected one of the operators " + std::string(kOperatorWords));
  }
  WIREHOUND_TRY(CheckSpelling(OperatorText(clause.op), rest));
  if (clause.op == FilterOperator::kMatches) {
    while (!rest.empty() && IsBlank(rest.front())) {
      rest.remove_prefix(1);
    }
    clause.values.push_back(rest);
  } else {
    clause.values = SplitValues(rest);
  }
  return clause;
}

}  // namespace wirehound
