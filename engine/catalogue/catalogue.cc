// SPDX-License-Identifier: Apache-2.0

#include "engine/catalogue/catalogue.h"

#include <algorithm>
#include <set>
#include <utility>

namespace wirehound {

namespace {

EventField AddressField(std::string name, std::string description) {
  return {std::move(name), WIREHOUND_TYPE_ADDRESS, "const char*", std::move(description)};
}

EventField PortField(std::string name, std::string description) {
  return {std::move(name), WIREHOUND_TYPE_UINT16, "u16", std::move(description)};
}

EventField MessageField(std::string name, std::uint32_t type, const MessageSchema& schema,
                        std::string description) {
  return {std::move(name), type, schema.type_name, std::move(description), &schema};
}

enum class Ports : std::uint8_t { kNone, kBoth };

// Every packet event has its addressing, its metadata and then its protocol's message.
std::vector<EventField> PacketFields(Ports ports, EventField protocol) {
  std::vector<EventField> fields = {AddressField("src", "source address"),
                                    AddressField("dst", "destination address")};
  if (ports == Ports::kBoth) {
    fields.push_back(PortField("src_port", "source port"));
    fields.push_back(PortField("dst_port", "destination port"));
  }
  fields.push_back(MessageField("metadata", WIREHOUND_TYPE_PACKET_METADATA, kPacketMetadataSchema,
                                "addressing, length, interface and direction of the packet"));
  fields.push_back(std::move(protocol));
  return fields;
}

std::deque<EventDefinition> BaseEvents() {
  const std::vector<std::string> sets = {"network_events"};
  const Version version = {1, 1, 0};
  return {
      {kNetPacketIpv4, "net_packet_ipv4", version, "An IPv4 packet", sets,
       PacketFields(Ports::kNone, MessageField("proto_ipv4", WIREHOUND_TYPE_IPV4, kIpv4Schema,
                                               "the IPv4 header")),
       "net_packet_ip_base", ""},
      {kNetPacketIpv6, "net_packet_ipv6", version, "An IPv6 packet", sets,
       PacketFields(Ports::kNone, MessageField("proto_ipv6", WIREHOUND_TYPE_IPV6, kIpv6Schema,
                                               "the IPv6 header")),
       "net_packet_ip_base", ""},
      {kNetPacketTcp, "net_packet_tcp", version, "A TCP segment", sets,
       PacketFields(Ports::kBoth,
                    MessageField("proto_tcp", WIREHOUND_TYPE_TCP, kTcpSchema, "the TCP header")),
       "net_packet_tcp_base", ""},
      {kNetPacketUdp, "net_packet_udp", version, "A UDP datagram", sets,
       PacketFields(Ports::kBoth,
                    MessageField("proto_udp", WIREHOUND_TYPE_UDP, kUdpSchema, "the UDP header")),
       "net_packet_udp_base", ""},
      {kNetPacketDns, "net_packet_dns", version, "A DNS message over UDP", sets,
       PacketFields(Ports::kBoth, MessageField("proto_dns", WIREHOUND_TYPE_DNS, kDnsSchema,
                                               "the DNS message, every section of it")),
       "net_packet_dns_base", ""},
  };
}

}  // namespace

int EventDefinition::FieldIndex(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [field](const EventField& f) { return f.name == field; });
  return found == fields.end() ? -1 : static_cast<int>(found - fields.begin());
}

std::string_view ScalarTypeName(std::uint32_t type) {
  switch (type) {
    case WIREHOUND_TYPE_BOOL:
      return "bool";
    case WIREHOUND_TYPE_INT32:
      return "int";
    case WIREHOUND_TYPE_INT64:
      return "long";
    case WIREHOUND_TYPE_UINT16:
      return "u16";
    case WIREHOUND_TYPE_UINT32:
      return "unsigned int";
    case WIREHOUND_TYPE_UINT64:
      return "unsigned long";
    case WIREHOUND_TYPE_DOUBLE:
      return "double";
    case WIREHOUND_TYPE_STRING:
      return "const char*";
    case WIREHOUND_TYPE_BYTES:
      return "bytes";
    default:
      return "";
  }
}

Catalogue::Catalogue() : events_(BaseEvents()) {}

void Catalogue::AddDetectorEvent(const DetectorDefinition& detector) {
  const ProducedEvent& produced = detector.produced_event;
  EventDefinition event;
  event.id = std::max(kFirstDetectorEventId, events_.back().id + 1);
  event.name = produced.name;
  event.version = produced.version;
  event.description = produced.description;
  event.sets = {"detectors", "default"};
  event.sets.insert(event.sets.end(), produced.tags.begin(), produced.tags.end());
  event.detector_id = detector.id;
  for (const FieldDefinition& field : produced.fields) {
    const auto type = static_cast<std::uint32_t>(field.type);
    event.fields.push_back({field.name, type, ScalarTypeName(type), field.description});
  }
  events_.push_back(std::move(event));
}

const EventDefinition* Catalogue::Find(std::string_view name) const {
  const auto found = std::find_if(events_.begin(), events_.end(),
                                  [name](const EventDefinition& e) { return e.name == name; });
  return found == events_.end() ? nullptr : &*found;
}

const EventDefinition* Catalogue::Find(std::uint32_t id) const {
  const auto found = std::find_if(events_.begin(), events_.end(),
                                  [id](const EventDefinition& e) { return e.id == id; });
  return found == events_.end() ? nullptr : &*found;
}

std::vector<const EventDefinition*> Catalogue::InSet(std::string_view set) const {
  std::vector<const EventDefinition*> members;
  for (const EventDefinition& event : events_) {
    if (std::find(event.sets.begin(), event.sets.end(), set) != event.sets.end()) {
      members.push_back(&event);
    }
  }
  return members;
}

std::vector<std::string> Catalogue::SelectableNames() const {
  std::set<std::string> names;
  for (const EventDefinition& event : events_) {
    names.insert(event.name);
    names.insert(event.sets.begin(), event.sets.end());
  }
  return {names.begin(), names.end()};
}

}  // namespace wirehound
