// SPDX-License-Identifier: Apache-2.0

// StreamPipeline: turns TCP segments into events of DNS, HTTP, flows and anomalies. The flow table
// reassembles the streams; the StreamApplication of each connection recognises its protocol and
// decodes it; both report to this class, which hands their reports to the classes that make events.
// Dispatch thread.

#pragma once

#include <cstdint>

#include "base/pool.h"
#include "decoders/core/arena.h"
#include "decoders/packet/packet_decoder.h"
#include "decoders/stream/flow_table.h"
#include "engine/pipeline/anomaly_events.h"
#include "engine/pipeline/dns_events.h"
#include "engine/pipeline/flow_context.h"
#include "engine/pipeline/flow_events.h"
#include "engine/pipeline/http_events.h"
#include "engine/pipeline/limits.h"
#include "engine/pipeline/stream_application.h"

namespace wirehound {

/// The classes that make events of streams, and the arena that the decoders use.
struct StreamOutputs {
  EventEmitter& emitter;
  AnomalyEvents& anomalies;
  DnsEvents& dns;
  HttpEvents& http;
  FlowEvents& flows;
  Arena& arena;
};

class StreamPipeline : private FlowObserver, private HttpSink, private DnsTcpSink {
 public:
  /// All that `outputs` names must outlive this.
  StreamPipeline(const PipelineLimits& limits, const StreamOutputs& outputs);

  /// Asks the outputs again what they want. Call it after their SetPlan. Open connections stay: if
  /// content was not wanted before and is now, each is examined from its next data on, as if its
  /// start had been missed.
  void UpdateInterest();

  /// Processes a packet of `record` that has a TCP header. Ignores it if no wanted event needs it.
  void OnSegment(const Packet& packet, const Record& record, const EventContext& context);

  /// See FlowContext::SetOwnerFinder.
  void SetOwnerFinder(OwnerFinder find_owner) { context_.SetOwnerFinder(std::move(find_owner)); }

  /// Ends the connections that have timed out at stream time `now_ns`.
  void Expire(std::uint64_t now_ns);

  /// Ends all connections, at the end of the stream.
  void Shutdown();

  const FlowTableCounters& flow_counters() const { return table_.counters(); }
  const ApplicationCounters& applications() const { return counters_; }
  const HttpBufferPool& http1_pool() const { return http1_pool_; }
  const Http2Pool& http2_pool() const { return http2_pool_; }
  const DnsBufferPool& dns_pool() const { return dns_pool_; }

 private:
  void OnFlowBegin(FlowInfo& flow) override;
  void OnFlowAttempt(FlowInfo& flow) override;
  StreamInterest OnStreamData(FlowInfo& flow, FlowSide side, std::uint64_t offset,
                              std::span<const std::byte> bytes) override;
  StreamInterest OnStreamGap(FlowInfo& flow, FlowSide side, std::uint64_t offset,
                             std::uint64_t size) override;
  void OnStreamEnd(FlowInfo& flow, FlowSide side) override;
  void OnStreamAnomaly(FlowInfo& flow, FlowSide side, const Anomaly& anomaly) override;
  void OnFlowEnd(FlowInfo& flow, FlowEnd how) override;

  void OnHttpMessage(HttpSide sender, const wirehound_http& message) override;
  void OnHttpAnomaly(HttpSide sender, const Anomaly& anomaly) override;
  void OnDnsMessage(CapturedBytes message) override;

  StreamApplication* Application(const FlowInfo& flow);
  StreamApplication* StartApplication(FlowInfo& flow);

  StreamOutputs outputs_;
  bool wants_dns_ = false;
  bool wants_other_ = false;    // events that need every connection, not only those of DNS
  bool wants_content_ = false;  // HTTP or anomalies
  HttpBufferPool http1_pool_;
  Http2Pool http2_pool_;
  DnsBufferPool dns_pool_;
  FlowContext context_;
  ApplicationCounters counters_;
  StreamApplication* current_ = nullptr;  // the one that the flow table reports on; null for none
  Pool<StreamApplication> applications_;
  FlowTable table_;
};

}  // namespace wirehound
