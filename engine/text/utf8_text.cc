// SPDX-License-Identifier: Apache-2.0

#include "engine/text/utf8_text.h"

namespace wirehound {

std::size_t Utf8Length(std::string_view text) {
  const auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = at(0);
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xc0) != 0x80) {
      return 0;
    }
  }
  // Overlong forms, surrogates, and what is beyond U+10FFFF show in the second byte.
  const unsigned char second = at(1);
  const bool bad = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                   (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
  return bad ? 0 : length;
}

void AppendPrintable(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text[0]);
    std::size_t length = byte < 0x80 ? 1 : Utf8Length(text);
    const bool hidden =
        byte < 0x20 || byte == 0x7f || length == 0 || (length > 1 && IsControl(text));
    length = length == 0 ? 1 : length;
    if (hidden) {
      out.append(length, '?');
    } else {
      out.append(text, 0, length);
    }
    text.remove_prefix(length);
  }
}

}  // namespace wirehound
