// SPDX-License-Identifier: Apache-2.0

// What the HTTP decoders (http1_connection.h, http2_connection.h) share: the sink they report to,
// their verdicts and limits. One connection object per TCP connection takes the bytes of both
// directions in order, as the flow table delivers them, and reports each message as soon as its
// head is complete. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>

#include <wirehound/abi/messages.h>

#include "decoders/core/anomaly.h"

namespace wirehound {

/// Who sent the bytes: decided by content (who sends requests), not by who opened the connection.
enum class HttpSide : std::uint8_t { kClient = 0, kServer = 1 };

/// The longest head (start line and headers) that is put together, in bytes. A longer one is
/// reported with the sound part of its beginning, flagged truncated.
inline constexpr std::size_t kMaxHttpHeadBytes = std::size_t{64} * 1024;
/// The longest line of a head, in bytes. The rest of a longer line is cut off, and the message is
/// flagged truncated.
inline constexpr std::size_t kMaxHttpLineBytes = std::size_t{16} * 1024;
/// Header fields reported of one message.
inline constexpr std::size_t kMaxHttpHeaders = 256;
/// Requests of a connection that wait for their response.
inline constexpr std::size_t kMaxHttpPending = 64;
/// Bytes kept of a request's host, and of its path, for its response; longer ones are cut.
inline constexpr std::size_t kMaxHttpRememberedBytes = 1024;

/// Gets messages while a connection takes bytes. Everything a message points to is valid until the
/// call returns. A head that a gap or the end of the stream cut is reported as far as it had come,
/// flagged truncated. The anomalies of a message come before it. Must not call back.
class HttpSink {
 public:
  virtual ~HttpSink() = default;
  virtual void OnHttpMessage(HttpSide sender, const wirehound_http& message) = 0;
  virtual void OnHttpAnomaly(HttpSide sender, const Anomaly& anomaly) = 0;
};

/// The state of a connection after some bytes.
enum class HttpVerdict : std::uint8_t {
  kMore,     ///< goes on
  kNotHttp,  ///< these first bytes are not HTTP after all; nothing was reported
  kDone,     ///< HTTP has ended here: CONNECT, an upgrade to something else, or given up
  kHttp2,    ///< goes on as HTTP/2 (preface, or the 101 of an h2c upgrade)
};

}  // namespace wirehound
