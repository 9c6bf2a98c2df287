// SPDX-License-Identifier: Apache-2.0

// Does a segment look like the start of HTTP? Asked of the first bytes of every connection, so it
// looks at a word or two and at nothing else. A guess: whether a request line is valid is found
// out by the connection (http1_connection.h). Pure; any thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace wirehound {

enum class HttpGuess : std::uint8_t {
  kNo,
  kRequest,   ///< a registered method and a blank
  kResponse,  ///< "HTTP/1."
  kHttp2,     ///< the whole connection preface of RFC 9113 section 3.4
  kNeedMore,  ///< the beginning of one of them
};

/// Empty lines' bytes (CR, LF) skipped before a start line (RFC 9112 section 2.2). More of them are
/// not HTTP.
inline constexpr std::size_t kMaxHttpBlankBytes = 16;

/// Classifies the first bytes of a direction. Methods are those of the IANA registry, with
/// WebDAV's, and those of UPnP and of Microsoft's WebDAV and RPC; compared as they are, in upper
/// case.
HttpGuess GuessHttp(std::span<const std::byte> bytes);

}  // namespace wirehound
