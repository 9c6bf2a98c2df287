// SPDX-License-Identifier: Apache-2.0

// The cost of a segment in the flow table: finding the flow and delivering bytes in order, with few
// and with many flows, wanted or not, and segments out of order. items_per_second counts
// segments.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "decoders/stream/flow_table.h"

namespace wirehound {
namespace {

// Ignores all bytes, so that only the table is measured.
class IdleObserver : public FlowObserver {
 public:
  explicit IdleObserver(StreamInterest interest) : interest_(interest) {}

  void OnFlowBegin(FlowInfo&) override {}
  void OnFlowAttempt(FlowInfo&) override {}
  StreamInterest OnStreamData(FlowInfo&, FlowSide, std::uint64_t,
                              std::span<const std::byte> bytes) override {
    bytes_ += bytes.size();
    return interest_;
  }
  StreamInterest OnStreamGap(FlowInfo&, FlowSide, std::uint64_t, std::uint64_t) override {
    return interest_;
  }
  void OnStreamEnd(FlowInfo&, FlowSide) override {}
  void OnStreamAnomaly(FlowInfo&, FlowSide, const Anomaly&) override {}
  void OnFlowEnd(FlowInfo&, FlowEnd) override {}

 private:
  const StreamInterest interest_;
  std::uint64_t bytes_ = 0;
};

// Connections whose clients send in turn, like packets of a busy host.
class Load {
 public:
  Load(std::size_t connections, std::size_t payload_bytes, StreamInterest interest,
       const FlowLimits& limits = {})
      : observer_(interest),
        table_(limits, observer_, 1),
        payload_(payload_bytes),
        sent_(connections) {
    tcp_.struct_size = sizeof(tcp_);
    metadata_.struct_size = sizeof(metadata_);
    metadata_.packet_len = static_cast<std::uint32_t>(40 + payload_bytes);
    metadata_.src_ip.family = metadata_.dst_ip.family = WIREHOUND_FAMILY_IPV4;
    metadata_.dst_port = 80;
    for (std::size_t i = 0; i < connections; ++i) {
      Open(i);
    }
  }

  void Open(std::size_t connection) {
    Send(connection, 0, {}, true);
    Send(connection, 1, {}, false);
  }

  // The next segment of the next connection, `ahead` bytes too early.
  void SendNext(std::uint32_t ahead = 0) {
    next_ = next_ * 5 + 7;
    const std::size_t connection = (next_ >> 8) % sent_.size();
    Send(connection, 1 + sent_[connection] + ahead, payload_, false);
    sent_[connection] += static_cast<std::uint32_t>(payload_.size());
  }

  void Send(std::size_t connection, std::uint32_t sequence, std::span<const std::byte> payload,
            bool syn) {
    const auto address = static_cast<std::uint32_t>(connection / 50000);
    std::memcpy(metadata_.src_ip.bytes, &address, sizeof(address));
    metadata_.src_port = static_cast<std::uint16_t>(1024 + connection % 50000);
    tcp_.seq = sequence;
    tcp_.syn_flag = syn ? 1 : 0;
    tcp_.ack_flag = syn ? 0 : 1;
    now_ns_ += step_ns_;
    table_.OnSegment({metadata_, tcp_, payload, now_ns_});
  }

  void StopTime() { step_ns_ = 0; }

  std::span<const std::byte> payload() const { return payload_; }

 private:
  IdleObserver observer_;
  FlowTable table_;
  std::vector<std::byte> payload_;
  std::vector<std::uint32_t> sent_;
  wirehound_packet_metadata metadata_{};
  wirehound_tcp tcp_{};
  std::uint32_t next_ = 0;
  std::uint64_t now_ns_ = 0;
  std::uint64_t step_ns_ = 1000;
};

void InOrder(benchmark::State& state, std::size_t payload_bytes, StreamInterest interest,
             std::size_t max_tail_bytes) {
  FlowLimits limits;
  limits.max_tail_bytes = max_tail_bytes;
  Load load(static_cast<std::size_t>(state.range(0)), payload_bytes, interest, limits);
  while (state.KeepRunning()) {
    load.SendNext();
  }
  state.SetItemsProcessed(state.iterations());
}

constexpr std::size_t kTails = FlowLimits().max_tail_bytes;

BENCHMARK_CAPTURE(InOrder, acknowledgement, 0, StreamInterest::kMore, kTails)
    ->Arg(1)
    ->Arg(1000)
    ->Arg(60000);
BENCHMARK_CAPTURE(InOrder, unwanted_1460, 1460, StreamInterest::kNone, kTails)
    ->Arg(1)
    ->Arg(1000)
    ->Arg(60000);
BENCHMARK_CAPTURE(InOrder, wanted_200, 200, StreamInterest::kMore, kTails)
    ->Arg(1)
    ->Arg(1000)
    ->Arg(60000);
BENCHMARK_CAPTURE(InOrder, wanted_1460, 1460, StreamInterest::kMore, kTails)
    ->Arg(1)
    ->Arg(1000)
    ->Arg(60000);
BENCHMARK_CAPTURE(InOrder, wanted_1460_without_tails, 1460, StreamInterest::kMore, 0)
    ->Arg(1)
    ->Arg(1000)
    ->Arg(60000);

// Each hole is filled by the segment after it.
void SwappedPairs(benchmark::State& state) {
  Load load(1, 1460, StreamInterest::kMore);
  std::uint32_t sequence = 1;
  while (state.KeepRunning()) {
    load.Send(0, sequence + 1460, load.payload(), false);
    load.Send(0, sequence, load.payload(), false);
    sequence += 2 * 1460;
  }
  state.SetItemsProcessed(2 * state.iterations());
}
BENCHMARK(SwappedPairs);

// The worst case of a hostile peer: the most pieces that a stream may have, then always one more
// near their end that the table has already.
void TinyPieces(benchmark::State& state) {
  Load load(1, 1, StreamInterest::kMore);
  const std::uint32_t pieces = FlowLimits().max_stream_bytes / kSegmentBlockBytes;
  for (std::uint32_t i = 0; i < pieces; ++i) {
    load.Send(0, 3 + 2 * i, load.payload(), false);
  }
  load.StopTime();
  while (state.KeepRunning()) {
    load.Send(0, 3 + 2 * (pieces - 2), load.payload(), false);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(TinyPieces);

// SYNs of new connections without end: a flood, once the table is full.
void NewConnections(benchmark::State& state) {
  Load load(1, 0, StreamInterest::kMore);
  std::size_t connection = 0;
  while (state.KeepRunning()) {
    load.Send(++connection, 0, {}, true);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(NewConnections);

}  // namespace
}  // namespace wirehound
