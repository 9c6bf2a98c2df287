// SPDX-License-Identifier: Apache-2.0

#include "engine/pipeline/packet_pipeline.h"

#include "decoders/dns_decoder.h"

namespace wirehound {

namespace {

constexpr std::uint16_t kDnsPort = 53;

bool IsDns(const wirehound_packet_metadata& metadata) {
  return metadata.src_port == kDnsPort || metadata.dst_port == kDnsPort;
}

bool Needs(const Plan& plan, BaseEventId id) { return plan.needed.count(id) != 0; }

}  // namespace

PacketPipeline::PacketPipeline(const Plan& plan, const Catalogue& catalogue, Dispatcher& dispatcher)
    : dispatcher_(dispatcher),
      arena_(kDnsArenaBytes),
      ipv4_(*catalogue.Find(kNetPacketIpv4), Needs(plan, kNetPacketIpv4), packet_, &packet_.ipv4),
      ipv6_(*catalogue.Find(kNetPacketIpv6), Needs(plan, kNetPacketIpv6), packet_, &packet_.ipv6),
      tcp_(*catalogue.Find(kNetPacketTcp), Needs(plan, kNetPacketTcp), packet_, &packet_.tcp),
      udp_(*catalogue.Find(kNetPacketUdp), Needs(plan, kNetPacketUdp), packet_, &packet_.udp),
      dns_event_(*catalogue.Find(kNetPacketDns), Needs(plan, kNetPacketDns), packet_, &dns_) {}

void PacketPipeline::OnRecord(const Record& record) {
  ++counters_.records;
  counters_.bytes += record.bytes.size();
  arena_.Reset();
  Decode(record);
  EmitNetworkEvents();
  EmitTransportEvents();
  EmitDns();
  dispatcher_.EndOfRecord();
}

void PacketPipeline::Decode(const Record& record) {
  DecodePacket(static_cast<LinkType>(record.link_type), record.bytes, record.wire_length, packet_);
  for (const LayerResult& layer : packet_.layers()) {
    ++counters_
          .layers[static_cast<std::size_t>(layer.layer)][static_cast<std::size_t>(layer.status)];
  }
  packet_.metadata.direction = record.direction;
  packet_.metadata.interface_index = record.interface_index;
  packet_.metadata.iface = {record.interface_name.data(), record.interface_name.size()};

  view_.struct_size = kEventViewSize;
  view_.cpu = record.cpu;
  view_.timestamp_ns = record.timestamp_ns;
  view_.sequence = counters_.records;
  view_.process = record.process;
  view_.owner_source = record.owner_source;
  view_.syscall = syscall_names_.Find(record.syscall);
}

void PacketPipeline::EmitNetworkEvents() {
  if (packet_.has_ipv4() && ipv4_.wanted()) {
    Emit(ipv4_);
  }
  if (packet_.has_ipv6() && ipv6_.wanted()) {
    Emit(ipv6_);
  }
}

void PacketPipeline::EmitTransportEvents() {
  if (packet_.has_tcp() && tcp_.wanted()) {
    Emit(tcp_);
  }
  if (packet_.has_udp() && udp_.wanted()) {
    Emit(udp_);
  }
}

void PacketPipeline::EmitDns() {
  if (!packet_.has_udp() || !dns_event_.wanted() || !IsDns(packet_.metadata)) {
    return;
  }
  const DecodeStatus status = DecodeDns(packet_.payload, arena_, dns_);
  ++counters_.dns[static_cast<std::size_t>(status)];
  // A message without even a whole header is none; any other gives what was sound of it.
  if (packet_.payload.bytes.size() >= kDnsHeaderBytes) {
    Emit(dns_event_);
  }
}

void PacketPipeline::Emit(PacketEvent& event) { dispatcher_.Emit(event.Fill(view_)); }

}  // namespace wirehound
