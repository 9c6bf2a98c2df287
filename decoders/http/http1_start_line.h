// SPDX-License-Identifier: Apache-2.0

// The first line of an HTTP/1.x message (RFC 9112 sections 3 and 4). Takes what servers are known
// to take: more than one blank, blanks in the target. Pure views; any thread.

#pragma once

#include <cstdint>
#include <string_view>

#include "decoders/http/http_sink.h"

namespace wirehound {

/// A longer method is no method.
inline constexpr std::size_t kMaxHttpMethodBytes = 64;

/// A request's method and target, or a response's code and reason.
struct Http1StartLine {
  std::string_view protocol;  ///< "HTTP/1.0", "HTTP/1.1"
  std::string_view method;
  std::string_view target;
  std::string_view status;  ///< code, blank, reason; without a blank when the line has none
  std::uint32_t status_code = 0;
  bool strict = true;  ///< false: taken although a blank is where none may be
};

/// Reads `line`, which has no line end. False: not HTTP/1.x, no method, no target or no code.
bool ParseHttp1StartLine(HttpSide sender, std::string_view line, Http1StartLine& out);

/// Whether `start`, the first bytes of a line that has not ended, can be the beginning of a start
/// line that ParseHttp1StartLine takes. Looks at kMaxHttpMethodBytes + 1 bytes at most.
bool CanBeHttp1Start(HttpSide sender, std::string_view start);

}  // namespace wirehound
