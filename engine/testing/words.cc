// SPDX-License-Identifier: Apache-2.0

#include "engine/testing/words.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace wirehound {

namespace {

constexpr std::string_view kBlanks = " \t\r";

struct Escape {
  char letter;
  char meaning;
};
constexpr Escape kEscapes[] = {{'"', '"'}, {'\\', '\\'}, {'n', '\n'}, {'r', '\r'}, {'t', '\t'}};

Error Wrong(std::string_view word, std::string_view what) {
  return {ErrorCode::kInvalidInput, fmt::format("{}: {}", word, what)};
}

// The byte that the two digits behind "\x" mean.
std::optional<char> HexByte(std::string_view digits) {
  std::uint8_t byte = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
  if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) {
    return std::nullopt;
  }
  return static_cast<char>(byte);
}

// Removes the escape at the front of `rest`, which starts with its backslash, and returns its
// meaning.
std::optional<char> TakeEscape(std::string_view& rest) {
  const char letter = rest.size() > 1 ? rest[1] : '\0';
  if (letter == 'x') {
    const std::optional<char> byte = HexByte(rest.substr(2, 2));
    rest.remove_prefix(byte ? 4 : 0);
    return byte;
  }
  const auto* escape = std::find_if(std::begin(kEscapes), std::end(kEscapes),
                                    [letter](const Escape& e) { return e.letter == letter; });
  if (escape == std::end(kEscapes)) {
    return std::nullopt;
  }
  rest.remove_prefix(2);
  return escape->meaning;
}

// Removes a quoted value from `rest`, which starts behind the opening quote, and returns it.
Result<std::string> TakeQuoted(std::string_view name, std::string_view& rest) {
  std::string value;
  while (!rest.empty() && rest.front() != '"') {
    if (rest.front() != '\\') {
      value += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    const std::optional<char> meaning = TakeEscape(rest);
    if (!meaning) {
      return Wrong(name, fmt::format("unknown escape '{}'; expected \\\", \\\\, \\n, \\r, \\t or "
                                     "\\x with two digits",
                                     rest.substr(0, 2)));
    }
    value += *meaning;
  }
  if (rest.empty()) {
    return Wrong(name, "no closing '\"'");
  }
  rest.remove_prefix(1);
  if (!rest.empty() && kBlanks.find(rest.front()) == std::string_view::npos) {
    return Wrong(name, "expected a blank behind the closing '\"'");
  }
  return value;
}

Result<Word> TakeWord(std::string_view& rest) {
  const std::size_t end = std::min(rest.find_first_of(kBlanks), rest.size());
  const std::size_t equals = rest.find('=');
  Word word;
  word.has_value = equals < end;
  word.name = rest.substr(0, word.has_value ? equals : end);
  if (!word.has_value) {
    rest.remove_prefix(end);
    return word;
  }
  if (word.name.empty()) {
    return Wrong(rest.substr(0, end), "expected a name before '='");
  }
  if (rest.substr(equals + 1, 1) != "\"") {
    word.value = rest.substr(equals + 1, end - equals - 1);
    rest.remove_prefix(end);
    return word;
  }
  rest.remove_prefix(equals + 2);
  word.value = WIREHOUND_TRY(TakeQuoted(word.name, rest));
  return word;
}

bool IsPlain(char c) { return c > ' ' && c < '\x7f' && c != '"'; }

}  // namespace

Result<std::vector<Word>> SplitWords(std::string_view line) {
  std::vector<Word> words;
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.empty()) {
      return words;
    }
    words.push_back(WIREHOUND_TRY(TakeWord(line)));
  }
}

std::string WriteWord(const Word& word) {
  if (!word.has_value) {
    return word.name;
  }
  std::string text = word.name + "=";
  if (!word.value.empty() && std::all_of(word.value.begin(), word.value.end(), IsPlain)) {
    return text + word.value;
  }
  text += '"';
  for (const char c : word.value) {
    const auto* escape = std::find_if(std::begin(kEscapes), std::end(kEscapes),
                                      [c](const Escape& e) { return e.meaning == c; });
    if (escape != std::end(kEscapes)) {
      text += '\\';
      text += escape->letter;
    } else if (c == ' ' || IsPlain(c) || static_cast<unsigned char>(c) >= 0x80) {
      text += c;  // other bytes are written as they are, as part of UTF-8
    } else {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return text + '"';
}

std::string WriteWords(const std::vector<Word>& words) {
  std::string line;
  for (const Word& word : words) {
    line += (line.empty() ? "" : " ") + WriteWord(word);
  }
  return line;
}

}  // namespace wirehound
