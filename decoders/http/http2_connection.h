// SPDX-License-Identifier: Apache-2.0

// Http2Connection: the messages of a cleartext HTTP/2 connection (RFC 9113), with prior knowledge
// or after an h2c upgrade. It reports the head of each request and response when its header block
// is complete, and skips bodies, flow control and all other frames by their length. It follows
// streams only to find the request that a response answers. One thread.
//
// A direction is given up when no later frame can be read: its frames cannot be found any more (a
// gap, a length beyond what was agreed, frames inside a header block), or the state of its header
// compression is lost. The other direction goes on. The pool bounds the memory, and the time per
// byte is constant: floods of frames, of CONTINUATION or of tiny fields cost no more than their
// bytes.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "decoders/core/arena.h"
#include "decoders/http/hpack_decoder.h"
#include "decoders/http/http2_frame_reader.h"
#include "decoders/http/http2_pool.h"
#include "decoders/http/http2_streams.h"
#include "decoders/http/http_sink.h"

namespace wirehound {

/// CONTINUATION frames in a header block; one and a half MiB at the default frame size. Policy: the
/// fields of later frames are decoded, since compression depends on them, but left out of the
/// message, with an anomaly (kHttp2Limit). Only a CONTINUATION flood has that many.
inline constexpr std::uint32_t kMaxHttp2Continuations = 96;

/// Messages: names as in HTTP/1 ("User-Agent"), without pseudo-headers and Host; protocol
/// "HTTP/2.0"; host from :authority, else Host; the reason of a status is the registered one. The
/// path of CONNECT is its authority. No declared length means 0 when the head ends the stream, but
/// not in the response to HEAD. Trailers are not reported. Informational responses are.
///
/// A request that a server promises (PUSH_PROMISE) is reported as a request, with the server as
/// its sender, because the server sent the bytes; the pushed response then names it.
///
/// A message that breaks the rules of section 8 is reported flagged MALFORMED, with one
/// kHttp2MalformedMessage, provided that it has a method or a status; one that reaches a limit is
/// flagged TRUNCATED, with one kHttp2Limit. A head that breaks off with its direction is reported
/// too, flagged TRUNCATED, as far as it was sound.
///
/// Anomalies carry the offset in the stream of the frame in question: for header blocks of the
/// frame that began it.
class Http2Connection {
 public:
  /// `arena` is scratch, of kHttp2ArenaBytes at least: it is reset for each message. Sink, arena
  /// and pool must outlive the connection.
  Http2Connection(HttpSink& sink, Arena& arena, Http2Pool& pool);
  ~Http2Connection();
  Http2Connection(const Http2Connection&) = delete;
  Http2Connection& operator=(const Http2Connection&) = delete;

  /// For an h2c upgrade (RFC 7540 section 3.2), before any data: the request that asked for it is
  /// stream 1, whose response comes as HTTP/2. The texts are copied, each cut at
  /// kMaxHttpRememberedBytes. The client's preface is still to come.
  void StartUpgraded(std::string_view method, std::string_view host, std::string_view path);

  /// Before any data: the client's bytes begin `bytes_seen` bytes into the preface, because the
  /// caller has already used that many to recognise it.
  void StartInsidePreface(std::size_t bytes_seen);

  /// The next bytes of a direction, in order. kMore, or kDone once both directions have ended or
  /// been given up, or when the pool has no room for the connection.
  HttpVerdict OnData(HttpSide sender, std::uint64_t offset, std::span<const std::byte> bytes);

  /// `size` bytes at `offset` were never captured. Inside the payload of a frame without headers
  /// they are skipped. Anywhere else the direction is given up.
  HttpVerdict OnGap(HttpSide sender, std::uint64_t offset, std::uint64_t size);

  /// The direction has ended.
  void OnEnd(HttpSide sender);

 private:
  // A header block under way.
  struct Block {
    Http2Head* head = nullptr;  // null: the pool had none left
    std::uint64_t offset = 0;
    std::uint32_t stream_id = 0;
    std::uint32_t continuations = 0;
    bool open = false;
    bool promises = false;
    bool ends_stream = false;
    bool limit_reported = false;
  };

  struct Direction {
    Direction(HttpSide side, BoundedMemory& memory);

    HttpSide sender;
    bool begun = false;
    bool closed = false;        // ended or given up
    bool odd_reported = false;  // at most one anomaly for odd frames
    std::uint64_t base_offset = 0;
    std::uint32_t max_frame_bytes;  // the largest that its receiver ever accepted
    Http2FrameReader reader;
    HpackDecoder hpack;
    Block block;
  };

  Direction& Of(HttpSide sender) { return directions_[static_cast<std::size_t>(sender)]; }
  Direction& Opposite(const Direction& direction) {
    return Of(direction.sender == HttpSide::kClient ? HttpSide::kServer : HttpSide::kClient);
  }
  HttpVerdict Verdict() const;
  HttpVerdict RefuseConnection(HttpSide sender, std::uint64_t offset);
  void SetBaseOffset(Direction& direction, std::uint64_t offset);

  void OnFrame(Direction& direction);
  void OnSetting(Direction& direction);
  void OnFragment(Direction& direction);
  void RaiseFrameLimit(Direction& direction, std::uint32_t bytes);

  void BeginBlock(Direction& direction);
  void ContinueBlock(Direction& direction);
  void FinishBlock(Direction& direction);
  void ReportRequest(Direction& direction);
  void ReportResponse(Direction& direction);
  void ReportTrailers(Direction& direction);
  void Report(Direction& direction, const wirehound_http& message);
  bool HasWrongStreamId(const Direction& direction) const;
  void RememberRequest(Direction& direction, const wirehound_http& request);
  void ReleaseHead(Block& block);

  // Gives the direction up. Reports an open header block as far as it was read.
  void GiveUp(Direction& direction, AnomalyKind kind, std::uint64_t offset);
  void Close(Direction& direction);
  void ReportLimit(Direction& direction);
  void ReportAnomaly(const Direction& direction, AnomalyKind kind, std::uint64_t offset);

  HttpSink* sink_;
  Arena* arena_;
  Http2Pool* pool_;
  bool has_room_;
  bool refusal_reported_ = false;
  bool streams_limit_reported_ = false;
  std::uint32_t last_client_stream_ = 0;
  Http2Streams streams_;
  std::array<Direction, 2> directions_;
};

}  // namespace wirehound
