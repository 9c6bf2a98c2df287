// SPDX-License-Identifier: Apache-2.0

// The plan: the kernel keeps and counts unwanted packets, and copies only the wanted bytes of
// others.

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <initializer_list>
#include <string>

#include "lab.h"
#include "tests/probes/capture/capture_plans.h"

namespace wirehound::live {
namespace plan_test {

using test::CaptureEverything;
using test::Wanting;

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
  for (const Seen& seen : lab.collector().records()) {
    count += seen.Carries(text) ? 1 : 0;
  }
  return count;
}

TEST_CASE("plan: an empty plan delivers no packet and counts every one") {
  Lab lab(With({}));
  RunPlan(lab);
  CHECK(lab.collector().records().empty());
  CHECK(lab.source().Seen() > 0);
  CHECK(lab.Count("not_wanted") == lab.source().Seen());
}

TEST_CASE("plan: the class of DNS is port 53 over both families, copied whole") {
  Lab lab(With(Wanting({{PacketClass::kDns, CaptureAmount::kWhole}})));
  RunPlan(lab);
  CHECK(lab.collector().records().size() == 4);
  CHECK(CountCarrying(lab, "to-dns-port") == 4);
}

TEST_CASE("plan: the class of link-local DNS has mDNS and no other packets") {
  Lab lab(With(Wanting({{PacketClass::kLinkLocalDns, CaptureAmount::kWhole}})));
  RunPlan(lab);
  CHECK(lab.collector().records().size() == 4);
  CHECK(CountCarrying(lab, "to-mdns-port") == 4);
}

TEST_CASE("plan: headers of TCP end where its options end") {
  Lab lab(With(Wanting({{PacketClass::kTcp, CaptureAmount::kHeaders}})));
  RunPlan(lab);
  REQUIRE(lab.collector().records().size() > 6);
  for (const Seen& seen : lab.collector().records()) {
    const std::size_t tcp_header = (static_cast<std::uint8_t>(seen.bytes.at(32)) >> 4) * 4u;
    CHECK(seen.bytes.size() == 20 + tcp_header);
  }
  CHECK(CountCarrying(lab, "ping-1") == 0);
}

TEST_CASE("plan: a packet of two classes is copied to the larger amount") {
  Lab lab(With(Wanting(
      {{PacketClass::kUdp, CaptureAmount::kHeaders}, {PacketClass::kDns, CaptureAmount::kWhole}})));
  RunPlan(lab);
  CHECK(lab.collector().records().size() == 12);
  CHECK(CountCarrying(lab, "to-dns-port") == 4);
  CHECK(CountCarrying(lab, "to-mdns-port") == 0);
  CHECK(CountCarrying(lab, "to-other-port") == 0);
}

TEST_CASE("plan: a rule for 50 bytes of IPv6 copies at most that, and no IPv4") {
  Lab lab(With(Wanting({{PacketClass::kIpv6, AtMost(50)}})));
  RunPlan(lab);
  CHECK(lab.collector().records().size() == 6);
  for (const Seen& seen : lab.collector().records()) {
    CHECK(seen.bytes.size() == 50);
    CHECK(seen.wire_length > 50);
    const int version = static_cast<std::uint8_t>(seen.bytes.at(0)) >> 4;
    CHECK(version == 6);
  }
}

TEST_CASE("plan: a larger plan applies from the next packet on, without attaching hooks again") {
  Lab lab(With({}));
  lab.source().SetPlan(Wanting({{PacketClass::kDns, CaptureAmount::kWhole}}));
  RunPlan(lab);
  CHECK(lab.collector().records().size() == 4);
  CHECK(CountCarrying(lab, "to-dns-port") == 4);
}

TEST_CASE("plan: packets that a smaller plan leaves out are not copied any more") {
  Lab lab(With(CaptureEverything()));
  lab.source().SetPlan(Wanting({{PacketClass::kLinkLocalDns, CaptureAmount::kWhole}}));
  RunPlan(lab);
  CHECK(lab.collector().records().size() == 4);
  CHECK(CountCarrying(lab, "to-mdns-port") == 4);
}

void CheckOnly(Lab& lab, std::initializer_list<std::string_view> texts) {
  std::size_t expected = 0;
  for (const std::string_view text : texts) {
    CAPTURE(std::string(text));
    CHECK(CountCarrying(lab, text) > 0);
    expected += static_cast<std::size_t>(CountCarrying(lab, text));
  }
  CHECK(lab.collector().records().size() == expected);
}

AddressPrefix Prefix(std::initializer_list<std::uint8_t> bytes, std::uint8_t length) {
  AddressPrefix prefix{.length = length};
  prefix.address.family = bytes.size() == 4 ? WIREHOUND_FAMILY_IPV4 : WIREHOUND_FAMILY_IPV6;
  std::copy(bytes.begin(), bytes.end(), prefix.address.bytes);
  return prefix;
}

CapturePlan Udp(CaptureRule rule) {
  rule.packets = PacketClass::kUdp;
  rule.amount = CaptureAmount::kWhole;
  return {.rules = {rule}, .scope = {}};
}

TEST_CASE("plan: packets that a rule's ports exclude are counted as filtered by rules") {
  Lab lab(With(Udp({.dst_ports = {{.first = 9000, .last = 10000}}})));
  RunPlan(lab);
  CheckOnly(lab, {"to-other-port"});
  CHECK(lab.Count("filter") == 8);
}

TEST_CASE("plan: a list of source ports passes no destination ports, an either list passes both") {
  Lab source(With(Udp({.src_ports = {{.first = kDnsPort, .last = kDnsPort}}})));
  RunPlan(source);
  CHECK(source.collector().records().empty());
  Lab either(With(Udp({.either_ports = {{.first = kDnsPort, .last = kDnsPort}}})));
  RunPlan(either);
  CheckOnly(either, {"to-dns-port"});
}

TEST_CASE("plan: a rule for one direction passes only that direction") {
  Lab lab(With(Udp({.directions = CaptureDirections::kEgress})));
  RunPlan(lab);
  CHECK(lab.collector().records().size() == 6);
  for (const Seen& seen : lab.collector().records()) {
    CHECK(seen.direction == WIREHOUND_DIRECTION_EGRESS);
  }
  CHECK(lab.Count("filter") == 6);
}

TEST_CASE("plan: a rule with addresses passes only those of its family and prefix") {
  const AddressPrefix loopback6 = Prefix({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128);
  Lab ipv6(With(Udp({.src_addresses = {loopback6}})));
  RunPlan(ipv6);
  CHECK(ipv6.collector().records().size() == 6);
  Lab ipv4(With(Udp({.either_addresses = {Prefix({127, 0, 0, 0}, 8)}})));
  RunPlan(ipv4);
  CHECK(ipv4.collector().records().size() == 6);
  Lab elsewhere(With(Udp({.either_addresses = {Prefix({10, 0, 0, 0}, 8)}})));
  RunPlan(elsewhere);
  CHECK(elsewhere.collector().records().empty());
}

TEST_CASE("plan: an address in a narrow prefix fulfils the rule of the wide prefix around it too") {
  CapturePlan plan;
  plan.rules.push_back({.packets = PacketClass::kIpv4,
                        .amount = AtMost(40),
                        .dst_addresses = {Prefix({127, 0, 0, 0}, 8)}});
  plan.rules.push_back({.packets = PacketClass::kUdp,
                        .amount = AtMost(30),
                        .dst_ports = {{.first = 1, .last = 1}},
                        .dst_addresses = {Prefix({127, 0, 0, 1}, 32)}});
  Lab lab(With(plan));
  RunPlan(lab);
  REQUIRE(!lab.collector().records().empty());
  for (const Seen& seen : lab.collector().records()) {
    CHECK(seen.bytes.size() <= 40);
  }
  CHECK(CountCarrying(lab, "to-other") == 2);
}

TEST_CASE("plan: rules with conditions can be replaced many times while packets flow") {
  Lab lab(With({}));
  for (const std::uint16_t port : {kMdnsPort, kDnsPort, kMdnsPort, kDnsPort}) {
    lab.source().SetPlan(Udp({.dst_ports = {{.first = port, .last = port}},
                              .either_addresses = {Prefix({127, 0, 0, 0}, 8)}}));
  }
  RunPlan(lab);
  CHECK(lab.collector().records().size() == 2);
  CHECK(CountCarrying(lab, "to-dns-port") == 2);
}

constexpr std::uint32_t kOtherUid = 12345;

// Two processes that differ in user and name, each of which sends itself one datagram.
void TwoUsers(Roles&) {
  const auto talk = [](std::string_view text) {
    const int receiver = BoundSocket(Transport::kUdp, Family::kIpv4);
    Send(ConnectedSocket(Transport::kUdp, Family::kIpv4, PortOf(receiver)), text);
    Expect(receiver, text);
  };
  WaitFor(ForkNamed("wh-one", [&] { talk("from-one"); }));
  WaitFor(ForkNamed("wh-two", [&] {
    if (setuid(kOtherUid) == 0) {
      talk("from-two");
    }
  }));
}

void CheckScope(const CaptureScope& scope, const char* wanted, const char* unwanted) {
  LiveOptions options = Everything();
  options.plan.scope = scope;
  Lab lab(options);
  lab.Run(TwoUsers);
  CHECK(CountCarrying(lab, wanted) == 2);
  CHECK(CountCarrying(lab, unwanted) == 0);
  CHECK(lab.Count("scope") == 2);
}

TEST_CASE("plan: a scope of users passes the packets of those users, or excludes them") {
  CheckScope({.uids = {.values = {{.first = 12000, .last = 13000}}}}, "from-two", "from-one");
  CheckScope({.uids = {.values = {{.first = 7, .last = 7}, {.first = kOtherUid, .last = kOtherUid}},
                       .excludes = true}},
             "from-one", "from-two");
}

TEST_CASE("plan: a scope of names compares whole names") {
  CheckScope({.comms = {.values = {"wh", "wh-two"}}}, "from-two", "from-one");
  CheckScope({.comms = {.values = {"wh-two"}, .excludes = true}}, "from-one", "from-two");
}

TEST_CASE("plan: an owner must fulfil every list of a scope") {
  CheckScope({.uids = {.values = {{.first = 0, .last = 20000}}}, .comms = {.values = {"wh-one"}}},
             "from-one", "from-two");
}

TEST_CASE("plan: a scope of groups includes the groups below them") {
  Lab probe(Everything());
  Result<ChildCgroup> inner = ChildCgroup::Create(probe.group().path(), "inner");
  REQUIRE(inner);
  const Result<std::uint64_t> outer_id = CgroupId(probe.group().path());
  REQUIRE(outer_id);
  LiveOptions options = Everything();
  options.plan.scope.cgroups.values = {*outer_id};
  options.cgroup = probe.group().path();
  for (const bool excludes : {false, true}) {
    options.plan.scope.cgroups.excludes = excludes;
    Result<std::unique_ptr<LiveSource>> source = LiveSource::Open(options);
    REQUIRE(source);
    Workload workload = StartWorkload(*inner, SharedRoles(), TwoUsers);
    while (!workload.Ended()) {
      usleep(1000);
    }
    (*source)->Stop();
    Collector seen;
    while (*(*source)->Read(seen, 64) != SourceState::kEnd) {
    }
    CHECK(seen.records().size() == (excludes ? 0 : 4));
  }
  probe.Finish();
}

}  // namespace plan_test
}  // namespace wirehound::live
