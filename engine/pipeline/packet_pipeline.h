// SPDX-License-Identifier: Apache-2.0

// PacketPipeline: turns records into base events. It decodes each record packet by packet (a tunnel
// carries another packet), reassembles fragments, hands TCP segments to StreamPipeline, and emits
// the events of each layer, outermost first. It decodes the content of connections and DNS messages
// only if the plan needs it. This is the hot path: memory is allocated at start or comes from
// bounded pools. Dispatch thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "decoders/core/arena.h"
#include "decoders/core/decode_status.h"
#include "decoders/packet/packet_decoder.h"
#include "decoders/stream/fragment_table.h"
#include "engine/dispatch/dispatcher.h"
#include "engine/pipeline/anomaly_events.h"
#include "engine/pipeline/base_event.h"
#include "engine/pipeline/dns_events.h"
#include "engine/pipeline/event_emitter.h"
#include "engine/pipeline/flow_events.h"
#include "engine/pipeline/gap_events.h"
#include "engine/pipeline/http_events.h"
#include "engine/pipeline/limits.h"
#include "engine/pipeline/stream_pipeline.h"
#include "probes/capture/record.h"

namespace wirehound {

/// Counts the results of each decoder by status. The row of the link layer counts every record
/// once, and every packet found inside another one once.
struct DecodeCounters {
  using PerStatus = std::array<std::uint64_t, kDecodeStatusCount>;

  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  std::uint64_t encapsulated = 0;                     ///< packets found inside others
  std::array<PerStatus, kPacketLayerCount> layers{};  ///< by PacketLayer
};

class PacketPipeline : public RecordSink {
 public:
  /// `catalogue`, `dispatcher` and `names` must outlive the pipeline. `names` learns from DNS when
  /// the plan needs it.
  PacketPipeline(const Plan& plan, const Catalogue& catalogue, Dispatcher& dispatcher,
                 DnsStore& names, const PipelineLimits& limits = {});

  /// Makes the events that `plan` needs, from the next record on. The state of open connections and
  /// incomplete datagrams stays.
  void SetPlan(const Plan& plan);

  /// See FlowContext::SetOwnerFinder.
  void SetOwnerFinder(OwnerFinder find_owner) { streams_.SetOwnerFinder(std::move(find_owner)); }

  void OnRecord(const Record& record) override;
  void OnGap(const CaptureGap& gap) override;
  /// Moves stream time on; the dispatcher fires the timers of detectors that are due.
  void OnTime(std::uint64_t now_ns) override;
  /// Ends open connections and reports incomplete datagrams.
  void OnEndOfStream() override;

  const DecodeCounters& counters() const { return counters_; }
  /// Counters of the gaps: places at which records were missing.
  const GapEvents::Counters& gaps() const { return gaps_.counters(); }
  const AnomalyEvents::Counters& anomalies() const { return anomalies_.counters(); }
  const DnsEvents::Counters& dns() const { return dns_.counters(); }
  const HttpEvents::Counters& http() const { return http_.counters(); }
  const FragmentTable& fragments() const { return fragments_; }
  const StreamPipeline& streams() const { return streams_; }

 private:
  void Decode(const Record& record, LinkType link, CapturedBytes bytes);
  bool CountLayers();
  void EmitNetworkEvents();
  void EmitTransportEvents();
  void EmitContent(const Record& record);
  void ReportAnomalies();
  bool Reassemble(const Record& record);
  void ReportFragments(std::span<const FragmentReport> reports);
  void ExpirePeriodically();

  const PipelineLimits limits_;
  EventEmitter emitter_;
  EventContext context_;  // of the current record; `truncated` is that of the current packet
  Packet packet_;
  Arena arena_;
  AnomalyEvents anomalies_;
  GapEvents gaps_;
  BaseEvent ipv4_;
  BaseEvent ipv6_;
  BaseEvent tcp_;
  BaseEvent udp_;
  BaseEvent icmp_;
  BaseEvent icmpv6_;
  DnsEvents dns_;
  HttpEvents http_;
  FlowEvents flows_;
  StreamPipeline streams_;
  FragmentTable fragments_;
  std::vector<std::byte> inner_packet_;  // copy of a packet inside a reassembled datagram
  DecodeCounters counters_;
};

}  // namespace wirehound
