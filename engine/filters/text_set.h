// SPDX-License-Identifier: Apache-2.0

// TextSet: a set of texts: exact ones, ones with `*` wildcards, and regular expressions (RE2). Case
// counts or not. Bytes are compared with hexadecimal digits without being converted to text.
//
// Built on the control thread, asked on the dispatch thread. Asking allocates nothing, except that
// RE2 fills its cache of states, which is bounded, as it meets new texts.

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/abi/values.h>
#include <wirehound/result.h>

namespace re2 {
class RE2;
}

namespace wirehound {

class TextSet {
 public:
  enum class Case : unsigned char { kExact, kIgnored };

  explicit TextSet(Case text_case);
  ~TextSet();
  TextSet(TextSet&&) noexcept;
  TextSet& operator=(TextSet&&) noexcept;

  bool empty() const { return exact_.empty() && globs_.empty() && patterns_.empty(); }

  /// The texts, when all of them are exact: no wildcards, no regular expressions. Else null.
  const std::vector<std::string>* exact() const {
    return globs_.empty() && patterns_.empty() ? &exact_ : nullptr;
  }

  /// Adds a text in which `*` stands for anything and `\` escapes the next character.
  Status AddText(std::string_view value);

  /// The same for digits of bytes, two for each; `*` may stand for any number of digits.
  Status AddHex(std::string_view value);

  /// Adds all texts in which a regular expression matches somewhere.
  Status AddPattern(std::string_view pattern);

  /// Adds all texts that begin with `prefix`.
  void AddPrefix(std::string_view prefix);

  bool Contains(std::string_view text) const;

  /// Whether the digits of `bytes` are in the set, which AddHex must have made.
  bool ContainsHex(const wirehound_bytes& bytes) const;

 private:
  // A text with wildcards: what stands before the first, between two of them and behind the last.
  struct Glob {
    std::vector<std::string> pieces;
    std::size_t least_size = 0;
  };

  void AddPieces(std::vector<std::string> pieces);

  template <typename Text>
  bool Finds(const Text& text) const;
  template <typename Text>
  static bool Matches(const Glob& glob, const Text& text);

  Case case_;
  std::vector<std::string> exact_;  // by size, then by content; in lower case where that is ignored
  std::vector<Glob> globs_;
  std::vector<std::unique_ptr<const re2::RE2>> patterns_;
};

}  // namespace wirehound
