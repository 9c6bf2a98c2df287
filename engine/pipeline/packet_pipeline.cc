// SPDX-License-Identifier: Apache-2.0

#include "engine/pipeline/packet_pipeline.h"

#include <wirehound/abi/detector_abi.h>

#include "decoders/dns/dns_ports.h"
#include "engine/safety/crash_context.h"

namespace wirehound {

namespace {

// Number of records between two searches for connections and datagrams that have timed out.
constexpr std::uint64_t kExpireEveryRecords = 256;

// Whether the packet is one fragment of a datagram that has yet to be reassembled.
bool IsUnassembledFragment(const Packet& packet) {
  return packet.fragment_info.is_fragment && packet.fragment != Fragment::kNone;
}

}  // namespace

PacketPipeline::PacketPipeline(const Plan& plan, const Catalogue& catalogue, Dispatcher& dispatcher,
                               DnsStore& names, const PipelineLimits& limits)
    : limits_(limits),
      emitter_(dispatcher),
      arena_(kDnsArenaBytes),
      anomalies_(plan, catalogue, emitter_),
      gaps_(plan, catalogue, emitter_),
      ipv4_(catalogue, plan, kNetPacketIpv4, packet_.metadata),
      ipv6_(catalogue, plan, kNetPacketIpv6, packet_.metadata),
      tcp_(catalogue, plan, kNetPacketTcp, packet_.metadata),
      udp_(catalogue, plan, kNetPacketUdp, packet_.metadata),
      icmp_(catalogue, plan, kNetPacketIcmp, packet_.metadata),
      icmpv6_(catalogue, plan, kNetPacketIcmpv6, packet_.metadata),
      dns_(plan, catalogue, emitter_, anomalies_, arena_, names),
      http_(plan, catalogue, emitter_),
      flows_(plan, catalogue, emitter_, names),
      streams_(limits_, {emitter_, anomalies_, dns_, http_, flows_, arena_}),
      fragments_(limits_.fragments, RandomSeed()) {
  ipv4_.field("proto_ipv4").message = &packet_.ipv4;
  ipv6_.field("proto_ipv6").message = &packet_.ipv6;
  tcp_.field("proto_tcp").message = &packet_.tcp;
  udp_.field("proto_udp").message = &packet_.udp;
  icmp_.field("proto_icmp").message = &packet_.icmp;
  icmpv6_.field("proto_icmpv6").message = &packet_.icmpv6;
}

void PacketPipeline::SetPlan(const Plan& plan) {
  for (BaseEvent* event : {&ipv4_, &ipv6_, &tcp_, &udp_, &icmp_, &icmpv6_}) {
    event->SetPlan(plan);
  }
  anomalies_.SetPlan(plan);
  gaps_.SetPlan(plan);
  dns_.SetPlan(plan);
  http_.SetPlan(plan);
  flows_.SetPlan(plan);
  streams_.UpdateInterest();  // last: it asks the others what they want
}

void PacketPipeline::OnRecord(const Record& record) {
  ++counters_.records;
  counters_.bytes += record.bytes.size();
  context_ = emitter_.BeginRecord(record);
  Decode(record, static_cast<LinkType>(record.link_type), {record.bytes, record.wire_length});
  for (int depth = 0; packet_.encapsulated; ++depth) {
    if (depth == kMaxTunnelDepth) {
      anomalies_.Report(packet_.metadata, context_, {AnomalyKind::kTunnelTooDeep});
      break;
    }
    ++counters_.encapsulated;
    const Encapsulated inner = *packet_.encapsulated;
    Decode(record, inner.link, inner.bytes);
  }
  ExpirePeriodically();
  emitter_.EndRecord();
}

void PacketPipeline::OnGap(const CaptureGap& gap) { gaps_.OnGap(gap); }

void PacketPipeline::OnTime(std::uint64_t now_ns) { emitter_.AdvanceTime(now_ns); }

// Decodes one packet and emits its layers, then its content. Leaves the packet inside it, if any,
// in packet_.encapsulated.
void PacketPipeline::Decode(const Record& record, LinkType link, CapturedBytes bytes) {
  DecodePacket(link, bytes.bytes, bytes.wire_size, packet_);
  packet_.metadata.direction = record.direction;
  packet_.metadata.interface_index = record.interface_index;
  packet_.metadata.iface = {record.interface_name.data(), record.interface_name.size()};
  // Truncated means that the capture cut a header. A header of a whole record may be cut by
  // fragmentation instead, and a record that is not whole may lack payload only.
  context_.truncated = CountLayers() && !bytes.whole();
  EmitNetworkEvents();
  if (context_.truncated) [[unlikely]] {
    anomalies_.Report(
        packet_.metadata, context_,
        {AnomalyKind::kRecordTruncated, bytes.bytes.size(), bytes.wire_size - bytes.bytes.size()});
  }
  if (!IsUnassembledFragment(packet_) || Reassemble(record)) {
    EmitTransportEvents();
    ReportAnomalies();
    EmitContent(record);
  }
  emitter_.EndTurn();
}

// Counts the result of each layer. Returns whether a header was cut short.
bool PacketPipeline::CountLayers() {
  bool truncated = false;
  for (const LayerResult& layer : packet_.layers()) {
    ++counters_
          .layers[static_cast<std::size_t>(layer.layer)][static_cast<std::size_t>(layer.status)];
    truncated = truncated || layer.status == DecodeStatus::kTruncated;
  }
  return truncated;
}

void PacketPipeline::EmitNetworkEvents() {
  if (packet_.has_ipv4()) {
    emitter_.Emit(ipv4_, context_);
  }
  if (packet_.has_ipv6()) {
    emitter_.Emit(ipv6_, context_);
  }
}

void PacketPipeline::EmitTransportEvents() {
  if (packet_.has_tcp()) {
    emitter_.Emit(tcp_, context_);
  } else if (packet_.has_udp()) {
    emitter_.Emit(udp_, context_);
  } else if (packet_.has_icmp()) {
    emitter_.Emit(icmp_, context_);
  } else if (packet_.has_icmpv6()) {
    emitter_.Emit(icmpv6_, context_);
  }
}

void PacketPipeline::EmitContent(const Record& record) {
  if (packet_.encapsulated) {
    return;
  }
  if (packet_.has_tcp()) {
    streams_.OnSegment(packet_, record, context_);
  } else if (packet_.has_udp() && dns_.wanted() && IsUdpDns(packet_.metadata)) {
    dns_.OnMessage(packet_.metadata, context_, packet_.payload);
  }
}

void PacketPipeline::ReportAnomalies() {
  for (const Anomaly& anomaly : packet_.anomalies()) {
    anomalies_.Report(packet_.metadata, context_, anomaly);
  }
}

// Adds the fragment in packet_ to its datagram. Returns true when the datagram is complete; packet_
// then holds its transport layer. A packet inside the datagram is copied: it may itself be a
// fragment, and adding that to the table would reuse the memory it lies in.
bool PacketPipeline::Reassemble(const Record& record) {
  ReportAnomalies();
  const FragmentInfo& info = packet_.fragment_info;
  const FragmentResult result =
      fragments_.Add({.key = {.src = packet_.metadata.src_ip,
                              .dst = packet_.metadata.dst_ip,
                              .id = info.id,
                              .protocol = info.protocol,
                              .network_namespace = record.network_namespace},
                      .offset_bytes = info.offset_bytes,
                      .more = info.more,
                      .bytes = info.bytes,
                      .timestamp_ns = emitter_.timestamp_ns()});
  ReportFragments(result.reports);
  if (result.datagram == nullptr) {
    return false;
  }
  DecodeTransportPayload(result.datagram->protocol, result.datagram->bytes, packet_);
  CountLayers();
  if (packet_.encapsulated) {
    CapturedBytes& inner = packet_.encapsulated->bytes;
    inner_packet_.assign(inner.bytes.begin(), inner.bytes.end());
    inner = {inner_packet_, inner.wire_size};
  }
  return true;
}

// An incomplete datagram is not the one of the current record, so its event has no owner and only
// the addressing that the fragment table kept.
void PacketPipeline::ReportFragments(std::span<const FragmentReport> reports) {
  for (const FragmentReport& report : reports) {
    if (report.anomaly.kind != AnomalyKind::kIpFragmentIncomplete) {
      anomalies_.Report(packet_.metadata, context_, report.anomaly);
      continue;
    }
    wirehound_packet_metadata metadata{};
    metadata.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_packet_metadata, iface);
    metadata.src_ip = report.key.src;
    metadata.dst_ip = report.key.dst;
    metadata.protocol = report.key.protocol;
    metadata.iface = {"any", 3};
    anomalies_.Report(metadata, {}, report.anomaly);
  }
}

void PacketPipeline::ExpirePeriodically() {
  if (counters_.records % kExpireEveryRecords != 0) {
    return;
  }
  streams_.Expire(emitter_.timestamp_ns());
  ReportFragments(fragments_.Expire(emitter_.timestamp_ns()));
}

void PacketPipeline::OnEndOfStream() {
  streams_.Shutdown();
  ReportFragments(fragments_.Shutdown());
}

}  // namespace wirehound
