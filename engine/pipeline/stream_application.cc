// SPDX-License-Identifier: Apache-2.0

#include "engine/pipeline/stream_application.h"

#include <algorithm>

#include "decoders/core/byte_reader.h"
#include "decoders/dns/dns_decoder.h"

namespace wirehound {

namespace {

// The first bytes of a TLS record with a handshake (RFC 8446 section 5.1): no HTTP will follow.
bool IsTls(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x16} && bytes[1] == std::byte{0x03};
}

// Whether `bytes`, the first after a gap, are taken for the start of a message: a whole message, or
// several in a row, starts there. Senders write a length and its message at once, so segments
// mostly start with a length.
bool StartsWithDnsMessage(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  std::size_t whole = 0;
  while (reader.remaining() > 0) {
    const std::size_t length = reader.ReadBe16();
    if (length < kDnsHeaderBytes) {
      return false;
    }
    reader.Skip(length);
    whole += reader.ok() ? 1 : 0;
  }
  return whole > 0;
}

}  // namespace

void StreamApplication::Start(Protocol protocol) {
  protocol_ = protocol;
  http1_.reset();
  http2_.reset();
  for (Direction& direction : directions_) {
    direction.dns.reset();
    direction.held_bytes = 0;
    direction.guesses = 0;
    direction.ended = false;
    if (protocol == Protocol::kDns) {
      direction.dns.emplace(resources_.dns_pool);
    }
  }
  counters_.dns += protocol == Protocol::kDns ? 1 : 0;
}

StreamInterest StreamApplication::OnData(FlowSide side, std::uint64_t offset,
                                         std::span<const std::byte> bytes) {
  switch (protocol_) {
    case Protocol::kDns:
      return OnDnsData(side, bytes);
    case Protocol::kHttp1:
      return OnHttp1Data(side, offset, bytes);
    case Protocol::kHttp2:
      return OnHttp2Data(side, offset, bytes);
    case Protocol::kUnknown:
      break;
  }
  return Guess(side, offset, bytes);
}

StreamInterest StreamApplication::OnDnsData(FlowSide side, std::span<const std::byte> bytes) {
  Direction& current = direction(side);
  if (current.dns->verdict() == DnsTcpVerdict::kLost && StartsWithDnsMessage(bytes)) {
    current.dns.emplace(resources_.dns_pool);
  }
  dns_side_ = side;
  if (current.dns->OnData(bytes, resources_.dns_sink) == DnsTcpVerdict::kNotDns) {
    ++counters_.directions_given_up;
    return StreamInterest::kNone;
  }
  return StreamInterest::kMore;
}

StreamInterest StreamApplication::OnHttp1Data(FlowSide side, std::uint64_t offset,
                                              std::span<const std::byte> bytes) {
  const HttpVerdict verdict = http1_->OnData(SenderOf(side), offset, bytes);
  const std::size_t consumed = std::min(http1_->consumed(), bytes.size());
  const StreamInterest interest = InterestAfter(verdict, side);
  if (verdict != HttpVerdict::kHttp2 || consumed == bytes.size()) {
    return interest;
  }
  return OnHttp2Data(side, offset + consumed, bytes.subspan(consumed));
}

StreamInterest StreamApplication::OnHttp2Data(FlowSide side, std::uint64_t offset,
                                              std::span<const std::byte> bytes) {
  return InterestAfter(http2_->OnData(SenderOf(side), offset, bytes), side);
}

StreamInterest StreamApplication::InterestAfter(HttpVerdict verdict, FlowSide side) {
  switch (verdict) {
    case HttpVerdict::kMore:
      return StreamInterest::kMore;
    case HttpVerdict::kHttp2:
      SwitchToHttp2(side);
      return StreamInterest::kMore;
    case HttpVerdict::kNotHttp:
      LeaveHttp();
      return CountMiss(side, {});
    case HttpVerdict::kDone:
      break;
  }
  // kDone: HTTP ends here, for example with CONNECT or an upgrade to another protocol. A tunnel
  // through HTTP/1.1 may carry HTTP again, so its bytes are examined.
  const bool was_http2 = protocol_ == Protocol::kHttp2;
  LeaveHttp();
  return was_http2 ? StreamInterest::kNone : StreamInterest::kMore;
}

// If `side` is the client, the HTTP/1 decoder has read its HTTP/2 preface. If it is the server, it
// has accepted an upgrade to HTTP/2.
void StreamApplication::SwitchToHttp2(FlowSide side) {
  auto http2 = std::make_unique<Http2Connection>(resources_.http_sink, resources_.arena,
                                                 resources_.http2_pool);
  if (SenderOf(side) == HttpSide::kClient) {
    http2->StartInsidePreface(kHttp2Preface.size());
  } else {
    const Http1Request request = http1_->upgraded_request();
    http2->StartUpgraded(request.method, request.host, request.path);
  }
  http2_ = std::move(http2);
  http1_.reset();
  protocol_ = Protocol::kHttp2;
  ++counters_.http2;
}

void StreamApplication::LeaveHttp() {
  http1_.reset();
  http2_.reset();
  protocol_ = Protocol::kUnknown;
}

StreamInterest StreamApplication::Guess(FlowSide side, std::uint64_t offset,
                                        std::span<const std::byte> bytes) {
  Direction& current = direction(side);
  if (current.held_bytes == 0) {
    const HttpGuess guess = GuessHttp(bytes);
    if (guess != HttpGuess::kNeedMore) {
      return StartAs(guess, side, offset, bytes);
    }
  }
  // The start was too short to recognise: append to the bytes held back, and try again with all.
  const std::size_t before = current.held_bytes;
  const std::size_t taken = std::min(bytes.size(), current.held.size() - before);
  std::copy_n(bytes.begin(), taken, current.held.begin() + static_cast<std::ptrdiff_t>(before));
  current.held_bytes = static_cast<std::uint8_t>(before + taken);
  const std::span<const std::byte> start = std::span(current.held).first(before + taken);
  const HttpGuess guess = GuessHttp(start);
  if (guess == HttpGuess::kNeedMore) {
    return taken == bytes.size() ? StreamInterest::kMore : CountMiss(side, bytes);
  }
  current.held_bytes = 0;
  if (guess == HttpGuess::kNo) {
    return CountMiss(side, bytes);
  }
  const StreamInterest interest = StartAs(guess, side, offset - before, start.first(before));
  return interest == StreamInterest::kMore ? OnData(side, offset, bytes) : interest;
}

StreamInterest StreamApplication::StartAs(HttpGuess guess, FlowSide side, std::uint64_t offset,
                                          std::span<const std::byte> bytes) {
  switch (guess) {
    case HttpGuess::kRequest:
    case HttpGuess::kResponse:
      http_client_ = guess == HttpGuess::kRequest ? side : Opposite(side);
      protocol_ = Protocol::kHttp1;
      if (guess == HttpGuess::kResponse) {
        ReportOddStart(Opposite(side));
      }
      http1_.emplace(resources_.http_sink, resources_.arena, resources_.http1_pool);
      ++counters_.http1;
      return OnHttp1Data(side, offset, bytes);
    case HttpGuess::kHttp2:
      http_client_ = side;
      protocol_ = Protocol::kHttp2;
      http2_ = std::make_unique<Http2Connection>(resources_.http_sink, resources_.arena,
                                                 resources_.http2_pool);
      ++counters_.http2;
      return OnHttp2Data(side, offset, bytes);
    default:
      return CountMiss(side, bytes);
  }
}

// A server has answered in HTTP. If its client has sent data that was not taken for a request, the
// server may have read it as one: an anomaly.
void StreamApplication::ReportOddStart(FlowSide side) {
  if (direction(side).guesses != 0) {
    resources_.http_sink.OnHttpAnomaly(SenderOf(side), {AnomalyKind::kHttpMalformedStartLine});
  }
}

// The segment does not start with HTTP. Gives the direction up after kMaxGuesses of them, and at
// once if it is TLS.
StreamInterest StreamApplication::CountMiss(FlowSide side, std::span<const std::byte> bytes) {
  Direction& current = direction(side);
  current.held_bytes = 0;
  current.guesses = IsTls(bytes) ? kMaxGuesses : static_cast<std::uint8_t>(current.guesses + 1);
  if (current.guesses < kMaxGuesses) {
    return StreamInterest::kMore;
  }
  ++counters_.directions_given_up;
  return StreamInterest::kNone;
}

StreamInterest StreamApplication::OnGap(FlowSide side, std::uint64_t offset, std::uint64_t size) {
  switch (protocol_) {
    case Protocol::kDns:
      dns_side_ = side;
      direction(side).dns->OnGap(size, resources_.dns_sink);
      return StreamInterest::kMore;
    case Protocol::kHttp1:
      return InterestAfter(http1_->OnGap(SenderOf(side), offset, size), side);
    case Protocol::kHttp2:
      return InterestAfter(http2_->OnGap(SenderOf(side), offset, size), side);
    case Protocol::kUnknown:
      direction(side).held_bytes = 0;
      break;
  }
  return StreamInterest::kMore;
}

void StreamApplication::OnEnd(FlowSide side) {
  direction(side).ended = true;
  switch (protocol_) {
    case Protocol::kDns:
      dns_side_ = side;
      direction(side).dns->OnEnd(resources_.dns_sink);
      break;
    case Protocol::kHttp1:
      http1_->OnEnd(SenderOf(side));
      break;
    case Protocol::kHttp2:
      http2_->OnEnd(SenderOf(side));
      break;
    case Protocol::kUnknown:
      break;
  }
}

void StreamApplication::OnFlowEnd() {
  for (const FlowSide side : {FlowSide::kInitiator, FlowSide::kResponder}) {
    if (!direction(side).ended) {
      OnEnd(side);
    }
  }
  Start(Protocol::kUnknown);
}

}  // namespace wirehound
