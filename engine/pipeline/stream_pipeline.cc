// SPDX-License-Identifier: Apache-2.0

#include "engine/pipeline/stream_pipeline.h"

#include <algorithm>

#include "decoders/dns/dns_ports.h"

namespace wirehound {

namespace {

bool IsTcpDnsPort(std::uint16_t port) { return port == kDnsPort || port == kLlmnrPort; }

}  // namespace

StreamPipeline::StreamPipeline(const PipelineLimits& limits, const StreamOutputs& outputs)
    : outputs_(outputs),
      http1_pool_(limits.http1_bytes),
      http2_pool_(limits.http2),
      dns_pool_(limits.dns_buffers),
      applications_(std::max<std::size_t>(limits.flows.max_flows, 1)),
      table_(limits.flows, *this) {
  UpdateInterest();
}

void StreamPipeline::UpdateInterest() {
  const bool ignored_content = !wants_content_;
  wants_dns_ = outputs_.dns.wanted();
  wants_content_ = outputs_.http.wanted() || outputs_.anomalies.wanted();
  if (ignored_content && wants_content_) {
    table_.Resume();
  }
  wants_other_ = wants_content_ || outputs_.flows.wanted();
}

void StreamPipeline::OnSegment(const Packet& packet, const Record& record,
                               const EventContext& context) {
  if (!wants_other_ && !(wants_dns_ && IsTcpDns(packet.metadata))) {
    return;
  }
  context_.SetPacket(packet.metadata, context);
  table_.OnSegment({.metadata = packet.metadata,
                    .tcp = packet.tcp,
                    .payload = packet.payload,
                    .timestamp_ns = outputs_.emitter.timestamp_ns(),
                    .network_namespace = record.network_namespace,
                    .owner = {record.owner_id, static_cast<std::uint8_t>(record.owner_source)}});
}

void StreamPipeline::Expire(std::uint64_t now_ns) {
  context_.ClearPacket();
  table_.Expire(now_ns);
}

void StreamPipeline::Shutdown() {
  context_.ClearPacket();
  table_.Shutdown();
}

void StreamPipeline::OnFlowAttempt(FlowInfo& flow) {
  context_.SetStream(flow);
  outputs_.flows.OnAttempt(flow, context_.Describe(FlowSide::kInitiator).context);
}

void StreamPipeline::OnFlowBegin(FlowInfo& flow) {
  context_.SetStream(flow);
  outputs_.flows.OnBegin(flow, context_.Describe(FlowSide::kInitiator).context);
}

StreamInterest StreamPipeline::OnStreamData(FlowInfo& flow, FlowSide side, std::uint64_t offset,
                                            std::span<const std::byte> bytes) {
  context_.SetStream(flow);
  current_ = Application(flow);
  if (current_ == nullptr) {
    current_ = StartApplication(flow);
  }
  return current_ == nullptr ? StreamInterest::kNone : current_->OnData(side, offset, bytes);
}

StreamInterest StreamPipeline::OnStreamGap(FlowInfo& flow, FlowSide side, std::uint64_t offset,
                                           std::uint64_t size) {
  flow.has_gap = true;
  context_.SetStream(flow);
  current_ = Application(flow);
  return current_ == nullptr ? StreamInterest::kMore : current_->OnGap(side, offset, size);
}

void StreamPipeline::OnStreamEnd(FlowInfo& flow, FlowSide side) {
  context_.SetStream(flow);
  current_ = Application(flow);
  if (current_ != nullptr) {
    current_->OnEnd(side);
  }
}

void StreamPipeline::OnStreamAnomaly(FlowInfo& flow, FlowSide side, const Anomaly& anomaly) {
  context_.SetStream(flow);
  const auto& [metadata, context] = context_.Describe(side);
  outputs_.anomalies.Report(metadata, context, anomaly);
}

void StreamPipeline::OnFlowEnd(FlowInfo& flow, FlowEnd how) {
  context_.SetStream(flow);
  current_ = Application(flow);
  if (current_ != nullptr) {
    current_->OnFlowEnd();
    applications_.Return(current_);
    current_ = nullptr;
    flow.application = nullptr;
  }
  outputs_.flows.OnEnd(flow, context_.Describe(FlowSide::kInitiator).context, how);
}

void StreamPipeline::OnHttpMessage(HttpSide sender, const wirehound_http& message) {
  const auto& [metadata, context] = context_.Describe(current_->SideOf(sender));
  outputs_.http.OnMessage(metadata, context, message);
}

void StreamPipeline::OnHttpAnomaly(HttpSide sender, const Anomaly& anomaly) {
  const auto& [metadata, context] = context_.Describe(current_->SideOf(sender));
  outputs_.anomalies.Report(metadata, context, anomaly);
}

void StreamPipeline::OnDnsMessage(CapturedBytes message) {
  const auto& [metadata, context] = context_.Describe(current_->dns_side());
  outputs_.dns.OnMessage(metadata, context, message);
}

// FlowInfo::application is ours to use: null until StartApplication sets it.
StreamApplication* StreamPipeline::Application(const FlowInfo& flow) {
  return static_cast<StreamApplication*>(flow.application);
}

// Returns null when no wanted event needs the content of the connection.
StreamApplication* StreamPipeline::StartApplication(FlowInfo& flow) {
  const bool is_dns = wants_dns_ && (IsTcpDnsPort(flow.endpoint(FlowSide::kInitiator).port) ||
                                     IsTcpDnsPort(flow.endpoint(FlowSide::kResponder).port));
  if (!is_dns && !wants_content_) {
    return nullptr;
  }
  // Never runs out: the pool has one for each flow that the table can follow.
  StreamApplication* application = applications_.Take(
      ApplicationResources{*this, *this, outputs_.arena, http1_pool_, http2_pool_, dns_pool_},
      counters_);
  flow.application = application;
  application->Start(is_dns ? StreamApplication::Protocol::kDns
                            : StreamApplication::Protocol::kUnknown);
  return application;
}

}  // namespace wirehound
