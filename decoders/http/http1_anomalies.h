// SPDX-License-Identifier: Apache-2.0

// Http1Anomalies: reports the anomalies of a message to the sink, each kind once per message, and
// remembers which flags the message gets. One for each direction. Dispatch thread.

#pragma once

#include <cstdint>

#include "decoders/core/anomaly.h"
#include "decoders/http/http_sink.h"

namespace wirehound {

/// The anomalies reported of a message so far: a bit per kind of HTTP/1.x anomaly.
using Http1AnomalySet = std::uint32_t;

constexpr Http1AnomalySet Http1AnomalyBit(AnomalyKind kind) {
  return Http1AnomalySet{1} << (static_cast<unsigned>(kind) -
                                static_cast<unsigned>(AnomalyKind::kHttpMalformedStartLine));
}

class Http1Anomalies {
 public:
  /// `reported` outlives this and belongs to the direction: a body follows its head in later calls.
  Http1Anomalies(HttpSink& sink, HttpSide sender, Http1AnomalySet& reported)
      : sink_(sink), sender_(sender), reported_(reported) {}

  /// Reports it unless this message had one of the kind. `offset`: in the stream; `size`: bytes
  /// concerned, 0 when a size has no meaning.
  void Report(AnomalyKind kind, std::uint64_t offset, std::uint64_t size = 0) {
    const Http1AnomalySet bit = Http1AnomalyBit(kind);
    if ((reported_ & bit) == 0) {
      reported_ |= bit;
      sink_.OnHttpAnomaly(sender_, Anomaly{kind, offset, size});
    }
  }

  /// The flags of a message with these anomalies: truncated by a limit of this decoder, malformed
  /// by anything else.
  std::uint16_t MessageFlags() const {
    constexpr Http1AnomalySet kLimits = Http1AnomalyBit(AnomalyKind::kHttpLineTooLong) |
                                        Http1AnomalyBit(AnomalyKind::kHttpHeaderTooLarge) |
                                        Http1AnomalyBit(AnomalyKind::kHttpTooManyHeaders);
    const unsigned truncated = (reported_ & kLimits) != 0 ? WIREHOUND_HTTP_TRUNCATED : 0U;
    const unsigned malformed = (reported_ & ~kLimits) != 0 ? WIREHOUND_HTTP_MALFORMED : 0U;
    return static_cast<std::uint16_t>(truncated | malformed);
  }

 private:
  HttpSink& sink_;
  HttpSide sender_;
  Http1AnomalySet& reported_;
};

}  // namespace wirehound
