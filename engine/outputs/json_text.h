// SPDX-License-Identifier: Apache-2.0

// The primitives of our JSON (RFC 8259): numbers, strings and escapes, written where the caller
// has room (json_buffer.h), with no document in between. This is the hot end of `--output json`.
// Writers return the place behind what they wrote; they may also scribble on the
// JsonBuffer::kSlackBytes behind that.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <wirehound/abi/values.h>

#include "decoders/core/short_numbers.h"
#include "engine/outputs/json_buffer.h"

namespace wirehound {

/// Room that any number wants, a double included.
inline constexpr std::size_t kJsonNumberBytes = 32;

/// The part of WriteUnsigned for numbers beyond a byte.
char* WriteLongUnsigned(char* out, std::uint64_t value);

/// Wants kJsonNumberBytes of room, like the other numbers.
inline char* WriteUnsigned(char* out, std::uint64_t value) {
  return value < 256 ? WriteShortNumber(out, static_cast<std::uint8_t>(value))
                     : WriteLongUnsigned(out, value);
}

char* WriteSigned(char* out, std::int64_t value);
/// Shortest form that reads back equal; null for what JSON has no number for.
char* WriteDouble(char* out, double value);

/// Text that is JSON already.
inline char* WriteLiteral(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

inline char* WriteBool(char* out, bool value) {
  return WriteLiteral(out, value ? "true" : "false");
}

/// Room that a string of so many bytes wants at most: each as an escape, and the quotes.
constexpr std::size_t JsonStringBytes(std::size_t size) { return 6 * size + 2; }

/// A quoted string. Bytes that are not well-formed UTF-8 become U+FFFD, one for each byte, so a
/// line is valid JSON for any bytes on the wire. Control characters are escaped, also those
/// behind ASCII, so it can be shown on a terminal. Wants JsonStringBytes of room.
char* WriteString(char* out, std::string_view text);

/// The same, and makes the room.
inline char* WriteString(JsonBuffer& buffer, char* out, std::string_view text) {
  return WriteString(buffer.Room(out, JsonStringBytes(text.size())), text);
}

/// A quoted string of lower-case hexadecimal digits; makes the room.
char* WriteHex(JsonBuffer& buffer, char* out, const wirehound_bytes& bytes);

}  // namespace wirehound
