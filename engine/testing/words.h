// SPDX-License-Identifier: Apache-2.0

// The words of a line of a test case: `name=value` or a bare word, by blanks. A value in double
// quotes may hold anything: \" \\ \n \r \t and \xHH stand for what they do in C. Outside quotes a
// backslash is a backslash, as DNS names have them. Pure; any thread.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <wirehound/result.h>

namespace wirehound {

struct Word {
  std::string name;        ///< what stands before '=', or the whole word
  std::string value;       ///< without its quotes
  bool has_value = false;  ///< whether there was a '='

  bool operator==(const Word& other) const = default;
};

/// The error says which word is wrong and what was expected.
Result<std::vector<Word>> SplitWords(std::string_view line);

/// The word as it has to be written to be read back: "name=value", with quotes where they are
/// needed.
std::string WriteWord(const Word& word);

/// Several, by blanks.
std::string WriteWords(const std::vector<Word>& words);

}  // namespace wirehound
