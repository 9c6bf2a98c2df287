// SPDX-License-Identifier: Apache-2.0

// DidYouMean: the hint after "no such event".

#include "engine/text/closest_name.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace closest_name_test {

const std::vector<std::string> kEvents = {"DNS",
                                          "default",
                                          "net_packet_dns",
                                          "net_packet_ipv4",
                                          "net_packet_ipv6",
                                          "net_packet_tcp",
                                          "net_packet_udp",
                                          "network_events"};

TEST_CASE("closest name: a typing error finds the name") {
  CHECK(DidYouMean("net_packet_dsn", kEvents).find("did you mean 'net_packet_dns'") == 0);
  CHECK(DidYouMean("defualt", kEvents) == "did you mean 'default'?");
  CHECK(DidYouMean("DNSS", kEvents) == "did you mean 'DNS'?");
}

TEST_CASE("closest name: case does not matter") {
  CHECK(DidYouMean("Default", kEvents) == "did you mean 'default'?");
  CHECK(DidYouMean("NET_PACKET_TCP", kEvents).find("did you mean 'net_packet_tcp'") == 0);
}

TEST_CASE("closest name: a part of a name finds it") {
  CHECK(DidYouMean("ipv6", kEvents) == "did you mean 'net_packet_ipv6'?");
}

TEST_CASE("closest name: at most three are named, nearest first, then by name") {
  CHECK(DidYouMean("net_packet_ipv5", kEvents) ==
        "did you mean 'net_packet_ipv4', 'net_packet_ipv6', 'net_packet_dns'?");
}

TEST_CASE("closest name: without a close name there is no hint") {
  CHECK(DidYouMean("completely_else", kEvents).empty());
  CHECK(DidYouMean("x", std::vector<std::string>()).empty());
  CHECK(DidYouMean("", std::vector<std::string>{"network_events"}).empty());
}

TEST_CASE("closest name: any text may be given") {
  CHECK(DidYouMean(std::string(5000, 'a'), kEvents).empty());
  CHECK(DidYouMean("\xff\x80\x01", kEvents).find('\xff') == std::string::npos);
}

}  // namespace closest_name_test
}  // namespace wirehound::test
