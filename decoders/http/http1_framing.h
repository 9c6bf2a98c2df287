// SPDX-License-Identifier: Apache-2.0

// Where a message ends (RFC 9112 section 6): what its Content-Length and Transfer-Encoding fields
// say together. Faults are reported, and then read as most servers read them.

#pragma once

#include <cstdint>
#include <string_view>

#include "decoders/http/http1_anomalies.h"
#include "decoders/http/http_sink.h"

namespace wirehound {

/// The fields of one head, as they come.
struct Http1Lengths {
  std::int64_t length = -1;  ///< the first valid Content-Length
  bool malformed = false;    ///< a Content-Length that is no number
  bool conflict = false;     ///< two that differ
  bool has_coding = false;   ///< any Transfer-Encoding
  bool chunked = false;      ///< "chunked" is among them
  bool unknown_coding = false;

  /// Takes the value of a Content-Length field: a number, or a list of numbers.
  void AddContentLength(std::string_view value);
  /// Takes the value of a Transfer-Encoding field.
  void AddTransferEncoding(std::string_view value);
};

enum class Http1BodyKind : std::uint8_t { kNone, kLength, kChunked, kUntilClose };

struct Http1Framing {
  Http1BodyKind kind = Http1BodyKind::kNone;
  std::uint64_t body_bytes = 0;      ///< of kLength
  std::int64_t content_length = -1;  ///< what the message reports
};

/// Decides the framing by the fields alone and reports their anomalies at `offset`, that of the
/// head:
/// - chunked anywhere wins over a length (kHttpLengthAndChunked) and means chunks, even when it is
///   not the last coding (kHttpTransferEncodingUnknown); other codings alone count for nothing in a
///   request, and in a response last until it closes;
/// - lengths that differ (kHttpLengthConflict): the first one bounds the body, none is reported;
/// - a length that is no number (kHttpLengthMalformed): as if there were none.
Http1Framing DecideHttp1Framing(HttpSide sender, const Http1Lengths& lengths, std::uint64_t offset,
                                Http1Anomalies& anomalies);

/// Corrects the framing of a response for its code and for the method it answers ("" when unknown):
/// those to HEAD, and 1xx, 204 and 304 have no body whatever their fields say.
void ApplyHttp1Status(std::uint32_t status_code, std::string_view request_method,
                      const Http1Lengths& lengths, Http1Framing& framing);

}  // namespace wirehound
