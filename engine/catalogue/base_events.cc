// SPDX-License-Identifier: Apache-2.0

#include "engine/catalogue/base_events.h"

#include <utility>

#include "engine/catalogue/catalogue.h"

namespace wirehound {

namespace {

constexpr Version kPacketVersion = {1, 1, 0};
constexpr Version kFirstVersion = {1, 0, 0};

using Sets = std::vector<std::string>;

Sets NetworkSet() { return {"network_events"}; }

Sets DefaultSets() { return {"default", "network_events"}; }

EventField TextField(std::string name, std::string description) {
  return {std::move(name), WIREHOUND_TYPE_STRING, "const char*", std::move(description)};
}

EventField AddressField(std::string name, std::string description) {
  return {std::move(name), WIREHOUND_TYPE_ADDRESS, "const char*", std::move(description)};
}

EventField PortField(std::string name, std::string description) {
  return {std::move(name), WIREHOUND_TYPE_UINT16, "u16", std::move(description)};
}

EventField CountField(std::string name, std::string description) {
  return {std::move(name), WIREHOUND_TYPE_UINT64, "unsigned long", std::move(description)};
}

EventField NamesField(std::string name, std::string description) {
  return {std::move(name), WIREHOUND_TYPE_STRING_LIST,
          "[]string",      std::move(description),
          nullptr,         true};
}

EventField MessageField(std::string name, std::uint32_t type, const MessageSchema& schema,
                        std::string description) {
  return {std::move(name), type, schema.type_name, std::move(description), &schema};
}

EventField MetadataField(const MessageSchema& schema) {
  return MessageField("metadata", WIREHOUND_TYPE_PACKET_METADATA, schema,
                      "addressing, length, interface and direction of the packet");
}

enum class Ports : std::uint8_t { kNone, kBoth };

std::vector<EventField> AddressingFields(Ports ports) {
  std::vector<EventField> fields = {AddressField("src", "source address"),
                                    AddressField("dst", "destination address")};
  if (ports == Ports::kBoth) {
    fields.push_back(PortField("src_port", "source port"));
    fields.push_back(PortField("dst_port", "destination port"));
  }
  return fields;
}

// A packet event has its addressing, its metadata and then its protocol's message.
std::vector<EventField> PacketFields(Ports ports, EventField protocol) {
  std::vector<EventField> fields = AddressingFields(ports);
  fields.push_back(MetadataField(kPacketMetadataSchema));
  fields.push_back(std::move(protocol));
  return fields;
}

// A request or response event has the metadata and a short form of the message.
std::vector<EventField> SummaryFields(EventField content) {
  return {MetadataField(kPacketSummarySchema), std::move(content)};
}

std::vector<EventField> FlowFields() {
  return {
      TextField("conn_direction",
                "outgoing when this host opened the connection, incoming when it was opened from "
                "elsewhere, unknown from capture files"),
      AddressField("src", "address of the side that opened the connection"),
      AddressField("dst", "address of the side that accepted it"),
      PortField("src_port", "port of the side that opened the connection"),
      PortField("dst_port", "port of the side that accepted it"),
      NamesField("src_dns", "names known for src"),
      NamesField("dst_dns", "names known for dst"),
  };
}

std::vector<EventField> FlowEndFields() {
  std::vector<EventField> fields = FlowFields();
  fields.push_back(CountField("packets_sent", "packets from src to dst"));
  fields.push_back(CountField("packets_received", "packets from dst to src"));
  fields.push_back(CountField("bytes_sent", "bytes from src to dst, IP headers included"));
  fields.push_back(CountField("bytes_received", "bytes from dst to src, IP headers included"));
  fields.push_back(CountField("duration_ns", "from the first packet to the last"));
  fields.push_back(TextField("reason",
                             "how it ended: fin, reset, timeout, replaced (its ports were used "
                             "anew), evicted (too many connections) or shutdown (capture ended)"));
  return fields;
}

std::vector<EventField> ConnectFields() {
  return {AddressField("dst", "address the connection goes to"),
          {"dst_port", WIREHOUND_TYPE_INT32, "int", "port the connection goes to"},
          NamesField("dst_dns", "names known for dst")};
}

std::vector<EventField> AnomalyFields() {
  std::vector<EventField> fields = AddressingFields(Ports::kBoth);
  fields.push_back(MetadataField(kPacketMetadataSchema));
  fields.push_back(TextField("kind", "what is wrong: a stable name, see docs/output.md"));
  fields.push_back(
      TextField("layer", "where: link, ip, tcp, udp, icmp, tunnel, dns, http or capture"));
  fields.push_back(CountField("offset", "bytes from the start of the stream, 0 outside streams"));
  fields.push_back(CountField("size", "bytes concerned, 0 when that says nothing"));
  return fields;
}

void AddPacketEvents(std::deque<EventDefinition>& events) {
  const auto add = [&events](BaseEventId id, std::string name, std::string description, Sets sets,
                             Ports ports, EventField protocol, std::string base) {
    events.push_back({id, std::move(name), kPacketVersion, std::move(description), std::move(sets),
                      PacketFields(ports, std::move(protocol)), std::move(base), ""});
  };
  add(kNetPacketIpv4, "net_packet_ipv4", "An IPv4 packet", NetworkSet(), Ports::kNone,
      MessageField("proto_ipv4", WIREHOUND_TYPE_IPV4, kIpv4Schema, "the IPv4 header"),
      "net_packet_ip_base");
  add(kNetPacketIpv6, "net_packet_ipv6", "An IPv6 packet", NetworkSet(), Ports::kNone,
      MessageField("proto_ipv6", WIREHOUND_TYPE_IPV6, kIpv6Schema, "the IPv6 header"),
      "net_packet_ip_base");
  add(kNetPacketTcp, "net_packet_tcp", "A TCP segment", NetworkSet(), Ports::kBoth,
      MessageField("proto_tcp", WIREHOUND_TYPE_TCP, kTcpSchema, "the TCP header"),
      "net_packet_tcp_base");
  add(kNetPacketUdp, "net_packet_udp", "A UDP datagram", NetworkSet(), Ports::kBoth,
      MessageField("proto_udp", WIREHOUND_TYPE_UDP, kUdpSchema, "the UDP header"),
      "net_packet_udp_base");
  add(kNetPacketIcmp, "net_packet_icmp", "An ICMP message for IPv4", DefaultSets(), Ports::kNone,
      MessageField("proto_icmp", WIREHOUND_TYPE_ICMP, kIcmpSchema, "the ICMP header"),
      "net_packet_icmp_base");
  add(kNetPacketIcmpv6, "net_packet_icmpv6", "An ICMP message for IPv6", DefaultSets(),
      Ports::kNone,
      MessageField("proto_icmpv6", WIREHOUND_TYPE_ICMPV6, kIcmpv6Schema, "the ICMPv6 header"),
      "net_packet_icmpv6_base");
}

void AddDnsEvents(std::deque<EventDefinition>& events) {
  events.push_back(
      {kNetPacketDns, "net_packet_dns", kPacketVersion,
       "A DNS message over UDP or TCP, multicast DNS and LLMNR included", NetworkSet(),
       PacketFields(Ports::kBoth, MessageField("proto_dns", WIREHOUND_TYPE_DNS, kDnsSchema,
                                               "the DNS message, every section of it")),
       "net_packet_dns_base", ""});
  events.push_back({kNetPacketDnsRequest, "net_packet_dns_request", kFirstVersion, "A DNS query",
                    DefaultSets(),
                    SummaryFields(MessageField("dns_questions", WIREHOUND_TYPE_DNS_QUESTIONS,
                                               kDnsQuestionsSchema, "what is asked")),
                    "net_packet_dns_base", ""});
  events.push_back(
      {kNetPacketDnsResponse, "net_packet_dns_response", kFirstVersion, "A DNS response",
       DefaultSets(),
       SummaryFields(MessageField("dns_response", WIREHOUND_TYPE_DNS_RESPONSES, kDnsResponsesSchema,
                                  "what was asked, with the answers")),
       "net_packet_dns_base", ""});
}

void AddHttpEvents(std::deque<EventDefinition>& events) {
  events.push_back(
      {kNetPacketHttp, "net_packet_http", kFirstVersion,
       "The head of an HTTP message, HTTP/1.x or cleartext HTTP/2, on any port", NetworkSet(),
       PacketFields(Ports::kBoth,
                    MessageField("proto_http", WIREHOUND_TYPE_HTTP, kHttpSchema, "the head")),
       "net_packet_http_base", ""});
  events.push_back({kNetPacketHttpRequest, "net_packet_http_request", kFirstVersion,
                    "An HTTP request", DefaultSets(),
                    SummaryFields(MessageField("http_request", WIREHOUND_TYPE_HTTP,
                                               kHttpRequestSchema, "the head of the request")),
                    "net_packet_http_base", ""});
  events.push_back({kNetPacketHttpResponse, "net_packet_http_response", kFirstVersion,
                    "An HTTP response", DefaultSets(),
                    SummaryFields(MessageField("http_response", WIREHOUND_TYPE_HTTP,
                                               kHttpResponseSchema, "the head of the response")),
                    "net_packet_http_base", ""});
}

void AddFlowEvents(std::deque<EventDefinition>& events) {
  const Sets sets = {"flows", "network_events"};
  events.push_back({kNetFlowTcpBegin, "net_flow_tcp_begin", kFirstVersion,
                    "A TCP connection was opened: its SYN was answered", sets, FlowFields(),
                    "net_packet_tcp_base", ""});
  events.push_back({kNetFlowTcpEnd, "net_flow_tcp_end", kFirstVersion,
                    "A TCP connection that was seen to open has ended", sets, FlowEndFields(),
                    "net_packet_tcp_base", ""});
  events.push_back({kNetTcpConnect,
                    "net_tcp_connect",
                    kFirstVersion,
                    "A process of this host tries to open a TCP connection (live capture only)",
                    {"default", "flows"},
                    ConnectFields(),
                    "net_packet_tcp_base",
                    ""});
}

// Events of the engine about its detectors and about itself.
void AddEngineEvents(std::deque<EventDefinition>& events) {
  const Sets sets = {"default", "engine"};
  const EventField detector = TextField("detector", "id of the detector");
  events.push_back(
      {kDetectorSuspended,
       "detector_suspended",
       kFirstVersion,
       "A detector is not shown events any more, as it failed or took too long again and again",
       sets,
       {detector, TextField("reason", "errors or time_budget"),
        CountField("count", "errors, or calls over the time budget, in a row"),
        TextField("last_error", "what the detector said of the last error, empty for time")},
       "",
       ""});
  events.push_back({kDetectorOverBudget,
                    "detector_over_budget",
                    kFirstVersion,
                    "A detector took longer for one event or timer than its time budget",
                    sets,
                    {detector, TextField("event", "what it was shown; absent for a timer"),
                     CountField("duration_ns", "how long it took, to a few milliseconds"),
                     CountField("budget_ns", "how long it may take")},
                    "",
                    ""});
  events.push_back({kCaptureGap,
                    "capture_gap",
                    kFirstVersion,
                    "Packets that were wanted are missing at this place of the stream",
                    sets,
                    {TextField("reason",
                               "ring_full, copy_failed, process_record_lost, "
                               "malformed_record, or several of them"),
                     CountField("lost_records", "how many are missing here"),
                     CountField("lost_so_far", "how many are missing since the start")},
                    "",
                    ""});
}

}  // namespace

std::deque<EventDefinition> BaseEvents() {
  std::deque<EventDefinition> events;
  AddPacketEvents(events);
  AddDnsEvents(events);
  AddHttpEvents(events);
  AddFlowEvents(events);
  events.push_back({kNetAnomaly, "net_anomaly", kFirstVersion,
                    "Traffic that breaks the rules of its protocol, or that had to be left out",
                    NetworkSet(), AnomalyFields(), "", ""});
  AddEngineEvents(events);
  return events;
}

}  // namespace wirehound
