// SPDX-License-Identifier: Apache-2.0

// Which items of --events are filters, and of which events.

#include <string>

#include <doctest/doctest.h>

#include "engine/catalogue/catalogue.h"
#include "engine/filters/event_filter.h"
#include "tests/engine/support/graph_text.h"

namespace wirehound::test {
namespace user_filter_test {

TEST_CASE("user filters: an item with an operator is a filter, a list of names and tags is not") {
  for (const char* item :
       {"net_packet_tcp.data.dst_port=80", "a.data.b!=1,2", "a.scope.comm~x", "a=1", "<",
        "net_packet_tcp.scope.container", "a.scope.host", "a.scope.not-container", "a,b.data.c=1",
        "tag=x,a.data.b=1", "-a.data.b=1"}) {
    CAPTURE(std::string(item));
    CHECK(IsFilter(item));
  }
  for (const char* item : {"", "a", "a,-b", "tag=dns", "a,tag=dns", "-tag=dns,b", "tag=a=b",
                           "a.data.b", "a.scope.comm", "b,a.scope.container", "net_*"}) {
    CAPTURE(std::string(item));
    CHECK_FALSE(IsFilter(item));
  }
}

TEST_CASE("user filters: a filter is split into event, data or scope, and clause") {
  Catalogue catalogue;
  catalogue.AddDetectorEvent(ParseDetector("a: my.event needs net_packet_tcp"));
  catalogue.AddDetectorEvent(ParseDetector("b: my.event.data.more needs net_packet_tcp"));
  struct Case {
    const char* item;
    const char* event;
    bool is_scope;
    const char* clause;
  };
  const Case cases[] = {
      {"net_packet_tcp.data.dst_port=80,443", "net_packet_tcp", false, "dst_port=80,443"},
      {"net_packet_dns.args.src=8.8.8.8", "net_packet_dns", false, "src=8.8.8.8"},
      {"net_packet_tcp.data. dst_port >= 80", "net_packet_tcp", false, " dst_port >= 80"},
      {"net_packet_tcp.scope.comm!=curl", "net_packet_tcp", true, "comm!=curl"},
      {"net_packet_tcp.scope.container", "net_packet_tcp", true, "container"},
      {"net_packet_http.data.proto_http.host~x.data.y", "net_packet_http", false,
       "proto_http.host~x.data.y"},
      {"my.event.data.field=1", "my.event", false, "field=1"},
      {"my.event.data.more.data.field=1", "my.event.data.more", false, "field=1"},
      {"my.event.scope.uid=0", "my.event", true, "uid=0"},
  };
  for (const Case& c : cases) {
    CAPTURE(std::string(c.item));
    const Result<UserFilter> filter = ParseUserFilter(c.item, catalogue);
    REQUIRE_MESSAGE(filter.has_value(), (filter ? "" : filter.error().message()));
    CHECK(filter->event->name == c.event);
    CHECK(filter->is_scope == c.is_scope);
    CHECK(filter->clause == c.clause);
  }
}

TEST_CASE(
    "user filters: a filter that does not begin with an event and data or scope is an error") {
  const Catalogue catalogue;
  struct Case {
    const char* item;
    const char* message;
  };
  const Case cases[] = {
      {"net_packet_tpc.data.dst_port=80",
       "'net_packet_tpc': no such event; did you mean 'net_packet_tcp', 'net_packet_dns', "
       "'net_packet_http'?"},
      {"nothing.scope.uid=0", "'nothing': no such event"},
      {"network_events.data.dst_port=80", "'network_events': no such event"},
      {"dst_port=80", "'dst_port': expected NAME.data.FIELD or NAME.scope.FIELD"},
      {"net_packet_tcp.dst_port = 80",
       "'net_packet_tcp.dst_port': expected NAME.data.FIELD or NAME.scope.FIELD"},
      {"-net_packet_tcp.data.dst_port=80",
       "'-': expected the name of an event; to exclude values, use !="},
      {"net_packet_udp,net_packet_tcp.data.dst_port=80",
       "'net_packet_udp': expected nothing but the filter; every filter is an --events of its own"},
  };
  for (const Case& c : cases) {
    const Result<UserFilter> filter = ParseUserFilter(c.item, catalogue);
    CAPTURE(std::string(c.item));
    REQUIRE_FALSE(filter.has_value());
    CHECK(filter.error().message() == "filter '" + std::string(c.item) + "': " + c.message);
    CHECK(filter.error().code() == ErrorCode::kInvalidInput);
  }
}

}  // namespace user_filter_test
}  // namespace wirehound::test
