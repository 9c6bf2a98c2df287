// SPDX-License-Identifier: Apache-2.0

#include "engine/pipeline/dns_events.h"

#include "decoders/dns/dns_answer_text.h"
#include "decoders/dns/dns_ports.h"
#include "decoders/ip/ip_payload.h"

namespace wirehound {

DnsEvents::DnsEvents(const Plan& plan, const Catalogue& catalogue, EventEmitter& emitter,
                     AnomalyEvents& anomalies, Arena& arena, DnsStore& store)
    : emitter_(emitter),
      anomalies_(anomalies),
      arena_(arena),
      store_(store),
      dns_event_(catalogue, plan, kNetPacketDns, metadata_),
      request_(catalogue, plan, kNetPacketDnsRequest, metadata_),
      response_(catalogue, plan, kNetPacketDnsResponse, metadata_),
      questions_(request_.field("dns_questions")),
      responses_(response_.field("dns_response")) {
  dns_event_.field("proto_dns").message = &dns_;
  SetPlan(plan);
}

void DnsEvents::SetPlan(const Plan& plan) {
  for (BaseEvent* event : {&dns_event_, &request_, &response_}) {
    event->SetPlan(plan);
  }
  feeds_store_ = plan.needs_dns_store;
  wanted_ = feeds_store_ || dns_event_.wanted() || request_.wanted() || response_.wanted() ||
            anomalies_.wanted();
}

void DnsEvents::OnMessage(const wirehound_packet_metadata& metadata, EventContext context,
                          CapturedBytes message) {
  // Without a whole header there is no event. Any other message makes one of its sound part.
  if (message.bytes.size() < kDnsHeaderBytes) {
    ++counters_.too_short;
    if (message.whole()) {
      anomalies_.Report(metadata, context, {AnomalyKind::kDnsMalformed, 0, message.wire_size});
    } else {
      ReportCut(metadata, context, message);
    }
    return;
  }
  metadata_ = metadata;
  arena_.Reset();
  const DecodeStatus status = DecodeDns(message, arena_, dns_, VariantOf(metadata));
  ++counters_.messages[static_cast<std::size_t>(status)];
  if (status == DecodeStatus::kTruncated) {
    context.truncated = true;
  }
  if (feeds_store_) {
    store_.OnMessage(dns_, *context.process, emitter_.timestamp_ns());
  }
  emitter_.Emit(dns_event_, context);
  EmitSummary(context);
  emitter_.EndTurn();
  if (status == DecodeStatus::kTruncated) {
    ReportCut(metadata_, context, message);
  }
  if (dns_.flags != 0 || dns_.qd_count > 1) {
    ReportAnomalies(context, message.wire_size);
  }
}

// UDP only: over TCP the flow table has already reported the missing bytes as a gap, or the stream
// has ended early.
void DnsEvents::ReportCut(const wirehound_packet_metadata& metadata, const EventContext& context,
                          CapturedBytes message) {
  if (metadata.protocol == kProtocolUdp) {
    anomalies_.Report(metadata, context,
                      {AnomalyKind::kRecordTruncated, message.bytes.size(),
                       message.wire_size - message.bytes.size()});
  }
}

void DnsEvents::EmitSummary(const EventContext& context) {
  if (dns_.qr != 0) {
    if (response_.wanted()) {
      responses_.list = BuildDnsResponses(dns_, arena_);
      emitter_.Emit(response_, context);
    }
  } else if (dns_.questions.count != 0) {
    questions_.list = dns_.questions;
    emitter_.Emit(request_, context);
  }
}

void DnsEvents::ReportAnomalies(const EventContext& context, std::size_t wire_bytes) {
  if ((dns_.flags & WIREHOUND_DNS_MALFORMED) != 0) {
    anomalies_.Report(metadata_, context, {AnomalyKind::kDnsMalformed, 0, wire_bytes});
  }
  if ((dns_.flags & WIREHOUND_DNS_LIMIT) != 0) {
    anomalies_.Report(metadata_, context, {AnomalyKind::kDnsLimit, 0, wire_bytes});
  }
  // Multicast DNS asks several questions at once (RFC 6762 section 5.3).
  if (dns_.qd_count > 1 && dns_.variant != WIREHOUND_DNS_VARIANT_MDNS) {
    anomalies_.Report(metadata_, context, {AnomalyKind::kDnsMultipleQuestions});
  }
  if ((dns_.flags & WIREHOUND_DNS_TRAILING) != 0) {
    anomalies_.Report(
        metadata_, context,
        {AnomalyKind::kDnsTrailingBytes, dns_.message_size, wire_bytes - dns_.message_size});
  }
}

}  // namespace wirehound
