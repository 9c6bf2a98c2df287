// SPDX-License-Identifier: Apache-2.0

// Fuzz target for the flow table. The input is a script of segments of four connections. What a
// segment carries follows from its sequence number, so every call can be checked: every byte
// once, in order, at its place; gaps where bytes are missing; each flow begun before its data and
// ended once; memory and ledger as promised; the same calls with another hash seed.
// Input: two bytes of options, then per segment one byte (what, which connection, which side) and
// its parameters.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "decoders/core/byte_reader.h"
#include "decoders/stream/flow_table.h"
#include "tests/fuzz/fuzz_check.h"

namespace wirehound {
namespace {

constexpr std::size_t kConnections = 4;
constexpr std::size_t kMaxPayload = 4096;

// The byte that every segment has at this place.
std::byte ByteAt(std::uint16_t port, bool from_client, std::uint32_t sequence) {
  std::uint32_t value = sequence * 2654435761u + port * 40503u + (from_client ? 77 : 0);
  value ^= value >> 15;
  return static_cast<std::byte>(value * 2246822519u >> 24);
}

// The bytes that one side of a connection has sent.
struct SentSide {
  std::uint32_t cursor = 0;  ///< where the script goes on
  std::set<std::uint32_t> possible_starts;
};

struct Sent {
  std::array<std::array<SentSide, 2>, kConnections> sides;  ///< second index: from the client
  bool honest = true;                                       ///< no two bytes for one place so far
};

// Checks each call of the table as it comes, and keeps a digest of all calls.
class CheckingObserver : public FlowObserver {
 public:
  CheckingObserver(const Sent& sent, std::uint64_t interested_until)
      : sent_(sent), interested_until_(interested_until) {}

  void OnFlowAttempt(FlowInfo& flow) override {
    State& state = Of(flow, 1);
    WIREHOUND_FUZZ_CHECK(!state.begun && !flow.handshake_seen);
  }

  void OnFlowBegin(FlowInfo& flow) override {
    State& state = Of(flow, 2);
    WIREHOUND_FUZZ_CHECK(!state.begun && flow.handshake_seen);
    WIREHOUND_FUZZ_CHECK(state.sides[0].next == 0 && state.sides[1].next == 0);
    state.begun = true;
  }

  StreamInterest OnStreamData(FlowInfo& flow, FlowSide side, std::uint64_t offset,
                              std::span<const std::byte> bytes) override {
    StreamState& stream = Told(flow, side, offset, bytes.size());
    if (sent_.honest) {
      CheckBytes(flow, side, stream, offset, bytes);
    }
    return Interest(stream, flow);
  }

  StreamInterest OnStreamGap(FlowInfo& flow, FlowSide side, std::uint64_t offset,
                             std::uint64_t size) override {
    StreamState& stream = Told(flow, side, offset, size);
    ++gaps_;
    return Interest(stream, flow);
  }

  void OnStreamEnd(FlowInfo& flow, FlowSide side) override {
    StreamState& stream = Of(flow, 3).sides[Index(side)];
    WIREHOUND_FUZZ_CHECK(!stream.ended);
    stream.ended = true;
  }

  void OnStreamAnomaly(FlowInfo& flow, FlowSide, const Anomaly& anomaly) override {
    Of(flow, 4 + static_cast<std::uint64_t>(anomaly.kind));
    Digest(anomaly.offset);
    Digest(anomaly.size);
    WIREHOUND_FUZZ_CHECK(anomaly.size > 0);
    WIREHOUND_FUZZ_CHECK(anomaly.kind != AnomalyKind::kTcpOverlapConflict || !sent_.honest);
  }

  void OnFlowEnd(FlowInfo& flow, FlowEnd how) override {
    const State& state = Of(flow, 100 + static_cast<std::uint64_t>(how));
    WIREHOUND_FUZZ_CHECK(how != FlowEnd::kFin || (state.sides[0].ended && state.sides[1].ended));
    WIREHOUND_FUZZ_CHECK((how == FlowEnd::kReset) ==
                         (flow.reset_by_initiator || flow.reset_by_responder));
    flows_.erase(flow.id);
    ended_.insert(flow.id);
  }

  std::uint64_t digest() const { return digest_; }
  std::size_t ended() const { return ended_.size(); }
  std::uint64_t gaps() const { return gaps_; }

 private:
  struct StreamState {
    std::uint64_t next = 0;
    bool first = true;
    bool wanted = true;
    bool ended = false;
    std::set<std::uint32_t> starts;  ///< sequence numbers the stream may have started at
  };
  struct State {
    std::array<StreamState, 2> sides;
    bool begun = false;
  };

  static std::size_t Index(FlowSide side) { return static_cast<std::size_t>(side); }

  State& Of(FlowInfo& flow, std::uint64_t what) {
    Digest(what);
    Digest(flow.id);
    WIREHOUND_FUZZ_CHECK(flow.id != 0 && !ended_.contains(flow.id));
    void* const handle = reinterpret_cast<void*>(flow.id);
    WIREHOUND_FUZZ_CHECK(flow.application == (flows_.contains(flow.id) ? handle : nullptr));
    flow.application = handle;
    return flows_[flow.id];
  }

  StreamState& Told(FlowInfo& flow, FlowSide side, std::uint64_t offset, std::uint64_t size) {
    StreamState& stream = Of(flow, 50 + Index(side)).sides[Index(side)];
    Digest(offset);
    Digest(size);
    WIREHOUND_FUZZ_CHECK(size > 0 && offset == stream.next);
    WIREHOUND_FUZZ_CHECK(stream.wanted && !stream.ended);
    stream.next += size;
    return stream;
  }

  StreamInterest Interest(StreamState& stream, const FlowInfo& flow) const {
    stream.wanted = flow.id % 2 == 0 || stream.next < interested_until_;
    return stream.wanted ? StreamInterest::kMore : StreamInterest::kNone;
  }

  // The table does not report where a stream starts: its calls must fit at least one start.
  void CheckBytes(const FlowInfo& flow, FlowSide side, StreamState& stream, std::uint64_t offset,
                  std::span<const std::byte> bytes) {
    const std::uint16_t server = flow.endpoint(FlowSide::kResponder).port;
    const bool by_initiator = side == FlowSide::kInitiator;
    const bool swapped = server != 80;
    const std::uint16_t port = swapped ? server : flow.endpoint(FlowSide::kInitiator).port;
    const bool from_client = by_initiator != swapped;
    if (stream.first) {
      stream.starts = sent_.sides[port % kConnections][from_client ? 1 : 0].possible_starts;
      stream.first = false;
    }
    for (auto start = stream.starts.begin(); start != stream.starts.end();) {
      bool fits = true;
      for (std::size_t i = 0; i < bytes.size() && fits; ++i) {
        const auto sequence = static_cast<std::uint32_t>(*start + offset + i);
        fits = bytes[i] == ByteAt(port, from_client, sequence);
      }
      start = fits ? std::next(start) : stream.starts.erase(start);
    }
    WIREHOUND_FUZZ_CHECK(!stream.starts.empty());
  }

  void Digest(std::uint64_t value) {
    digest_ = (digest_ ^ value) * 0x9e3779b97f4a7c15;
    digest_ ^= digest_ >> 29;
  }

  const Sent& sent_;
  const std::uint64_t interested_until_;
  std::map<std::uint64_t, State> flows_;
  std::set<std::uint64_t> ended_;
  std::uint64_t digest_ = 0;
  std::uint64_t gaps_ = 0;
};

FlowLimits Limits(std::uint8_t options) {
  FlowLimits limits;
  limits.max_flows = (options & 1) != 0 ? 2 : 64;
  limits.max_stream_bytes = (options & 2) != 0 ? 3 * kSegmentBlockBytes : 64 * kSegmentBlockBytes;
  limits.max_total_bytes = (options & 4) != 0 ? 5 * kSegmentBlockBytes : 128 * kSegmentBlockBytes;
  limits.max_tail_bytes = (options & 8) != 0 ? 2500 : 32 * kTailBytes;
  limits.linger_ns = (options & 16) != 0 ? 0 : limits.linger_ns;
  return limits;
}

// Plays the script into one table.
class Player {
 public:
  Player(std::span<const std::byte> script, std::uint64_t seed)
      : script_(script),
        options_(script_.ReadU8()),
        interested_until_(script_.ReadU8() * std::uint64_t{256}),
        limits_(Limits(options_)),
        observer_(sent_, interested_until_),
        table_(limits_, observer_, seed) {
    for (std::size_t i = 0; i < kConnections; ++i) {
      sent_.sides[i][0].cursor = 0x1000;
      sent_.sides[i][1].cursor = 0xffffff00u - static_cast<std::uint32_t>(i) * 0x3fffff00u;
    }
  }

  std::uint64_t Play() {
    while (script_.remaining() > 0) {
      Step();
      CheckCounters();
    }
    table_.Shutdown();
    CheckCounters();
    const FlowTableCounters& counters = table_.counters();
    WIREHOUND_FUZZ_CHECK(counters.streams.buffered_bytes == 0);
    WIREHOUND_FUZZ_CHECK(counters.streams.buffer_memory_bytes == 0);
    WIREHOUND_FUZZ_CHECK(counters.flows_created == observer_.ended());
    return observer_.digest();
  }

 private:
  struct Shape {
    std::uint8_t flags = 0x10;
    std::uint32_t sequence = 0;
    std::uint32_t ack = 0;
    std::size_t size = 0;
    std::size_t not_captured = 0;
  };
  enum Flag : std::uint8_t { kFin = 1, kSyn = 2, kRst = 4, kAck = 16 };

  void Step() {
    const std::uint8_t what = script_.ReadU8();
    const std::size_t connection = (what >> 4) % kConnections;
    const bool from_client = (what & 0x80) == 0;
    SentSide& own = sent_.sides[connection][from_client ? 1 : 0];
    const SentSide& peer = sent_.sides[connection][from_client ? 0 : 1];
    Shape shape{.sequence = own.cursor, .ack = peer.cursor};
    switch (what & 0xf) {
      case 0:  // opens
        shape.flags = from_client ? kSyn : kSyn | kAck;
        own.cursor += 1;
        break;
      case 1:  // opens with data
        shape.flags = from_client ? kSyn : kSyn | kAck;
        shape.size = script_.ReadU8();
        own.cursor += 1 + static_cast<std::uint32_t>(shape.size);
        break;
      case 2:
        break;
      case 3:
      case 4:
      case 5:  // goes on
        shape.size = script_.ReadBe16() % kMaxPayload;
        own.cursor += static_cast<std::uint32_t>(shape.size);
        break;
      case 6:  // leaves a hole
        own.cursor += script_.ReadBe16();
        return;
      case 7:
      case 8:  // sends something from before
        shape.sequence -= script_.ReadBe16();
        shape.size = script_.ReadBe16() % kMaxPayload;
        break;
      case 9:
        shape.flags = kFin | kAck;
        shape.size = script_.ReadU8();
        own.cursor += static_cast<std::uint32_t>(shape.size);
        break;
      case 10:
        shape.flags = (script_.ReadU8() & 1) != 0 ? kRst | kAck : kRst;
        break;
      case 11:
        now_ns_ += script_.ReadU8() * (kSecondNs / 8);
        table_.Expire(now_ns_);
        return;
      case 12:  // anything
        shape.flags = script_.ReadU8();
        shape.sequence = script_.ReadBe32();
        shape.ack = script_.ReadBe32();
        shape.size = script_.ReadU8();
        shape.not_captured = script_.ReadU8() * std::size_t{16};
        break;
      case 13:  // cut short
        shape.size = script_.ReadU8();
        shape.not_captured = script_.ReadBe16();
        own.cursor += static_cast<std::uint32_t>(shape.size + shape.not_captured);
        break;
      case 14:  // acknowledges what was not sent, or in the past
        shape.ack += script_.ReadBe16() - 1000u;
        break;
      default:  // other bytes for the same place
        shape.sequence -= script_.ReadBe16();
        shape.size = script_.ReadU8();
        sent_.honest = false;
        break;
    }
    Send(connection, from_client, shape);
  }

  void Send(std::size_t connection, bool from_client, const Shape& shape) {
    const auto port = static_cast<std::uint16_t>(40000 + connection);
    const bool syn = (shape.flags & kSyn) != 0;
    const std::uint32_t first = shape.sequence + (syn ? 1 : 0);
    auto& sides = sent_.sides[connection];
    sides[from_client ? 1 : 0].possible_starts.insert(first);
    sides[from_client ? 0 : 1].possible_starts.insert(shape.ack);
    std::vector<std::byte> payload(shape.size);
    for (std::size_t i = 0; i < payload.size(); ++i) {
      payload[i] = ByteAt(port, from_client, first + static_cast<std::uint32_t>(i)) ^
                   (sent_.honest ? std::byte{0} : std::byte{1});
    }
    table_.OnSegment({Metadata(port, from_client), Header(shape),
                      CapturedBytes(payload, shape.size + shape.not_captured), now_ns_});
    // Time advances a little, and sometimes goes back.
    now_ns_ += now_ns_ % 7 == 0 ? -std::uint64_t{1000} : 1'000'001;
  }

  wirehound_packet_metadata Metadata(std::uint16_t port, bool from_client) const {
    wirehound_packet_metadata metadata{};
    metadata.struct_size = sizeof(metadata);
    metadata.packet_len = 40;
    metadata.src_ip.family = metadata.dst_ip.family = WIREHOUND_FAMILY_IPV4;
    metadata.src_ip.bytes[0] = from_client ? 1 : 2;
    metadata.dst_ip.bytes[0] = from_client ? 2 : 1;
    metadata.src_port = from_client ? port : 80;
    metadata.dst_port = from_client ? 80 : port;
    const bool live = (options_ & 32) != 0;
    metadata.direction = !live         ? WIREHOUND_DIRECTION_UNKNOWN
                         : from_client ? WIREHOUND_DIRECTION_EGRESS
                                       : WIREHOUND_DIRECTION_INGRESS;
    return metadata;
  }

  static wirehound_tcp Header(const Shape& shape) {
    wirehound_tcp tcp{};
    tcp.struct_size = sizeof(tcp);
    tcp.seq = shape.sequence;
    tcp.ack = shape.ack;
    tcp.fin_flag = (shape.flags & kFin) != 0;
    tcp.syn_flag = (shape.flags & kSyn) != 0;
    tcp.rst_flag = (shape.flags & kRst) != 0;
    tcp.ack_flag = (shape.flags & kAck) != 0;
    return tcp;
  }

  void CheckCounters() const {
    const StreamCounters& streams = table_.counters().streams;
    WIREHOUND_FUZZ_CHECK(streams.payload_bytes ==
                         streams.delivered_bytes + streams.retransmitted_bytes +
                             streams.ignored_bytes() + streams.buffered_bytes);
    WIREHOUND_FUZZ_CHECK(streams.peak_buffer_memory_bytes <= limits_.max_total_bytes);
    WIREHOUND_FUZZ_CHECK(streams.buffered_bytes <= streams.buffer_memory_bytes);
    WIREHOUND_FUZZ_CHECK(streams.gaps == observer_.gaps());
    WIREHOUND_FUZZ_CHECK(table_.open_flows() <= limits_.max_flows);
    WIREHOUND_FUZZ_CHECK(table_.counters().flows_created ==
                         observer_.ended() + table_.open_flows());
  }

  ByteReader script_;
  const std::uint8_t options_;
  const std::uint64_t interested_until_;
  const FlowLimits limits_;
  Sent sent_;
  CheckingObserver observer_;
  FlowTable table_;
  std::uint64_t now_ns_ = kSecondNs;
};

}  // namespace
}  // namespace wirehound

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto script = std::as_bytes(std::span(data, size));
  const std::uint64_t digest = wirehound::Player(script, 1).Play();
  WIREHOUND_FUZZ_CHECK(wirehound::Player(script, 2).Play() == digest);
  return 0;
}
