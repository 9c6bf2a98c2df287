// SPDX-License-Identifier: Apache-2.0

// The plan: what is not wanted stays in the kernel and is counted, and of the rest only the bytes
// that are wanted come.

#include <doctest/doctest.h>

#include <string>

#include "lab.h"

namespace wirehound::live {
namespace {

constexpr std::uint16_t kDnsPort = 53;
constexpr std::uint16_t kMdnsPort = 5353;

void SendTo(Family family, std::uint16_t port, std::string_view text) {
  const int receiver = BoundSocket(Transport::kUdp, family, port);
  Send(ConnectedSocket(Transport::kUdp, family, port), text);
  Expect(receiver, text);
}

void Mixture(Roles& roles) {
  for (const Family family : {Family::kIpv4, Family::kIpv6}) {
    SendTo(family, kDnsPort, "to-dns-port");
    SendTo(family, kMdnsPort, "to-mdns-port");
    SendTo(family, 9999, "to-other-port");
  }
  ForkedServer(Transport::kTcp, Family::kIpv4, roles);
}

Lab& RunPlan(Lab& lab) {
  lab.Run(Mixture);
  return lab;
}

LiveOptions With(const CapturePlan& plan) { return {.plan = plan, .ring_bytes = 1u << 20}; }

int CountCarrying(Lab& lab, std::string_view text) {
  int count = 0;
  for (const Seen& seen : lab.collector().records())
    count += seen.Carries(text) ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("plan: nothing wanted, nothing delivered, everything counted") {
  Lab lab(With({}));
  RunPlan(lab);
  CHECK(lab.collector().records().empty());
  CHECK(lab.source().Seen() > 0);
  CHECK(lab.Count("not_wanted") == lab.source().Seen());
}

TEST_CASE("plan: DNS alone is port 53 over both families, whole") {
  Lab lab(With({.dns = CaptureAmount::kWhole}));
  RunPlan(lab);
  CHECK(lab.collector().records().size() == 4);
  CHECK(CountCarrying(lab, "to-dns-port") == 4);
}

TEST_CASE("plan: mDNS is a class of its own") {
  Lab lab(With({.link_local_dns = CaptureAmount::kWhole}));
  RunPlan(lab);
  CHECK(lab.collector().records().size() == 4);
  CHECK(CountCarrying(lab, "to-mdns-port") == 4);
}

TEST_CASE("plan: headers of TCP end where its options end") {
  Lab lab(With({.tcp = CaptureAmount::kHeaders}));
  RunPlan(lab);
  REQUIRE(lab.collector().records().size() > 6);
  for (const Seen& seen : lab.collector().records()) {
    const std::size_t tcp_header = (static_cast<std::uint8_t>(seen.bytes.at(32)) >> 4) * 4u;
    CHECK(seen.bytes.size() == 20 + tcp_header);
  }
  CHECK(CountCarrying(lab, "ping-1") == 0);
}

TEST_CASE("plan: a packet of two classes comes with the larger amount") {
  Lab lab(With({.udp = CaptureAmount::kHeaders, .dns = CaptureAmount::kWhole}));
  RunPlan(lab);
  CHECK(lab.collector().records().size() == 12);
  CHECK(CountCarrying(lab, "to-dns-port") == 4);
  CHECK(CountCarrying(lab, "to-mdns-port") == 0);
  CHECK(CountCarrying(lab, "to-other-port") == 0);
}

TEST_CASE("plan: at most so many bytes of IPv6, and no IPv4") {
  Lab lab(With({.ipv6 = AtMost(50)}));
  RunPlan(lab);
  CHECK(lab.collector().records().size() == 6);
  for (const Seen& seen : lab.collector().records()) {
    CHECK(seen.bytes.size() == 50);
    CHECK(seen.wire_length > 50);
    const int version = static_cast<std::uint8_t>(seen.bytes.at(0)) >> 4;
    CHECK(version == 6);
  }
}

TEST_CASE("plan: a larger plan holds from the next packet on, without attaching anything anew") {
  Lab lab(With({}));
  lab.source().SetPlan({.dns = CaptureAmount::kWhole});
  RunPlan(lab);
  CHECK(lab.collector().records().size() == 4);
  CHECK(CountCarrying(lab, "to-dns-port") == 4);
}

TEST_CASE("plan: what a smaller plan leaves out is not copied any more") {
  Lab lab(With(CaptureEverything()));
  lab.source().SetPlan({.link_local_dns = CaptureAmount::kWhole});
  RunPlan(lab);
  CHECK(lab.collector().records().size() == 4);
  CHECK(CountCarrying(lab, "to-mdns-port") == 4);
}

}  // namespace wirehound::live
