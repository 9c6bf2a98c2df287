// SPDX-License-Identifier: Apache-2.0

// StreamPipeline: from TCP segments to the events of what connections say. The flow table puts the
// streams together; each connection's StreamApplication finds out what it speaks and decodes it;
// what they tell becomes events of DNS, HTTP, flows and anomalies. Dispatch thread.

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

/// Where the results of streams go.
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

  /// To be called when the outputs follow another plan. Connections that are open go on: one that
  /// nobody wanted to look into before is looked into from its next data on, as one whose start
  /// was missed.
  void FollowOutputs();

  /// Takes a packet of `record` that has a TCP header. Nothing happens to one that no wanted event
  /// needs.
  void OnSegment(const Packet& packet, const Record& record, const EventContext& context);

  /// FlowContext::SetOwners.
  void SetOwners(OwnerFinder find_owner) { context_.SetOwners(std::move(find_owner)); }

  /// Ends what has timed out at stream time `now_ns`.
  void Expire(std::uint64_t now_ns);

  /// Ends everything, at the end of the stream.
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
  bool wants_other_ = false;    // what needs every connection, not only those of DNS
  bool wants_content_ = false;  // HTTP, or anomalies of it
  HttpBufferPool http1_pool_;
  Http2Pool http2_pool_;
  DnsBufferPool dns_pool_;
  FlowContext context_;
  ApplicationCounters counters_;
  StreamApplication* current_ = nullptr;  // the one that is given bytes
  Pool<StreamApplication> applications_;
  FlowTable table_;
};

}  // namespace wirehound
