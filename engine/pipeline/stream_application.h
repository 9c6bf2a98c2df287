// SPDX-License-Identifier: Apache-2.0

// StreamApplication: what one connection speaks, as far as it is known, with the decoder that
// follows it. DNS is known by its port; HTTP is recognised by content, on any port, at the start of
// the stream or of a later segment. Used again for other connections. Dispatch thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "decoders/core/arena.h"
#include "decoders/dns/dns_tcp_framer.h"
#include "decoders/http/http1_connection.h"
#include "decoders/http/http2_connection.h"
#include "decoders/http/http2_frame_reader.h"
#include "decoders/http/http_detection.h"
#include "decoders/http/http_sink.h"
#include "decoders/stream/flow.h"

namespace wirehound {

/// Segments of a direction whose start is looked at before it is given up: enough for the
/// greetings of a proxy protocol in front of HTTP. Policy beyond it: the direction is only counted.
inline constexpr std::uint8_t kMaxGuesses = 8;

/// The most it takes to tell what a direction starts with: an HTTP/2 preface behind blank lines.
inline constexpr std::size_t kMaxGuessBytes = kMaxHttpBlankBytes + kHttp2Preface.size();

/// What the decoders of all connections share: where their results go, memory with its limits.
struct ApplicationResources {
  HttpSink& http_sink;
  DnsTcpSink& dns_sink;
  Arena& arena;
  HttpBufferPool& http1_pool;
  Http2Pool& http2_pool;
  DnsBufferPool& dns_pool;
};

/// Connections by what they were found to speak. One may count several times: as HTTP/1.1 and then
/// as HTTP/2.
struct ApplicationCounters {
  std::uint64_t dns = 0;
  std::uint64_t http1 = 0;
  std::uint64_t http2 = 0;
  std::uint64_t directions_given_up = 0;  ///< speak something else
};

class StreamApplication {
 public:
  enum class Protocol : std::uint8_t { kUnknown, kDns, kHttp1, kHttp2 };

  /// All that `resources` names, and `counters`, must outlive this.
  StreamApplication(const ApplicationResources& resources, ApplicationCounters& counters)
      : resources_(resources), counters_(counters) {}

  /// Forgets the last connection. `protocol`: kDns when the ports say so, else kUnknown.
  void Start(Protocol protocol);

  /// What the flow table delivers of the connection (decoders/stream/flow.h).
  StreamInterest OnData(FlowSide side, std::uint64_t offset, std::span<const std::byte> bytes);
  StreamInterest OnGap(FlowSide side, std::uint64_t offset, std::uint64_t size);
  void OnEnd(FlowSide side);
  /// Both directions have stopped, with or without their end. What they kept is let go.
  void OnFlowEnd();

  /// Which side of the connection the HTTP sender of a message is.
  FlowSide SideOf(HttpSide sender) const {
    return sender == HttpSide::kClient ? http_client_ : Opposite(http_client_);
  }

  /// Which side sent the DNS message that is being reported.
  FlowSide dns_side() const { return dns_side_; }

 private:
  // One direction.
  struct Direction {
    std::optional<DnsTcpFramer> dns;
    // The start of a segment that is too short to tell what it is.
    std::array<std::byte, kMaxGuessBytes> held;
    std::uint8_t held_bytes = 0;
    std::uint8_t guesses = 0;
    bool ended = false;
  };

  Direction& Of(FlowSide side) { return directions_[static_cast<std::size_t>(side)]; }
  HttpSide SenderOf(FlowSide side) const {
    return side == http_client_ ? HttpSide::kClient : HttpSide::kServer;
  }

  StreamInterest OnDnsData(FlowSide side, std::span<const std::byte> bytes);
  StreamInterest OnHttp1Data(FlowSide side, std::uint64_t offset, std::span<const std::byte> bytes);
  StreamInterest OnHttp2Data(FlowSide side, std::uint64_t offset, std::span<const std::byte> bytes);
  StreamInterest Guess(FlowSide side, std::uint64_t offset, std::span<const std::byte> bytes);
  StreamInterest StartAs(HttpGuess guess, FlowSide side, std::uint64_t offset,
                         std::span<const std::byte> bytes);
  StreamInterest CountMiss(FlowSide side, std::span<const std::byte> bytes);
  StreamInterest InterestAfter(HttpVerdict verdict, FlowSide side);
  void ReportOddStart(FlowSide side);
  void SwitchToHttp2(FlowSide side);
  void LeaveHttp();

  ApplicationResources resources_;
  ApplicationCounters& counters_;
  Protocol protocol_ = Protocol::kUnknown;
  FlowSide http_client_ = FlowSide::kInitiator;
  FlowSide dns_side_ = FlowSide::kInitiator;
  std::array<Direction, 2> directions_;
  std::optional<Http1Connection> http1_;
  std::unique_ptr<Http2Connection> http2_;  // seldom there, and large
};

}  // namespace wirehound
