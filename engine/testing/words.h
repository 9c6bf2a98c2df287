// SPDX-License-Identifier: Apache-2.0

// Splits a line of a test case into words at blanks. A word is `name=value` or bare. A value in
// double quotes may hold any byte: \" \\ \n \r \t and \xHH mean the same as in C. Outside quotes a
// backslash is an ordinary character, because DNS names contain some. Pure; any thread.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <wirehound/result.h>

namespace wirehound {

struct Word {
  std::string name;        ///< the text before '=', or the whole word
  std::string value;       ///< without quotes, escapes resolved
  bool has_value = false;  ///< whether there was a '='

  bool operator==(const Word& other) const = default;
};

/// The error says which word is wrong and what was expected.
Result<std::vector<Word>> SplitWords(std::string_view line);

/// Writes a word so that SplitWords reads it back: "name=value", with quotes if they are needed.
std::string WriteWord(const Word& word);

/// Writes several words, separated by blanks.
std::string WriteWords(const std::vector<Word>& words);

}  // namespace wirehound
