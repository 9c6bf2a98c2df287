// SPDX-License-Identifier: Apache-2.0

// Http1Connection: HTTP/1.x on one TCP connection (RFC 9112). It takes the bytes of both directions
// in order, reports each message when its head is complete, steps over bodies, knows which request
// a response answers, and finds the next message after a loss. It looks neither at contents nor at
// ports: the caller decides with GuessHttp that a connection may be HTTP, and who is the client.
//
// An idle connection costs this object and nothing else. Heads in pieces and waiting requests are
// in the shared pool. No byte is looked at twice before its head is complete. Dispatch thread; the
// sink must not call back.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "decoders/core/arena.h"
#include "decoders/http/http1_body.h"
#include "decoders/http/http1_head_parser.h"
#include "decoders/http/http1_header_lines.h"
#include "decoders/http/http1_pending.h"
#include "decoders/http/http_buffer_pool.h"
#include "decoders/http/http_sink.h"

namespace wirehound {

/// An arena of this size holds what a head of kMaxHttpHeadBytes can need. With a smaller one,
/// messages that need more are flagged truncated.
inline constexpr std::size_t kHttp1ArenaBytes = std::size_t{96} * 1024;

class Http1Connection {
 public:
  /// All three outlive this and may be shared with other connections. The arena is reset before
  /// every message.
  Http1Connection(HttpSink& sink, Arena& arena, HttpBufferPool& pool);

  /// The next bytes of a direction, at `offset` of its stream; offsets only serve anomalies. The
  /// bytes of the first line decide whether this is HTTP at all: if not, the answer is kNotHttp, at
  /// the latest when that line is complete. When the server's bytes come first, the connection was
  /// picked up midway. Then the client's bytes count from the first segment that starts like a
  /// request.
  ///
  /// After a verdict other than kMore no more bytes are taken and the verdict stays.
  HttpVerdict OnData(HttpSide sender, std::uint64_t offset, std::span<const std::byte> bytes);

  /// `size` bytes at `offset` are missing. Within a body of known length, within a chunk, or in a
  /// body that lasts until close, they count as body bytes. Anywhere else the direction is lost
  /// until a segment starts like a message. A head that they cut is reported as far as it had come.
  ///
  /// The missing bytes of a server may contain responses only while requests wait. If none waits,
  /// the next response still belongs to the next request.
  HttpVerdict OnGap(HttpSide sender, std::uint64_t offset, std::uint64_t size);

  /// The direction has ended (FIN or RST). A head it cut is reported as far as it had come.
  void OnEnd(HttpSide sender);

  /// How many bytes of the last OnData were HTTP/1.x. With kDone and kHttp2 the rest belongs to the
  /// next protocol. A connection preface (kHttp2 from the client) is counted in, and may have begun
  /// in an earlier call. After kHttp2 from the server (a 101 response) the preface is still to
  /// come.
  std::size_t consumed() const { return consumed_; }

  /// After kHttp2 from the server: the request that becomes stream 1 (RFC 7540 section 3.2), empty
  /// when it was not seen. Holds until Reset.
  Http1Request upgraded_request() const;

  /// Makes it as new and gives all memory back.
  void Reset();

 private:
  enum class State : std::uint8_t {
    kBetween,  // messages
    kHead,
    kBody,
    kLost,  // until a segment starts like a message
    kEnded,
  };

  // How a head came to its end.
  enum class HeadEnd : std::uint8_t { kWhole, kTooLarge, kCut };

  struct Direction {
    explicit Direction(HttpBufferPool& pool) : head(pool) {}

    HttpBuffer head;  // its bytes from earlier calls
    Http1Body body;
    std::uint64_t head_offset = 0;
    Http1AnomalySet reported = 0;  // of the current message
    State state = State::kBetween;
    Http1HeadScan scan = Http1HeadScan::kInLine;
    std::uint8_t blank_bytes = 0;     // CR and LF skipped before the head
    bool guessing = false;            // not enough bytes yet to see a start line
    bool start_known = false;         // its start line is complete and valid
    bool tentative = false;           // only looks like a message: no anomaly if it is none
    bool no_response_missed = false;  // lost, but no response can have been among it
  };

  Direction& Of(HttpSide side) { return directions_[static_cast<std::size_t>(side)]; }
  static bool LooksLikeStart(HttpSide sender, std::span<const std::byte> bytes);

  // Each takes bytes from the front of `rest`, which is at `offset`, and returns how many. It may
  // return 0 only when it has changed the state, or OnData would loop for ever.
  std::size_t Take(HttpSide sender, std::string_view rest, std::uint64_t offset);
  std::size_t TakeBetween(HttpSide sender, std::string_view rest, std::uint64_t offset);
  std::size_t TakeStart(HttpSide sender, std::string_view rest);
  std::size_t TakeHead(HttpSide sender, std::string_view rest);
  std::size_t TakeBody(HttpSide sender, std::string_view rest, std::uint64_t offset);

  void ClassifyStart(HttpSide sender, std::string_view start);
  void CheckStartLine(HttpSide sender, std::size_t new_bytes);
  void OnBadStart(HttpSide sender);
  void EndHead(HttpSide sender, std::string_view head, HeadEnd how);
  void OnRequest(Http1Head& head, HeadEnd how, Http1Anomalies& anomalies);
  void OnResponse(Http1Head& head, HeadEnd how, bool found, Http1Anomalies& anomalies);
  void AfterResponse(const Http1Head& head, HeadEnd how, const Http1Framing& framing);
  void Report(HttpSide sender, Http1Head& head, HeadEnd how, const Http1Anomalies& anomalies);
  void StartBody(HttpSide sender, const Http1Framing& framing);
  void LoseSync(HttpSide sender);
  void NoteMissedBytes(HttpSide sender);
  void Finish(HttpVerdict verdict);

  HttpSink& sink_;
  Arena& arena_;
  std::array<Direction, 2> directions_;  // by HttpSide
  Http1Pending pending_;
  std::size_t consumed_ = 0;
  HttpVerdict verdict_ = HttpVerdict::kMore;
  bool begun_ = false;       // any data has come
  bool known_http_ = false;  // a valid start line has come
};

static_assert(sizeof(Http1Connection) <= 256);

}  // namespace wirehound
