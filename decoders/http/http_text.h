// SPDX-License-Identifier: Apache-2.0

// The texts that HTTP/1.x and HTTP/2 messages share: header names in their usual case, request
// targets taken apart. Not for framing: lines and frames are the connections' business. What is
// already in one piece stays a view of the input; the rest goes to the arena. Pure; any thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <wirehound/abi/values.h>

#include "decoders/core/arena.h"

namespace wirehound {

/// Whether a byte may be part of a token (RFC 9110 section 5.6.2): letters, digits and
/// !#$%&'*+-.^_`|~
bool IsTokenByte(char byte);

/// Whether `text` is a token: not empty, nothing but token bytes.
bool IsToken(std::string_view text);

/// Whether both are the same but for the case of ASCII letters.
bool EqualsIgnoringCase(std::string_view one, std::string_view other);

/// A header name with first letters and those behind a '-' upper, the rest lower case, which is
/// Go's textproto canonical form: "content-md5" becomes "Content-Md5". A name that is no token
/// stays as it is.
///
/// The result is `name` itself when that has its usual case, a static text for well-known names
/// in another case, else a copy in `arena`. When the arena is full it is `name` as it is, and
/// arena.exhausted() tells.
wirehound_string CanonicalHeaderName(std::string_view name, Arena& arena);

/// A request target (RFC 9112 section 3.2) in parts; absent ones are empty.
struct HttpTarget {
  wirehound_string host;   ///< with its port, without user information
  wirehound_string path;   ///< percent-decoded
  wirehound_string query;  ///< behind the first '?', not decoded
};

/// Takes a target apart. Absolute form gives a host, and so does the authority of CONNECT, which
/// is the path as well, unchanged, like "*". A fragment, which is not allowed there, is left out.
/// '%' without two hex digits stays what it is, '+' means nothing. Parts are views of `target`
/// except a path that had to be decoded, which is in `arena`.
/// False: the arena is full and the path is not decoded.
bool SplitHttpTarget(std::string_view method, std::string_view target, Arena& arena,
                     HttpTarget& out);

namespace http_text_internal {

/// What a byte is in a header name.
enum class NameByte : std::uint8_t { kNone, kUpper, kLower, kOther };

constexpr std::array<NameByte, 256> MakeNameBytes() {
  std::array<NameByte, 256> table{};
  for (std::size_t byte = 'a'; byte <= 'z'; ++byte) {
    table[byte] = NameByte::kLower;
    table[byte - 'a' + 'A'] = NameByte::kUpper;
  }
  for (const char byte : std::string_view("0123456789!#$%&'*+-.^_`|~")) {
    table[static_cast<unsigned char>(byte)] = NameByte::kOther;
  }
  return table;
}

inline constexpr std::array<NameByte, 256> kNameBytes = MakeNameBytes();

}  // namespace http_text_internal

inline bool IsTokenByte(char byte) {
  return http_text_internal::kNameBytes[static_cast<unsigned char>(byte)] !=
         http_text_internal::NameByte::kNone;
}

}  // namespace wirehound
