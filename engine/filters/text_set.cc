// SPDX-License-Identifier: Apache-2.0

#include "engine/filters/text_set.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "engine/filters/filter_clause.h"

namespace wirehound {

namespace {

// Memory that one regular expression may use, program and cache of states together.
constexpr std::int64_t kMaxPatternBytes = 1 << 20;

constexpr std::array<char, 256> MakeLower() {
  std::array<char, 256> lower{};
  for (std::size_t i = 0; i < lower.size(); ++i) {
    const auto c = static_cast<char>(i);
    lower[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lower;
}
constexpr std::array<char, 256> kLower = MakeLower();

char Lower(char c) { return kLower[static_cast<unsigned char>(c)]; }

// The three kinds of text to search. Each compares a part of itself with a piece, and finds a
// piece.

class PlainText {
 public:
  explicit PlainText(std::string_view text) : text_(text) {}
  std::size_t size() const { return text_.size(); }
  int Compare(std::size_t at, const std::string& piece) const {
    return piece.empty() ? 0 : std::memcmp(text_.data() + at, piece.data(), piece.size());
  }
  std::size_t Find(std::size_t at, std::size_t end, const std::string& piece) const {
    if (end - at < piece.size()) {
      return std::string_view::npos;
    }
    const void* found = memmem(text_.data() + at, end - at, piece.data(), piece.size());
    return found == nullptr
               ? std::string_view::npos
               : static_cast<std::size_t>(static_cast<const char*>(found) - text_.data());
  }

 private:
  std::string_view text_;
};

// The part that the two kinds with one character at a time share.
template <typename Text>
class CharacterText {
 public:
  int Compare(std::size_t at, const std::string& piece) const {
    for (std::size_t i = 0; i < piece.size(); ++i) {
      const auto a = static_cast<unsigned char>(text().At(at + i));
      const auto b = static_cast<unsigned char>(piece[i]);
      if (a != b) {
        return a < b ? -1 : 1;
      }
    }
    return 0;
  }
  std::size_t Find(std::size_t at, std::size_t end, const std::string& piece) const {
    for (; at + piece.size() <= end; ++at) {
      if (Compare(at, piece) == 0) {
        return at;
      }
    }
    return std::string_view::npos;
  }

 private:
  const Text& text() const { return static_cast<const Text&>(*this); }
};

class LowerText : public CharacterText<LowerText> {
 public:
  explicit LowerText(std::string_view text) : text_(text) {}
  std::size_t size() const { return text_.size(); }
  char At(std::size_t i) const { return Lower(text_[i]); }

 private:
  std::string_view text_;
};

class HexText : public CharacterText<HexText> {
 public:
  explicit HexText(const wirehound_bytes& bytes) : bytes_(bytes) {}
  std::size_t size() const { return bytes_.size * 2; }
  char At(std::size_t i) const {
    const unsigned byte = bytes_.data[i / 2];
    return "0123456789abcdef"[i % 2 == 0 ? byte >> 4 : byte & 0xf];
  }

 private:
  wirehound_bytes bytes_;
};

bool IsHexDigit(char c) { return (c >= '0' && c <= '9') || (Lower(c) >= 'a' && Lower(c) <= 'f'); }

bool SortsBefore(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace

TextSet::TextSet(Case text_case) : case_(text_case) {}
TextSet::~TextSet() = default;
TextSet::TextSet(TextSet&&) noexcept = default;
TextSet& TextSet::operator=(TextSet&&) noexcept = default;

void TextSet::AddPieces(std::vector<std::string> pieces) {
  if (case_ == Case::kIgnored) {
    for (std::string& piece : pieces) {
      std::transform(piece.begin(), piece.end(), piece.begin(), Lower);
    }
  }
  if (pieces.size() == 1) {
    const auto place = std::lower_bound(exact_.begin(), exact_.end(), pieces[0], SortsBefore);
    if (place == exact_.end() || *place != pieces[0]) {
      exact_.insert(place, std::move(pieces[0]));
    }
    return;
  }
  Glob glob;
  glob.pieces = std::move(pieces);
  for (const std::string& piece : glob.pieces) {
    glob.least_size += piece.size();
  }
  globs_.push_back(std::move(glob));
}

Status TextSet::AddText(std::string_view value) {
  std::vector<std::string> pieces(1);
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '*') {
      pieces.emplace_back();
      continue;
    }
    if (value[i] == '\\' && ++i == value.size()) {
      return BadWord(value, "expected a character behind the '\\' at the end");
    }
    pieces.back() += value[i];
  }
  AddPieces(std::move(pieces));
  return {};
}

Status TextSet::AddHex(std::string_view value) {
  std::vector<std::string> pieces(1);
  for (const char c : value) {
    if (c == '*') {
      pieces.emplace_back();
    } else if (IsHexDigit(c)) {
      pieces.back() += Lower(c);
    } else {
      return BadWord(value, "expected hexadecimal digits, two for each byte");
    }
  }
  if (pieces.size() == 1 && value.size() % 2 != 0) {
    return BadWord(value, "expected hexadecimal digits, two for each byte");
  }
  AddPieces(std::move(pieces));
  return {};
}

Status TextSet::AddPattern(std::string_view pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(kMaxPatternBytes);
  options.set_case_sensitive(case_ == Case::kExact);
  auto compiled = std::make_unique<const RE2>(pattern, options);
  if (!compiled->ok()) {
    return BadWord(pattern, "expected a regular expression: " + compiled->error());
  }
  patterns_.push_back(std::move(compiled));
  return {};
}

void TextSet::AddPrefix(std::string_view prefix) { AddPieces({std::string(prefix), ""}); }

// Places each piece in between as early as possible: if any placement fits, this one does.
template <typename Text>
bool TextSet::Matches(const Glob& glob, const Text& text) {
  const std::string& first = glob.pieces.front();
  const std::string& last = glob.pieces.back();
  if (text.size() < glob.least_size || text.Compare(0, first) != 0 ||
      text.Compare(text.size() - last.size(), last) != 0) {
    return false;
  }
  std::size_t at = first.size();
  const std::size_t end = text.size() - last.size();
  for (std::size_t i = 1; i + 1 < glob.pieces.size(); ++i) {
    const std::string& piece = glob.pieces[i];
    if (piece.empty()) {
      continue;
    }
    const std::size_t found = text.Find(at, end, piece);
    if (found == std::string_view::npos) {
      return false;
    }
    at = found + piece.size();
  }
  return true;
}

template <typename Text>
bool TextSet::Finds(const Text& text) const {
  const auto is_before = [](const std::string& exact, const Text& t) {
    return exact.size() != t.size() ? exact.size() < t.size() : t.Compare(0, exact) > 0;
  };
  const auto found = std::lower_bound(exact_.begin(), exact_.end(), text, is_before);
  if (found != exact_.end() && found->size() == text.size() && text.Compare(0, *found) == 0) {
    return true;
  }
  return std::any_of(globs_.begin(), globs_.end(),
                     [&text](const Glob& glob) { return Matches(glob, text); });
}

bool TextSet::Contains(std::string_view text) const {
  if (case_ == Case::kExact ? Finds(PlainText(text)) : Finds(LowerText(text))) {
    return true;
  }
  return std::any_of(patterns_.begin(), patterns_.end(),
                     [text](const auto& pattern) { return RE2::PartialMatch(text, *pattern); });
}

bool TextSet::ContainsHex(const wirehound_bytes& bytes) const { return Finds(HexText(bytes)); }

}  // namespace wirehound
