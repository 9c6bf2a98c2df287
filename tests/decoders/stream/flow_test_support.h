// SPDX-License-Identifier: Apache-2.0

// For the tests of streams and flows: an observer that records each report as a line of text, and a
// way to write a segment in one line of a test.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decoders/stream/flow_table.h"

namespace wirehound {

inline std::string_view FlowEndText(FlowEnd how) {
  constexpr std::string_view kTexts[] = {"fin",      "reset",   "timeout",
                                         "replaced", "evicted", "shutdown"};
  return kTexts[static_cast<std::size_t>(how)];
}

/// Lines are "attempt 1", "begin 1", "data 1 i 0 text", "gap 1 r 10+5", "end 1 i",
/// "tcp_gap 1 i 10+5", "over 1 fin": call, flow id, side (i or r), offset, size.
class RecordingObserver : public FlowObserver {
 public:
  std::vector<std::string> lines;
  std::map<std::string, std::string> bytes;  ///< by "1 i"; gaps are left out
  bool write_data = true;                    ///< whether data gets lines
  /// After this many bytes of a side the observer answers that it wants no more of it.
  std::uint64_t interested_until = ~std::uint64_t{0};
  FlowInfo last_flow;  ///< a copy from the last OnFlowEnd

  /// The lines since the last call, joined.
  std::string Take() {
    std::string all;
    for (const std::string& line : lines) {
      all += all.empty() ? line : "; " + line;
    }
    lines.clear();
    return all;
  }

  void OnFlowBegin(FlowInfo& flow) override { lines.push_back("begin " + Id(flow)); }
  void OnFlowAttempt(FlowInfo& flow) override { lines.push_back("attempt " + Id(flow)); }

  StreamInterest OnStreamData(FlowInfo& flow, FlowSide side, std::uint64_t offset,
                              std::span<const std::byte> data) override {
    const std::string text(reinterpret_cast<const char*>(data.data()), data.size());
    bytes[Name(flow, side)] += text;
    if (write_data) {
      lines.push_back("data " + Name(flow, side) + " " + std::to_string(offset) + " " + text);
    }
    return Interest(offset + data.size());
  }

  StreamInterest OnStreamGap(FlowInfo& flow, FlowSide side, std::uint64_t offset,
                             std::uint64_t size) override {
    lines.push_back("gap " + Name(flow, side) + " " + Place(offset, size));
    return Interest(offset + size);
  }

  void OnStreamEnd(FlowInfo& flow, FlowSide side) override {
    lines.push_back("end " + Name(flow, side));
  }

  void OnStreamAnomaly(FlowInfo& flow, FlowSide side, const Anomaly& anomaly) override {
    lines.push_back(std::string(AnomalyName(anomaly.kind)) + " " + Name(flow, side) + " " +
                    Place(anomaly.offset, anomaly.size));
  }

  void OnFlowEnd(FlowInfo& flow, FlowEnd how) override {
    lines.push_back("over " + Id(flow) + " " + std::string(FlowEndText(how)));
    last_flow = flow;
  }

 private:
  static std::string Id(const FlowInfo& flow) { return std::to_string(flow.id); }
  static std::string Name(const FlowInfo& flow, FlowSide side) {
    return Id(flow) + (side == FlowSide::kInitiator ? " i" : " r");
  }
  static std::string Place(std::uint64_t offset, std::uint64_t size) {
    return std::to_string(offset) + "+" + std::to_string(size);
  }
  StreamInterest Interest(std::uint64_t reported) const {
    return reported < interested_until ? StreamInterest::kMore : StreamInterest::kNone;
  }
};

inline std::span<const std::byte> BytesOf(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// A segment as a test writes it. Flags are letters: S, A, F, R.
struct SegmentText {
  std::string_view flags = "A";
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::string_view payload = "";
  std::size_t not_captured = 0;  ///< bytes behind `payload` that the capture cut
};

/// Sends segments between a client, 10.0.0.1:40000 unless another port is set, and a server,
/// 10.0.0.2:80.
class Conversation {
 public:
  explicit Conversation(FlowTable& table) : table_(table) {}

  std::uint64_t now_ns = kSecondNs;
  std::uint16_t client_port = 40000;
  std::uint8_t client_direction = WIREHOUND_DIRECTION_UNKNOWN;  ///< of the client's packets
  std::uint8_t server_direction = WIREHOUND_DIRECTION_UNKNOWN;
  std::uint64_t network_namespace = 0;
  SegmentOwner owner;

  void Client(const SegmentText& text) { Send(text, true); }
  void Server(const SegmentText& text) { Send(text, false); }

  /// SYN, SYN+ACK, ACK. The first bytes are 101 (client) and 501 (server).
  void Handshake() {
    Client({.flags = "S", .seq = 100});
    Server({.flags = "SA", .seq = 500, .ack = 101});
    Client({.flags = "A", .seq = 101, .ack = 501});
  }

 private:
  void Send(const SegmentText& text, bool from_client) {
    wirehound_packet_metadata metadata{};
    metadata.struct_size = sizeof(metadata);
    metadata.src_ip = Address(from_client ? 1 : 2);
    metadata.dst_ip = Address(from_client ? 2 : 1);
    metadata.src_port = from_client ? client_port : 80;
    metadata.dst_port = from_client ? 80 : client_port;
    metadata.direction = from_client ? client_direction : server_direction;
    const std::size_t wire_size = text.payload.size() + text.not_captured;
    metadata.packet_len = static_cast<std::uint32_t>(40 + wire_size);
    wirehound_tcp tcp{};
    tcp.struct_size = sizeof(tcp);
    tcp.seq = text.seq;
    tcp.ack = text.ack;
    const auto flag = [&](char letter) {
      return static_cast<std::uint8_t>(text.flags.find(letter) != std::string_view::npos);
    };
    tcp.syn_flag = flag('S');
    tcp.ack_flag = flag('A');
    tcp.fin_flag = flag('F');
    tcp.rst_flag = flag('R');
    table_.OnSegment({metadata, tcp, CapturedBytes(BytesOf(text.payload), wire_size), now_ns,
                      network_namespace, owner});
  }

  static wirehound_address Address(std::uint8_t last) {
    return {.bytes = {10, 0, 0, last}, .family = WIREHOUND_FAMILY_IPV4, .reserved = {}};
  }

  FlowTable& table_;
};

/// payload == delivered + retransmitted + ignored + waiting.
inline bool Balances(const StreamCounters& counters) {
  return counters.payload_bytes == counters.delivered_bytes + counters.retransmitted_bytes +
                                       counters.ignored_bytes() + counters.buffered_bytes;
}

}  // namespace wirehound
