// SPDX-License-Identifier: Apache-2.0

// Makes text of unknown encoding - names of processes, names from the wire - fit to show. Pure; any
// thread.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wirehound {

/// The length of the well-formed UTF-8 sequence at the start of `text` (RFC 3629 section 4), which
/// must start with a byte above 0x7f; 0 when there is none.
std::size_t Utf8Length(std::string_view text);

/// Whether a well-formed sequence is a control character behind ASCII, U+0080 to U+009F, which
/// terminals may obey like an escape sequence.
inline bool IsControl(std::string_view sequence) {
  return sequence[0] == '\xc2' && static_cast<unsigned char>(sequence[1]) < 0xa0;
}

/// Appends `text` for a terminal: control characters and what is no UTF-8 become '?', one for each
/// byte.
void AppendPrintable(std::string& out, std::string_view text);

}  // namespace wirehound
