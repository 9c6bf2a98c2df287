// SPDX-License-Identifier: Apache-2.0

// The tables of a plan, read the way the programs read them: they let pass the packets that the
// rules ask for, and more where the tables cannot express the rules, never less.

#include "probes/live/plan_tables.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <initializer_list>

#include "probes/capture/address_prefix.h"
#include "tests/probes/capture/capture_plans.h"

namespace wirehound {
namespace plan_tables_test {

using test::CaptureEverything;
using test::Wanting;

constexpr std::uint32_t kUdpDns = WIREHOUND_CLASS_IPV4 | WIREHOUND_CLASS_UDP | WIREHOUND_CLASS_DNS;
constexpr std::uint32_t kUdp = WIREHOUND_CLASS_IPV4 | WIREHOUND_CLASS_UDP;
constexpr std::size_t kIngress = 0;
constexpr std::size_t kEgress = 1;

AddressPrefix Prefix(std::initializer_list<std::uint8_t> bytes, std::uint8_t length) {
  AddressPrefix prefix{.length = length};
  prefix.address.family = bytes.size() == 4 ? WIREHOUND_FAMILY_IPV4 : WIREHOUND_FAMILY_IPV6;
  std::copy(bytes.begin(), bytes.end(), prefix.address.bytes);
  return prefix;
}

CaptureRule UdpRule() { return {.packets = PacketClass::kUdp, .amount = CaptureAmount::kWhole}; }

// The mask of rules whose conditions on ports hold, computed as in rules.bpf.h.
std::uint32_t ByPorts(const wirehound_plan& plan, std::uint16_t source, std::uint16_t destination) {
  const wirehound_ends& from = plan.port_sets[plan.port_set_of[source]];
  const wirehound_ends& to = plan.port_sets[plan.port_set_of[destination]];
  return (from.source | plan.any_ports.source) & (to.destination | plan.any_ports.destination) &
         (from.either | to.either | plan.any_ports.either);
}

const PlanPrefix* Find(const PlanTables& tables, const AddressPrefix& prefix) {
  const auto found =
      std::find_if(tables.prefixes.begin(), tables.prefixes.end(),
                   [&](const PlanPrefix& entry) { return KeyOf(entry.prefix) == KeyOf(prefix); });
  return found == tables.prefixes.end() ? nullptr : &*found;
}

TEST_CASE("plan tables: a packet in no class of the plan is not wanted") {
  const PlanTables none = MakePlanTables({});
  const PlanTables tcp = MakePlanTables(Wanting({{PacketClass::kTcp, CaptureAmount::kWhole}}));
  for (std::size_t set = 0; set < WIREHOUND_CLASS_SETS; ++set) {
    CHECK(none.plan->amounts[kEgress][set].packet == 0);
    CHECK(none.plan->conditional[kEgress][set] == 0);
  }
  CHECK(tcp.plan->amounts[kIngress][kUdpDns].packet == 0);
  CHECK(MakePlanTables(CaptureEverything()).plan->amounts[kIngress][0].packet == 0);
}

TEST_CASE(
    "plan tables: a packet in several classes gets the largest amount, and its headers whole") {
  const PlanTables tables = MakePlanTables(
      Wanting({{PacketClass::kUdp, CaptureAmount::kHeaders}, {PacketClass::kDns, AtMost(20)}}));
  CHECK(tables.plan->amounts[kIngress][kUdpDns].packet == (WIREHOUND_AMOUNT_HEADERS | 20));
  CHECK(tables.plan->amounts[kIngress][kUdp].packet == WIREHOUND_AMOUNT_HEADERS);
}

TEST_CASE("plan tables: a whole packet becomes the largest amount, without the mark for headers") {
  const PlanTables tables = MakePlanTables(Wanting({{PacketClass::kDns, CaptureAmount::kWhole}}));
  CHECK(tables.plan->amounts[kEgress][kUdpDns].packet == kMaxCaptureBytes);
}

TEST_CASE("plan tables: a rule for HTTP asks for no other TCP packet") {
  const std::uint32_t tcp = WIREHOUND_CLASS_IPV6 | WIREHOUND_CLASS_TCP;
  const PlanTables tables = MakePlanTables(
      Wanting({{PacketClass::kHttp, CaptureAmount::kHeaders}, {PacketClass::kTcp, AtMost(60)}}));
  CHECK(tables.plan->amounts[kEgress][tcp].packet == 60);
  CHECK(tables.plan->amounts[kEgress][tcp].http == WIREHOUND_AMOUNT_HTTP);
  CHECK(MakePlanTables(Wanting({{PacketClass::kHttp, AtMost(100)}})).plan->amounts[0][tcp].http ==
        (WIREHOUND_AMOUNT_HTTP | 100));
}

TEST_CASE("plan tables: a rule with a direction alone costs no look-up of conditions") {
  CaptureRule rule = UdpRule();
  rule.directions = CaptureDirections::kEgress;
  const PlanTables tables = MakePlanTables({.rules = {rule}, .scope = {}});
  CHECK(tables.plan->amounts[kEgress][kUdp].packet != 0);
  CHECK(tables.plan->amounts[kIngress][kUdp].packet == 0);
  CHECK(tables.plan->conditional[kEgress][kUdp] == 0);
}

TEST_CASE("plan tables: lists of source, destination and either ports pass exactly their packets") {
  CaptureRule source = UdpRule();
  source.src_ports = {{.first = 100, .last = 200}};
  CaptureRule both = UdpRule();
  both.dst_ports = {{.first = 150, .last = 150}, {.first = 65535, .last = 65535}};
  both.either_ports = {{.first = 0, .last = 10}};
  const PlanTables tables = MakePlanTables({.rules = {source, both}, .scope = {}});
  const wirehound_plan& plan = *tables.plan;
  CHECK(plan.conditional[kEgress][kUdp] == 3);
  CHECK(plan.port_rules == 3);
  struct Case {
    std::uint16_t source;
    std::uint16_t destination;
    std::uint32_t passing;
  };
  for (const Case& each :
       {Case{100, 1, 1}, Case{200, 150, 1}, Case{99, 150, 0}, Case{201, 1, 0}, Case{10, 150, 2},
        Case{11, 150, 0}, Case{0, 65535, 2}, Case{150, 0, 1}}) {
    CAPTURE(each.source);
    CAPTURE(each.destination);
    CHECK((ByPorts(plan, each.source, each.destination) & 3) == each.passing);
  }
}

TEST_CASE("plan tables: with more kinds of ports than sets, more packets pass, never fewer") {
  std::vector<CaptureRule> rules(10, UdpRule());
  for (std::uint32_t port = 1; port < 1024; ++port) {
    for (std::size_t bit = 0; bit < rules.size(); ++bit) {
      if ((port >> bit & 1) != 0) {
        rules[bit].dst_ports.push_back(
            {.first = static_cast<std::uint16_t>(port), .last = static_cast<std::uint16_t>(port)});
      }
    }
  }
  const PlanTables tables = MakePlanTables({.rules = rules, .scope = {}});
  for (std::uint16_t port = 1; port < 1024; ++port) {
    CAPTURE(port);
    CHECK((ByPorts(*tables.plan, 5000, port) & port) == port);
  }
  CHECK((ByPorts(*tables.plan, 5000, 5000) & 1023) == 0);
}

TEST_CASE("plan tables: a prefix has the rules of the prefixes that cover it, within its family") {
  CaptureRule wide = UdpRule();
  wide.src_addresses = {Prefix({10, 0, 0, 0}, 8)};
  CaptureRule narrow = UdpRule();
  narrow.dst_addresses = {Prefix({10, 1, 2, 3}, 24)};
  CaptureRule other = UdpRule();
  other.either_addresses = {Prefix({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0)};
  const PlanTables tables = MakePlanTables({.rules = {wide, narrow, other}, .scope = {}});
  CHECK(tables.prefixes.size() == 3);
  const PlanPrefix* inner = Find(tables, Prefix({10, 1, 2, 0}, 24));
  const PlanPrefix* outer = Find(tables, Prefix({10, 0, 0, 0}, 8));
  REQUIRE(inner != nullptr);
  REQUIRE(outer != nullptr);
  CHECK(inner->ends.source == 1);
  CHECK(inner->ends.destination == 2);
  CHECK(inner->ends.either == 0);
  CHECK(outer->ends.destination == 0);
}

TEST_CASE("plan tables: rules beyond the limits lose their conditions") {
  std::vector<CaptureRule> rules(kMaxCaptureRules + 1, UdpRule());
  for (CaptureRule& rule : rules) {
    rule.dst_ports = {{.first = 7, .last = 7}};
  }
  const PlanTables many = MakePlanTables({.rules = rules, .scope = {}});
  CHECK(many.plan->conditional[kEgress][kUdp] == 0xffffffff);
  CHECK(many.plan->amounts[kEgress][kUdp].packet != 0);

  CaptureRule prefixes = UdpRule();
  prefixes.dst_ports = {{.first = 7, .last = 7}};
  prefixes.src_addresses.assign(kMaxPlanPrefixes + 1, Prefix({10, 0, 0, 0}, 8));
  const PlanTables large = MakePlanTables({.rules = {prefixes}, .scope = {}});
  CHECK(large.prefixes.empty());
  CHECK(large.plan->address_rules == 0);
  CHECK(large.plan->port_rules == 1);
}

TEST_CASE("plan tables: without room for prefixes rules keep their other conditions") {
  CaptureRule rule = UdpRule();
  rule.src_addresses = {Prefix({10, 0, 0, 0}, 8)};
  const PlanTables tables = MakePlanTables({.rules = {rule}, .scope = {}}, PlanAddresses::kIgnored);
  CHECK(tables.prefixes.empty());
  CHECK(tables.plan->amounts[kIngress][kUdp].packet == kMaxCaptureBytes);
}

TEST_CASE("scope: names are padded, and a list that does not fit is left out") {
  CaptureScope scope;
  scope.uids.values = {{.first = 5, .last = 9}};
  scope.uids.excludes = true;
  scope.comms.values = {"nginx", "a name too long for a thread"};
  scope.cgroups.values.assign(kMaxScopeValues + 1, 1);
  scope.cgroups.excludes = true;
  const wirehound_scope made = MakeScope(scope);
  CHECK(made.uids == 1);
  CHECK(made.first_uid[0] == 5);
  CHECK(made.last_uid[0] == 9);
  CHECK(made.comms == 0);
  CHECK(made.cgroups == 0);
  CHECK(made.excludes == WIREHOUND_SCOPE_EXCLUDES_UIDS);

  scope.comms.values = {"nginx"};
  const wirehound_scope named = MakeScope(scope);
  char padded[16] = "nginx";
  CHECK(named.comms == 1);
  CHECK(std::memcmp(named.comm[0], padded, sizeof(padded)) == 0);
}

}  // namespace plan_tables_test
}  // namespace wirehound
