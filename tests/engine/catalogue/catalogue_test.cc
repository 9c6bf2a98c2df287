// SPDX-License-Identifier: Apache-2.0

// The catalogue. Ids, names and fields are part of the published output, so this test spells them
// out.

#include "engine/catalogue/catalogue.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/support/graph_text.h"

namespace wirehound::test {
namespace catalogue_test {

// "src:const char* dst:const char*"
std::string Fields(const EventDefinition& event) {
  std::vector<std::string> fields;
  for (const EventField& field : event.fields) {
    fields.push_back(field.name);
    fields.back() += ':';
    fields.back() += field.type_name;
  }
  return Join(fields, " ");
}

TEST_CASE("catalogue: base events have their published ids, names and fields") {
  const Catalogue catalogue;
  struct Case {
    std::uint32_t id;
    const char* name;
    const char* fields;
    const char* sets = "network_events";
  };
  const char* default_sets = "default network_events";
  const char* flow_sets = "flows network_events";
  const std::string flow =
      "conn_direction:const char* src:const char* dst:const char* src_port:u16 dst_port:u16 "
      "src_dns:[]string dst_dns:[]string";
  const std::string flow_end = flow +
                               " packets_sent:unsigned long packets_received:unsigned long "
                               "bytes_sent:unsigned long bytes_received:unsigned long "
                               "duration_ns:unsigned long reason:const char*";
  const Case cases[] = {
      {2000, "net_packet_ipv4",
       "src:const char* dst:const char* metadata:trace.PacketMetadata proto_ipv4:trace.ProtoIPv4"},
      {2001, "net_packet_ipv6",
       "src:const char* dst:const char* metadata:trace.PacketMetadata proto_ipv6:trace.ProtoIPv6"},
      {2002, "net_packet_tcp",
       "src:const char* dst:const char* src_port:u16 dst_port:u16 metadata:trace.PacketMetadata "
       "proto_tcp:trace.ProtoTCP"},
      {2003, "net_packet_udp",
       "src:const char* dst:const char* src_port:u16 dst_port:u16 metadata:trace.PacketMetadata "
       "proto_udp:trace.ProtoUDP"},
      {2004, "net_packet_icmp",
       "src:const char* dst:const char* metadata:trace.PacketMetadata proto_icmp:trace.ProtoICMP",
       default_sets},
      {2005, "net_packet_icmpv6",
       "src:const char* dst:const char* metadata:trace.PacketMetadata "
       "proto_icmpv6:trace.ProtoICMPv6",
       default_sets},
      {2006, "net_packet_dns",
       "src:const char* dst:const char* src_port:u16 dst_port:u16 metadata:trace.PacketMetadata "
       "proto_dns:trace.ProtoDNS"},
      {2007, "net_packet_dns_request", "metadata:trace.PktMeta dns_questions:[]trace.DnsQueryData",
       default_sets},
      {2008, "net_packet_dns_response",
       "metadata:trace.PktMeta dns_response:[]trace.DnsResponseData", default_sets},
      {2009, "net_packet_http",
       "src:const char* dst:const char* src_port:u16 dst_port:u16 metadata:trace.PacketMetadata "
       "proto_http:trace.ProtoHTTP"},
      {2010, "net_packet_http_request",
       "metadata:trace.PktMeta http_request:trace.ProtoHTTPRequest", default_sets},
      {2011, "net_packet_http_response",
       "metadata:trace.PktMeta http_response:trace.ProtoHTTPResponse", default_sets},
      {2012, "net_flow_tcp_begin", flow.c_str(), flow_sets},
      {2013, "net_flow_tcp_end", flow_end.c_str(), flow_sets},
      {2015, "net_tcp_connect", "dst:const char* dst_port:int dst_dns:[]string", "default flows"},
      {2020, "net_anomaly",
       "src:const char* dst:const char* src_port:u16 dst_port:u16 metadata:trace.PacketMetadata "
       "kind:const char* layer:const char* offset:unsigned long size:unsigned long"},
      {2030, "detector_suspended",
       "detector:const char* reason:const char* count:unsigned long last_error:const char*",
       "default engine"},
      {2031, "detector_over_budget",
       "detector:const char* event:const char* duration_ns:unsigned long budget_ns:unsigned long",
       "default engine"},
      {2032, "capture_gap",
       "reason:const char* lost_records:unsigned long lost_so_far:unsigned long", "default engine"},
  };
  CHECK(catalogue.events().size() == std::size(cases));
  for (const Case& c : cases) {
    CAPTURE(std::string(c.name));
    const EventDefinition* event = catalogue.Find(c.id);
    REQUIRE(event != nullptr);
    CHECK(event->name == c.name);
    CHECK(Fields(*event) == c.fields);
    CHECK(catalogue.Find(event->name) == event);
    CHECK(Join(event->sets) == c.sets);
    CHECK(event->detector_id.empty());
  }
}

TEST_CASE("catalogue: every event and field has a description") {
  const Catalogue catalogue;
  for (const EventDefinition& event : catalogue.events()) {
    CHECK_FALSE(event.description.empty());
    for (const EventField& field : event.fields) {
      CAPTURE(field.name);
      CHECK_FALSE(field.description.empty());
      CHECK_FALSE(field.type_name.empty());
    }
  }
}

TEST_CASE("catalogue: a field is found by name, at its index") {
  const Catalogue catalogue;
  const EventDefinition& dns = *catalogue.Find(kNetPacketDns);
  CHECK(dns.FieldIndex("src") == 0);
  CHECK(dns.FieldIndex("proto_dns") == 5);
  CHECK(dns.FieldIndex("proto_http") == -1);
  CHECK(dns.FieldIndex("") == -1);
}

TEST_CASE("catalogue: detection events get ids from 7500 and the types of their fields") {
  Catalogue catalogue;
  DetectorDefinition detector = ParseDetector("d: D needs net_packet_udp");
  const FieldType types[] = {FieldType::kBool,    FieldType::kInt32,     FieldType::kInt64,
                             FieldType::kUint16,  FieldType::kUint32,    FieldType::kUint64,
                             FieldType::kDouble,  FieldType::kString,    FieldType::kBytes,
                             FieldType::kAddress, FieldType::kStringList};
  for (const FieldType type : types) {
    detector.produced_event.fields.push_back({"f", type, ""});
  }
  catalogue.AddDetectorEvent(detector);
  catalogue.AddDetectorEvent(ParseDetector("e: E needs D"));
  REQUIRE(catalogue.Find("D") != nullptr);
  CHECK(catalogue.Find("D")->id == 7500);
  CHECK(catalogue.Find("E")->id == 7501);
  CHECK(catalogue.Find("D")->detector_id == "d");
  CHECK(Fields(*catalogue.Find("D")) ==
        "f:bool f:int f:long f:u16 f:unsigned int f:unsigned long f:double f:const char* f:bytes "
        "f:const char* f:[]string");
}

TEST_CASE("catalogue: unknown names, ids and sets are not found") {
  const Catalogue catalogue;
  CHECK(catalogue.Find("net_packet") == nullptr);
  CHECK(catalogue.Find(1U) == nullptr);
  CHECK(catalogue.InSet("nothing").empty());
  CHECK(catalogue.InSet("flows").size() == 3);
}

TEST_CASE("catalogue: the selectable names are events and sets, without duplicates") {
  const std::vector<std::string> names = Catalogue().SelectableNames();
  CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
  for (const char* name : {"net_packet_dns", "net_anomaly", "network_events", "flows", "default"}) {
    CHECK(std::find(names.begin(), names.end(), name) != names.end());
  }
}

}  // namespace catalogue_test
}  // namespace wirehound::test
