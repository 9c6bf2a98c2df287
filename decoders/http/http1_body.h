// SPDX-License-Identifier: Apache-2.0

// Http1Body: steps over the body of one HTTP/1.x message, to find where the next head starts (RFC
// 9112 sections 6 and 7). It never looks at contents: a body of known length or a chunk costs the
// same whatever its size. Trailers are stepped over, not reported. One for each direction; dispatch
// thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decoders/http/http1_anomalies.h"
#include "decoders/http/http1_framing.h"

namespace wirehound {

/// The largest chunk, in bytes. A larger size is not valid (kHttpBadChunkSize).
inline constexpr std::uint64_t kMaxHttpChunkBytes = std::uint64_t{1} << 62;

class Http1Body {
 public:
  enum class Status : std::uint8_t {
    kMore,
    kDone,  ///< the next byte is behind the body
    kLost,  ///< where the body ends is not known any more
  };

  /// Begins the body of a message.
  void Start(const Http1Framing& framing);

  Status status() const;

  /// Steps over the part of `bytes` that belongs to the body and returns its size. `offset`: of the
  /// first byte in the stream. When the status becomes kLost, an anomaly was reported.
  std::size_t Take(std::string_view bytes, std::uint64_t offset, Http1Anomalies& anomalies);

  /// Steps over `size` bytes that were not captured. False, and the status is kLost, when they may
  /// have contained more than contents: a chunk size, or the end of the body.
  bool TakeGap(std::uint64_t size);

 private:
  // A body until close takes all bytes; a body of a known length ends in kDone. Take relies on the
  // order: up to kLength there are no lines to look at.
  enum class State : std::uint8_t {
    kDone,
    kLost,
    kUntilClose,
    kLength,
    kSizeStart,  // of a chunk: size, extensions, line end, data, line end
    kSize,
    kSizeBlank,
    kExtension,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailerStart,  // of a line; an empty one ends the body
    kTrailerName,
    kTrailerValue,
    kTrailerLf,
    kTrailersLf,
  };

  std::size_t TakeContents(std::size_t available);
  void TakeByte(char byte, std::uint64_t offset, Http1Anomalies& anomalies);
  void TakeSizeByte(char byte, std::uint64_t offset, Http1Anomalies& anomalies);
  void TakeDigit(unsigned digit, std::uint64_t offset, Http1Anomalies& anomalies);
  void TakeExtensionByte(char byte, std::uint64_t offset, Http1Anomalies& anomalies);
  void TakeTrailerByte(char byte, std::uint64_t offset, Http1Anomalies& anomalies);
  void StartTrailerLine(char byte, std::uint64_t offset, Http1Anomalies& anomalies);
  void TakeTrailerNameByte(char byte, std::uint64_t offset, Http1Anomalies& anomalies);
  void EndSizeLine();
  void CountLineByte(std::uint64_t offset, Http1Anomalies& anomalies);
  void LoseSync(AnomalyKind kind, std::uint64_t offset, Http1Anomalies& anomalies);

  std::uint64_t left_ = 0;           // bytes of the contents or of the chunk
  std::uint32_t line_bytes_ = 0;     // of the current line: a chunk size or a trailer
  std::uint32_t trailer_bytes_ = 0;  // of all trailers
  State state_ = State::kDone;
};

}  // namespace wirehound
