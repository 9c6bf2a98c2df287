// SPDX-License-Identifier: Apache-2.0

// The primitives of our JSON (RFC 8259): numbers, strings and escapes appended to a buffer that
// is reused, with no document in between. This is the hot end of `--output json`.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace wirehound {

void AppendUnsigned(std::string& out, std::uint64_t value);
void AppendSigned(std::string& out, std::int64_t value);
/// Shortest form that reads back equal; null for what JSON has no number for.
void AppendDouble(std::string& out, double value);
inline void AppendBool(std::string& out, bool value) { out += value ? "true" : "false"; }

/// A quoted string. Bytes that are not well-formed UTF-8 become U+FFFD, one for each byte, so a
/// line is always valid JSON whatever was on the wire. Control characters are escaped, also those
/// behind ASCII, so it can be shown on a terminal.
void AppendString(std::string& out, std::string_view text);

/// A quoted string of lower-case hexadecimal digits.
void AppendHex(std::string& out, const std::uint8_t* data, std::uint64_t size);

}  // namespace wirehound
