// SPDX-License-Identifier: Apache-2.0

// Each direction is a small state machine: between messages, head, body, lost. A head in one piece
// is parsed in place; a head in pieces is put together in a buffer first.
//
// The two directions meet in pending_, the requests without a response. A wrong pair would show a
// detector an answer to a question that was never asked. So after any loss that may hide a request
// or a response, LoseRequests or LoseResponses makes pending_ give no request until the order is
// certain again.

#include "decoders/http/http1_connection.h"

#include <algorithm>

#include <wirehound/views.h>

#include "decoders/http/http1_framing.h"
#include "decoders/http/http1_start_line.h"
#include "decoders/http/http_detection.h"
#include "decoders/http/http_text.h"

namespace wirehound {
namespace {

HttpGuess GuessText(std::string_view text) {
  return GuessHttp(std::as_bytes(std::span(text.data(), text.size())));
}

HttpGuess StartOf(HttpSide sender) {
  return sender == HttpSide::kClient ? HttpGuess::kRequest : HttpGuess::kResponse;
}

bool IsSuccess(std::uint32_t status_code) { return status_code >= 200 && status_code < 300; }

constexpr std::uint32_t kSwitchingProtocols = 101;
constexpr std::size_t kHttp2PrefaceBytes = 24;

}  // namespace

Http1Connection::Http1Connection(HttpSink& sink, Arena& arena, HttpBufferPool& pool)
    : sink_(sink), arena_(arena), directions_{Direction(pool), Direction(pool)}, pending_(pool) {}

HttpVerdict Http1Connection::OnData(HttpSide sender, std::uint64_t offset,
                                    std::span<const std::byte> bytes) {
  consumed_ = 0;
  if (verdict_ != HttpVerdict::kMore) {
    return verdict_;
  }
  if (!begun_) {
    begun_ = true;
    if (sender == HttpSide::kServer) {
      // Picked up midway: the client may be in the middle of a body.
      Of(HttpSide::kClient).state = State::kLost;
    }
  }
  Direction& direction = Of(sender);
  // A lost direction is searched at the start of segments only. Inside a segment, contents may look
  // like a message, and an attacker would choose them.
  if (direction.state == State::kLost && LooksLikeStart(sender, bytes)) {
    direction.state = State::kBetween;
    direction.tentative = true;
  } else if (direction.state == State::kLost) {
    NoteMissedBytes(sender);
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (consumed_ < text.size() && verdict_ == HttpVerdict::kMore) {
    consumed_ += Take(sender, text.substr(consumed_), offset + consumed_);
  }
  return verdict_;
}

HttpVerdict Http1Connection::OnGap(HttpSide sender, std::uint64_t /*offset*/, std::uint64_t size) {
  Direction& direction = Of(sender);
  if (verdict_ != HttpVerdict::kMore || direction.state == State::kEnded) {
    return verdict_;
  }
  if (direction.state == State::kLost) {
    NoteMissedBytes(sender);
    return verdict_;
  }
  if (direction.state == State::kBody && direction.body.TakeGap(size)) {
    if (direction.body.status() == Http1Body::Status::kDone) {
      direction.state = State::kBetween;
    }
    return verdict_;
  }
  if (direction.state == State::kHead) {
    EndHead(sender, direction.head.view(), HeadEnd::kCut);
  } else {
    const bool in_body = direction.state == State::kBody;
    LoseSync(sender);
    // A gap that begins in a response's body cuts an answer whose request is no longer pending.
    direction.no_response_missed = in_body && sender == HttpSide::kServer;
    NoteMissedBytes(sender);
  }
  return verdict_;
}

void Http1Connection::OnEnd(HttpSide sender) {
  Direction& direction = Of(sender);
  if (verdict_ == HttpVerdict::kMore && direction.state == State::kHead) {
    EndHead(sender, direction.head.view(), HeadEnd::kCut);
  }
  direction.state = State::kEnded;
}

Http1Request Http1Connection::upgraded_request() const {
  return verdict_ == HttpVerdict::kHttp2 ? pending_.Front() : Http1Request();
}

void Http1Connection::Reset() {
  for (Direction& direction : directions_) {
    direction.head.Release();
    direction.state = State::kBetween;
    direction.tentative = false;
    direction.no_response_missed = false;
    direction.blank_bytes = 0;
  }
  pending_.Reset();
  consumed_ = 0;
  verdict_ = HttpVerdict::kMore;
  begun_ = false;
  known_http_ = false;
}

bool Http1Connection::LooksLikeStart(HttpSide sender, std::span<const std::byte> bytes) {
  const HttpGuess guess = GuessHttp(bytes);
  return guess == StartOf(sender) || guess == HttpGuess::kNeedMore;
}

std::size_t Http1Connection::Take(HttpSide sender, std::string_view rest, std::uint64_t offset) {
  const Direction& direction = Of(sender);
  switch (direction.state) {
    case State::kBetween:
      return TakeBetween(sender, rest, offset);
    case State::kHead:
      return direction.guessing ? TakeStart(sender, rest) : TakeHead(sender, rest);
    case State::kBody:
      return TakeBody(sender, rest, offset);
    case State::kLost:
    case State::kEnded:
      break;
  }
  return rest.size();
}

// Skips empty lines, as robust receivers do (RFC 9112 section 2.2). A limited number: a flood of
// them is no HTTP.
std::size_t Http1Connection::TakeBetween(HttpSide sender, std::string_view rest,
                                         std::uint64_t offset) {
  Direction& direction = Of(sender);
  direction.head_offset = offset;
  direction.reported = 0;
  if (rest.front() == '\r' || rest.front() == '\n') {
    if (++direction.blank_bytes > kMaxHttpBlankBytes) {
      OnBadStart(sender);
    }
    return 1;
  }
  direction.state = State::kHead;
  direction.scan = Http1HeadScan::kInLine;
  direction.blank_bytes = 0;
  direction.start_known = false;
  direction.guessing = direction.tentative || !known_http_;
  return 0;
}

// The first bytes of a segment nearly always decide at once. When they are too few, bytes are taken
// one by one until they decide, so that no byte is taken that belongs to the next protocol or line.
std::size_t Http1Connection::TakeStart(HttpSide sender, std::string_view rest) {
  Direction& direction = Of(sender);
  if (direction.head.size() == 0 && GuessText(rest) != HttpGuess::kNeedMore) {
    ClassifyStart(sender, rest);
    return verdict_ == HttpVerdict::kHttp2 ? kHttp2PrefaceBytes : 0;
  }
  if (!direction.head.Append(rest.substr(0, 1))) {
    LoseSync(sender);
    return 1;
  }
  ClassifyStart(sender, direction.head.view());
  return 1;
}

void Http1Connection::ClassifyStart(HttpSide sender, std::string_view start) {
  Direction& direction = Of(sender);
  const HttpGuess guess = GuessText(start);
  if (guess == StartOf(sender)) {
    direction.guessing = false;
  } else if (guess == HttpGuess::kHttp2 && !known_http_ && sender == HttpSide::kClient) {
    Finish(HttpVerdict::kHttp2);
  } else if (guess != HttpGuess::kNeedMore) {
    OnBadStart(sender);
  }
}

std::size_t Http1Connection::TakeHead(HttpSide sender, std::string_view rest) {
  Direction& direction = Of(sender);
  const std::size_t end = FindHttp1HeadEnd(rest, direction.scan);
  const std::size_t wanted = std::min(end, rest.size());
  // A head of exactly kMaxHttpHeadBytes is whole; it is too large when it wants one byte more.
  const std::size_t taken = std::min(wanted, kMaxHttpHeadBytes - direction.head.size());
  const bool ends = end != std::string_view::npos || taken < wanted;
  std::string_view head = rest.substr(0, taken);
  if (!ends || direction.head.size() > 0) {
    if (!direction.head.Append(head)) {
      EndHead(sender, direction.head.size() > 0 ? direction.head.view() : head, HeadEnd::kCut);
      return taken;
    }
    head = direction.head.view();
  }
  if (ends) {
    EndHead(sender, head, taken < wanted ? HeadEnd::kTooLarge : HeadEnd::kWhole);
  } else {
    CheckStartLine(sender, taken);
  }
  return taken;
}

// Notices early that the collected bytes are no head, so that a stream of another protocol does not
// fill the pool with up to 64 KiB first. The last `new_bytes` of the head are new.
void Http1Connection::CheckStartLine(HttpSide sender, std::size_t new_bytes) {
  Direction& direction = Of(sender);
  if (direction.start_known) {
    return;
  }
  const std::string_view head = direction.head.view();
  const std::size_t old_bytes = head.size() - new_bytes;
  const std::size_t end = head.find('\n', old_bytes);
  if (end == std::string_view::npos) {
    if (old_bytes <= kMaxHttpMethodBytes && !CanBeHttp1Start(sender, head)) {
      OnBadStart(sender);
    }
    return;
  }
  Http1StartLine start;
  if (ParseHttp1StartLine(sender, Http1LineReader(head).Next().text, start)) {
    direction.start_known = true;
    known_http_ = true;
  } else {
    OnBadStart(sender);
  }
}

void Http1Connection::OnBadStart(HttpSide sender) {
  Direction& direction = Of(sender);
  if (direction.tentative) {
    // Found after a loss, or sent after a CONNECT, where the bytes may be for the tunnel: no
    // anomaly, as nothing said that this must be HTTP.
    direction.head.Release();
    direction.state = State::kLost;
    return;
  }
  if (!known_http_) {
    return Finish(HttpVerdict::kNotHttp);
  }
  Http1Anomalies(sink_, sender, direction.reported)
      .Report(AnomalyKind::kHttpMalformedStartLine, direction.head_offset);
  LoseSync(sender);
}

// Reports the message that `head` is, if it is one, and changes to the state after it. `head` may
// be a view of direction.head, so that is released last.
void Http1Connection::EndHead(HttpSide sender, std::string_view head, HeadEnd how) {
  Direction& direction = Of(sender);
  Http1Anomalies anomalies(sink_, sender, direction.reported);
  arena_.Reset();
  Http1Head parsed;
  Http1HeadParser parser(head, direction.head_offset, arena_, anomalies);
  if (!parser.Parse(sender, parsed)) {
    const bool ended = head.find('\n') != std::string_view::npos;
    if (ended) {
      return OnBadStart(sender);
    }
    if (how == HeadEnd::kTooLarge && known_http_) {
      anomalies.Report(AnomalyKind::kHttpHeaderTooLarge, direction.head_offset);
    }
    return LoseSync(sender);
  }
  const bool found = direction.tentative && !direction.no_response_missed;
  direction.tentative = false;
  direction.no_response_missed = false;
  known_http_ = true;
  if (how == HeadEnd::kTooLarge) {
    anomalies.Report(AnomalyKind::kHttpHeaderTooLarge, direction.head_offset);
  }
  if (sender == HttpSide::kClient) {
    OnRequest(parsed, how, anomalies);
  } else {
    OnResponse(parsed, how, found, anomalies);
  }
  direction.head.Release();
}

void Http1Connection::OnRequest(Http1Head& head, HeadEnd how, Http1Anomalies& anomalies) {
  Direction& client = Of(HttpSide::kClient);
  const Http1Framing framing =
      DecideHttp1Framing(HttpSide::kClient, head.lengths, client.head_offset, anomalies);
  head.message.content_length = framing.content_length;
  Report(HttpSide::kClient, head, how, anomalies);
  // A cut head may have cut the fields that frame the body, so where that ends is not known.
  if (how != HeadEnd::kWhole) {
    return LoseSync(HttpSide::kClient);
  }
  const wirehound_http& message = head.message;
  const Http1Request request{ToView(message.method), ToView(message.host), ToView(message.uri_path),
                             head.upgrade_to_h2c && head.http2_settings};
  if (pending_.Add(request) == Http1Pending::Push::kTooMany) {
    anomalies.Report(AnomalyKind::kHttpTooManyPending, client.head_offset);
  }
  StartBody(HttpSide::kClient, framing);
  // The next bytes may already be meant for the tunnel.
  client.tentative = request.method == "CONNECT";
}

// `found`: the response was found after a loss by its start line. Responses before it may have been
// missed, so it is not certain which request it answers.
void Http1Connection::OnResponse(Http1Head& head, HeadEnd how, bool found,
                                 Http1Anomalies& anomalies) {
  if (found) {
    pending_.LoseResponses();
  }
  Direction& server = Of(HttpSide::kServer);
  wirehound_http& message = head.message;
  const Http1Request request = pending_.Front();
  message.request_method = FromView(request.method);
  message.request_host = FromView(request.host);
  message.request_path = FromView(request.path);
  Http1Framing framing =
      DecideHttp1Framing(HttpSide::kServer, head.lengths, server.head_offset, anomalies);
  // Whether a response has a body depends on the method of its request (RFC 9112 section 6.3), so
  // the request is looked up before the framing is final.
  ApplyHttp1Status(message.status_code, request.method, head.lengths, framing);
  message.content_length = framing.content_length;
  Report(HttpSide::kServer, head, how, anomalies);
  AfterResponse(head, how, framing);
}

void Http1Connection::AfterResponse(const Http1Head& head, HeadEnd how,
                                    const Http1Framing& framing) {
  const std::uint32_t code = head.message.status_code;
  // The only final response with a code below 200: HTTP/1.x ends on this connection (RFC 9110
  // section 15.2.2).
  if (code == kSwitchingProtocols) {
    const bool http2 = head.upgrade_to_h2c && how == HeadEnd::kWhole;
    return Finish(http2 ? HttpVerdict::kHttp2 : HttpVerdict::kDone);
  }
  const bool connect = pending_.Front().method == "CONNECT";
  if (connect && IsSuccess(code)) {
    return Finish(HttpVerdict::kDone);
  }
  if (code >= 200) {
    pending_.Pop();
    if (connect && Of(HttpSide::kClient).state == State::kLost) {
      // The client sent bytes for a tunnel that the server refused. They may contain requests.
      pending_.LoseRequests();
    }
  }
  if (how != HeadEnd::kWhole) {
    return LoseSync(HttpSide::kServer);
  }
  StartBody(HttpSide::kServer, framing);
}

void Http1Connection::Report(HttpSide sender, Http1Head& head, HeadEnd how,
                             const Http1Anomalies& anomalies) {
  const bool cut = how != HeadEnd::kWhole || arena_.exhausted();
  const unsigned flags = anomalies.MessageFlags() | (cut ? WIREHOUND_HTTP_TRUNCATED : 0U);
  head.message.flags = static_cast<std::uint16_t>(flags);
  sink_.OnHttpMessage(sender, head.message);
}

// A message without a body goes straight on to the next one: a later gap is then no gap in a body.
void Http1Connection::StartBody(HttpSide sender, const Http1Framing& framing) {
  Direction& direction = Of(sender);
  direction.body.Start(framing);
  const bool none = direction.body.status() == Http1Body::Status::kDone;
  direction.state = none ? State::kBetween : State::kBody;
}

std::size_t Http1Connection::TakeBody(HttpSide sender, std::string_view rest,
                                      std::uint64_t offset) {
  Direction& direction = Of(sender);
  Http1Anomalies anomalies(sink_, sender, direction.reported);
  const std::size_t taken = direction.body.Take(rest, offset, anomalies);
  if (direction.body.status() == Http1Body::Status::kDone) {
    direction.state = State::kBetween;
  } else if (direction.body.status() == Http1Body::Status::kLost) {
    LoseSync(sender);
  }
  return taken;
}

void Http1Connection::LoseSync(HttpSide sender) {
  Direction& direction = Of(sender);
  direction.head.Release();
  direction.state = State::kLost;
  direction.blank_bytes = 0;
  direction.tentative = false;
  direction.no_response_missed = false;
  if (sender == HttpSide::kClient) {
    pending_.LoseRequests();
  }
}

// Bytes of a lost direction were missed. While a request waits, its response may be among them.
void Http1Connection::NoteMissedBytes(HttpSide sender) {
  Direction& direction = Of(sender);
  direction.no_response_missed = direction.no_response_missed && pending_.count() == 0;
}

void Http1Connection::Finish(HttpVerdict verdict) {
  verdict_ = verdict;
  for (Direction& direction : directions_) {
    direction.head.Release();
  }
  if (verdict != HttpVerdict::kHttp2) {
    pending_.Reset();
  }
}

}  // namespace wirehound
