// SPDX-License-Identifier: Apache-2.0

// The errors of filters that do not compile: each names the whole filter, the wrong word, what was
// expected, and the closest name.

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine/catalogue/catalogue.h"
#include "engine/filters/event_filter.h"

namespace wirehound::test {
namespace filter_errors_test {

struct Case {
  const char* event;
  const char* clause;
  const char* message;  // after "filter 'EVENT.data.CLAUSE': "
};

void Check(const Catalogue& catalogue, const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const std::string clauses[] = {c.clause};
    const std::string whole = std::string(c.event) + ".data." + c.clause;
    CAPTURE(whole);
    const Result<EventFilter> filter =
        EventFilter::Compile(*catalogue.Find(c.event), clauses, {}, {});
    REQUIRE_FALSE(filter.has_value());
    CHECK(filter.error().message() == "filter '" + whole + "': " + c.message);
    CHECK(filter.error().code() == ErrorCode::kInvalidInput);
  }
}

TEST_CASE("filter errors: a value that the type cannot have is refused") {
  Check(
      Catalogue(),
      {{"net_packet_tcp", "dst_port=http", "'http': expected a number from 0 to 65535"},
       {"net_packet_tcp", "dst_port=80,https", "'https': expected a number from 0 to 65535"},
       {"net_packet_tcp", "dst_port=80,", "'': expected a number from 0 to 65535"},
       {"net_packet_tcp", "dst_port=", "'': expected a number from 0 to 65535"},
       {"net_packet_tcp", "dst_port=65536", "'65536': expected a number from 0 to 65535"},
       {"net_packet_tcp", "dst_port=-1", "'-1': expected a number from 0 to 65535"},
       {"net_packet_tcp", "dst_port=+1", "'+1': expected a number from 0 to 65535"},
       {"net_packet_tcp", "dst_port=1024-99999", "'1024-99999': expected a number from 0 to 65535"},
       {"net_packet_tcp", "dst_port=90-80", "'90-80': expected the lower end of the range first"},
       {"net_packet_tcp", "dst_port>65535",
        "'65535': nothing is greater than that here; expected a number from 0 to 65535"},
       {"net_packet_tcp", "dst_port<0",
        "'0': nothing is less than that here; expected a number from 0 to 65535"},
       {"net_packet_tcp", "dst_port<80,90", "'90': expected one value after '<'"},
       {"net_packet_tcp", "proto_tcp.SYN=yes", "'yes': expected a number from 0 to 255"},
       {"net_packet_tcp", "src=example.com",
        "'example.com': expected an address, two with '-' between them, or a block such as "
        "10.0.0.0/8"},
       {"net_packet_tcp", "src=10.0.0.0/33",
        "'10.0.0.0/33': expected a number from 0 to 32 behind the '/'"},
       {"net_packet_tcp", "src=::1-10.0.0.1",
        "'::1-10.0.0.1': expected two addresses of one family"},
       {"net_packet_dns", "proto_dns.answers.OPT.data=xyz",
        "'xyz': expected hexadecimal digits, two for each byte"},
       {"net_packet_dns", "proto_dns.questions.name=a\\",
        "'a\\': expected a character behind the '\\' at the end"},
       {"net_packet_dns", "proto_dns.questions.name=a,,b", "'': expected a text"}});
}

TEST_CASE("filter errors: a name that no number has is refused with the closest names") {
  Check(Catalogue(),
        {{"net_packet_dns", "proto_dns.questions.type=MXX",
          "'MXX': expected a name like 'A'; did you mean 'MX', 'KX', 'MB'?"},
         {"net_packet_dns", "proto_dns.questions.type=15",
          "'15': expected a name like 'A'; 15 is shown as 'MX'"},
         {"net_packet_tcp", "metadata.direction=ingres",
          "'ingres': expected 'unknown', 'ingress' or 'egress'; did you mean 'ingress'?"},
         {"net_packet_icmp", "proto_icmp.typeCode=EchoReques",
          "'EchoReques': expected a name like 'EchoReply'; did you mean 'EchoRequest', "
          "'EchoRequest(Code: 1)', 'EchoRequest(Code: 2)'?"},
         {"net_packet_http", "proto_http.direction~^x", "'^x': expected 'request' or 'response'"}});
}

TEST_CASE(
    "filter errors: an operator that the type does not have or that does not exist is refused") {
  Check(
      Catalogue(),
      {{"net_packet_dns", "proto_dns.questions.name<a",
        "'<': expected the operator =, != or ~ and a text"},
       {"net_packet_tcp", "dst_port~80",
        "'~': expected the operator =, !=, <, <=, > or >= and a number from 0 to 65535"},
       {"net_packet_tcp", "src>10.0.0.1",
        "'>': expected the operator = or != and an address, a range of addresses or a CIDR block"},
       {"net_packet_tcp", "dst_port",
        "'dst_port': expected the operator =, !=, <, <=, > or >= and a number from 0 to 65535"},
       {"net_packet_tcp", "dst_port!80",
        "'!': expected one of the operators =, !=, <, <=, >, >= or ~"},
       {"net_packet_tcp", "dst_port==80",
        "'==': expected one of the operators =, !=, <, <=, >, >= or ~; a value that begins with "
        "'=' "
        "is written '\\='"},
       {"net_packet_http", "proto_http.host=~x",
        "'=~': expected one of the operators =, !=, <, <=, >, >= or ~; a value that begins with "
        "'~' "
        "is written '\\~'"},
       {"net_packet_tcp", "=80", "'=80': expected the name of a field in front of the operator"},
       {"net_packet_tcp", "", "'': expected the name of a field in front of the operator"}});
}

TEST_CASE("filter errors: a path that is unknown, too short or too long is refused") {
  Check(
      Catalogue(),
      {{"net_packet_tcp", "dst_prt=80",
        "'dst_prt': no such field of net_packet_tcp; did you mean 'dst_port'? "
        "expected one of src, dst, src_port, dst_port, metadata, proto_tcp"},
       {"net_packet_tcp", "dstPort=80",
        "'dstPort': no such field of net_packet_tcp; did you mean 'dst_port'? "
        "expected one of src, dst, src_port, dst_port, metadata, proto_tcp"},
       {"net_packet_tcp", "window>1000",
        "'window': no such field of net_packet_tcp; did you mean 'proto_tcp.window'? "
        "expected one of src, dst, src_port, dst_port, metadata, proto_tcp"},
       {"net_packet_udp", "proto_udp.dst_port=53",
        "'dst_port': no such member of 'proto_udp'; did you mean 'dstPort'? "
        "expected one of srcPort, dstPort, length, checksum"},
       {"net_packet_udp", "proto_udp=53",
        "'proto_udp': is a message; expected one of its members behind it: srcPort, dstPort, "
        "length, checksum"},
       {"net_packet_udp", "proto_udp.=53",
        "'': no such member of 'proto_udp'; expected one of srcPort, dstPort, length, checksum"},
       {"net_packet_dns", "proto_dns.answers.MX=10",
        "'MX': is a message; expected one of its members behind it: preference, name"},
       {"net_packet_dns", "dst_port.x=1",
        "'x': 'dst_port' is a number from 0 to 65535 and has no members"},
       {"net_packet_http_request", "http_request.headers=x",
        "'headers': expected the name of a header behind it: headers.User-Agent"},
       {"net_packet_http_request", "http_request.headers.hOst=x",
        "'hOst': is not among the headers; expected 'host', which holds it"},
       {"net_packet_http_response", "http_response.headers.Host=x",
        "'Host': is not among the headers; expected 'request_host', which holds it"},
       {"net_flow_tcp_begin", "nothing=1",
        "'nothing': no such field of net_flow_tcp_begin; expected one of conn_direction, src, dst, "
        "src_port, dst_port, src_dns, dst_dns"}});
}

TEST_CASE(
    "filter errors: an invalid regular expression is refused with the reason that RE2 gives") {
  Check(Catalogue(), {{"net_packet_http", "proto_http.host~(a",
                       "'(a': expected a regular expression: missing ): (a"},
                      {"net_packet_http", "proto_http.host~", "'': expected a regular expression"},
                      {"net_packet_http", "proto_http.host~a{2,1}",
                       "'a{2,1}': expected a regular expression: invalid repetition size: {2,1}"}});
}

TEST_CASE("filter errors: the error names the first wrong clause") {
  const Catalogue catalogue;
  const std::string data[] = {"dst_port=80", "src_port=x"};
  const std::string scope[] = {"uid=root"};
  const EventDefinition& tcp = *catalogue.Find("net_packet_tcp");
  const Result<EventFilter> in_data = EventFilter::Compile(tcp, data, scope, {});
  REQUIRE_FALSE(in_data.has_value());
  CHECK(in_data.error().message() ==
        "filter 'net_packet_tcp.data.src_port=x': 'x': expected a number from 0 to 65535");
  const Result<EventFilter> in_scope = EventFilter::Compile(tcp, {}, scope, {});
  REQUIRE_FALSE(in_scope.has_value());
  CHECK(in_scope.error().message() ==
        "filter 'net_packet_tcp.scope.uid=root': 'root': expected a number from 0 to 4294967295");
  const Result<EventFilter> alone = EventFilter::CompileScope(scope, {});
  REQUIRE_FALSE(alone.has_value());
  CHECK(alone.error().message() ==
        "filter 'uid=root': 'root': expected a number from 0 to 4294967295");
}

}  // namespace filter_errors_test
}  // namespace wirehound::test
