// SPDX-License-Identifier: Apache-2.0

// StreamApplication: the application protocol of one connection, as far as it is known, and its
// decoder. The port tells DNS; HTTP is recognised by content, on any port, at the start of the
// stream or of a later segment. A pool reuses the objects for other connections. Dispatch thread.

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

/// After this many segments whose start is not HTTP, a direction is given up: its data is no longer
/// examined, and ApplicationCounters counts it. Enough for the greetings of a proxy protocol in
/// front of HTTP.
inline constexpr std::uint8_t kMaxGuesses = 8;

/// The most bytes needed to recognise the start of a direction: an HTTP/2 preface behind blank
/// lines.
inline constexpr std::size_t kMaxGuessBytes = kMaxHttpBlankBytes + kHttp2Preface.size();

/// Shared by the decoders of all connections: the sinks of their results, and bounded memory.
struct ApplicationResources {
  HttpSink& http_sink;
  DnsTcpSink& dns_sink;
  Arena& arena;
  HttpBufferPool& http1_pool;
  Http2Pool& http2_pool;
  DnsBufferPool& dns_pool;
};

/// Counts connections by the protocol found in them. One connection may count several times: as
/// HTTP/1.1 and then as HTTP/2.
struct ApplicationCounters {
  std::uint64_t dns = 0;
  std::uint64_t http1 = 0;
  std::uint64_t http2 = 0;
  std::uint64_t directions_given_up = 0;  ///< found to be neither DNS nor HTTP
};

class StreamApplication {
 public:
  enum class Protocol : std::uint8_t { kUnknown, kDns, kHttp1, kHttp2 };

  /// All that `resources` names, and `counters`, must outlive this.
  StreamApplication(const ApplicationResources& resources, ApplicationCounters& counters)
      : resources_(resources), counters_(counters) {}

  /// Forgets the last connection and starts another. `protocol` is kDns if a port of the connection
  /// is one of DNS, else kUnknown.
  void Start(Protocol protocol);

  /// Called with the data that the flow table delivers (decoders/stream/flow.h). The result says
  /// whether the direction is worth more data.
  StreamInterest OnData(FlowSide side, std::uint64_t offset, std::span<const std::byte> bytes);
  StreamInterest OnGap(FlowSide side, std::uint64_t offset, std::uint64_t size);
  void OnEnd(FlowSide side);
  /// Ends the directions that have not ended yet, and frees the decoders and their memory.
  void OnFlowEnd();

  /// The side of the connection that `sender` is.
  FlowSide SideOf(HttpSide sender) const {
    return sender == HttpSide::kClient ? http_client_ : Opposite(http_client_);
  }

  /// The side that sent the DNS message that is being reported.
  FlowSide dns_side() const { return dns_side_; }

 private:
  struct Direction {
    std::optional<DnsTcpFramer> dns;
    // The start of the data, while it is too short to recognise a protocol.
    std::array<std::byte, kMaxGuessBytes> held;
    std::uint8_t held_bytes = 0;
    std::uint8_t guesses = 0;
    bool ended = false;
  };

  Direction& direction(FlowSide side) { return directions_[static_cast<std::size_t>(side)]; }
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
  std::unique_ptr<Http2Connection> http2_;  // on the heap: large, and few connections have one
};

}  // namespace wirehound
