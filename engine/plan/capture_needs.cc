// SPDX-License-Identifier: Apache-2.0

#include "engine/plan/capture_needs.h"

#include <utility>

#include "decoders/dns/dns_ports.h"
#include "decoders/ip/ip_payload.h"
#include "engine/plan/event_packets.h"
#include "engine/plan/rule_set.h"

namespace wirehound {

namespace {

using Unit = EventPackets::Unit;

// The rule for the packets of one direction: those that meet the condition themselves.
CaptureRule ForwardRule(PacketClass packets, CaptureAmount amount,
                        const PacketCondition& condition) {
  CaptureRule rule = {.packets = packets, .amount = amount};
  rule.directions = condition.directions;
  rule.src_ports = condition.src_ports;
  rule.dst_ports = condition.dst_ports;
  rule.src_addresses = condition.src_addresses;
  rule.dst_addresses = condition.dst_addresses;
  return rule;
}

// An event of a connection needs packets of both directions; the condition is about one direction.
// For a single condition one rule that tests either end covers both. With more than one it
// would also pass packets whose ends meet them crosswise, so the way back gets a rule of its own.
void AddBothWays(CaptureRule rule, RuleSet& rules) {
  std::swap(rule.src_ports, rule.either_ports);
  std::swap(rule.src_addresses, rule.either_addresses);
  const int conditions = (rule.either_ports.empty() ? 0 : 1) + (rule.dst_ports.empty() ? 0 : 1) +
                         (rule.either_addresses.empty() ? 0 : 1) +
                         (rule.dst_addresses.empty() ? 0 : 1);
  if (conditions <= 1) {
    if (!rule.dst_ports.empty()) {
      std::swap(rule.dst_ports, rule.either_ports);
    }
    if (!rule.dst_addresses.empty()) {
      std::swap(rule.dst_addresses, rule.either_addresses);
    }
    rules.Add(std::move(rule));
    return;
  }
  std::swap(rule.src_ports, rule.either_ports);
  std::swap(rule.src_addresses, rule.either_addresses);
  CaptureRule back = rule;
  std::swap(back.src_ports, back.dst_ports);
  std::swap(back.src_addresses, back.dst_addresses);
  rules.Add(std::move(rule));
  rules.Add(std::move(back));
}

// IPv4 packets of one transport protocol. The class of the protocol holds IPv6 too; a prefix of
// length 0, which is every IPv4 address, leaves that out.
void AddTransportOfIpv4(PacketClass packets, const PacketCondition& condition, RuleSet& rules) {
  CaptureRule rule = ForwardRule(packets, CaptureAmount::kHeaders, condition);
  if (rule.src_addresses.empty() && rule.dst_addresses.empty()) {
    rule.src_addresses = {
        {.address = {.bytes = {}, .family = WIREHOUND_FAMILY_IPV4, .reserved = {}}, .length = 0}};
  }
  rules.Add(std::move(rule));
}

// DNS over one transport protocol. The classes of DNS hold both protocols, so this takes the class
// of the protocol and asks for the ports. Over TCP the decoder needs the way back too.
void AddTransportOfDns(std::size_t protocol, const PacketCondition& condition, RuleSet& rules) {
  const bool is_tcp = protocol == kProtocolTcp;
  CaptureRule rule =
      ForwardRule(is_tcp ? PacketClass::kTcp : PacketClass::kUdp, CaptureAmount::kWhole, condition);
  rule.either_ports = {{kDnsPort, kDnsPort}, {kLlmnrPort, kLlmnrPort}};
  if (!is_tcp) {
    rule.either_ports.insert(rule.either_ports.begin() + 1, {kMdnsPort, kMdnsPort});
    rules.Add(std::move(rule));
    return;
  }
  CaptureRule back = rule;
  std::swap(back.src_ports, back.dst_ports);
  std::swap(back.src_addresses, back.dst_addresses);
  rules.Add(std::move(rule));
  rules.Add(std::move(back));
}

bool IsDns(std::uint32_t event) {
  return event == kNetPacketDns || event == kNetPacketDnsRequest || event == kNetPacketDnsResponse;
}

// Whether the condition asks for a transport protocol that the classes of the event do not tell
// apart.
bool IsOfTransport(std::uint32_t event, const PacketCondition& condition) {
  const bool one =
      !condition.protocols.test(kProtocolTcp) || !condition.protocols.test(kProtocolUdp);
  return IsDns(event) ? one : event == kNetPacketIpv4 && !condition.protocols.all();
}

void AddTransports(std::uint32_t event, const PacketCondition& condition, RuleSet& rules) {
  for (const std::uint8_t protocol : {kProtocolTcp, kProtocolUdp}) {
    if (!condition.protocols.test(protocol)) {
      continue;
    }
    if (IsDns(event)) {
      AddTransportOfDns(protocol, condition, rules);
    } else {
      AddTransportOfIpv4(protocol == kProtocolTcp ? PacketClass::kTcp : PacketClass::kUdp,
                         condition, rules);
    }
  }
}

void AddDemand(std::uint32_t event, const PacketCondition& condition, RuleSet& rules) {
  const EventPackets packets = PacketsOf(event);
  if (condition.impossible) {  // no packet can pass the filter, so none is asked for
    return;
  }
  if (IsOfTransport(event, condition)) {
    AddTransports(event, condition, rules);
    return;
  }
  for (const PacketClass each : packets.classes) {
    CaptureRule rule = ForwardRule(each, packets.amount, condition);
    if (packets.unit == Unit::kConnection) {
      AddBothWays(std::move(rule), rules);
    } else {
      rules.Add(std::move(rule));
    }
  }
}

void AddEvent(std::uint32_t event, const Plan& plan, RuleSet& rules) {
  bool is_said = false;
  for (const EventDemand& demand : plan.demands) {
    if (demand.event == event) {
      is_said = true;
      AddDemand(event, demand.condition, rules);
    }
  }
  if (!is_said) {
    AddDemand(event, {}, rules);
  }
}

}  // namespace

CaptureDecision DecideCapture(const Plan& plan) {
  CaptureDecision decision;
  decision.engine_filters = plan.engine_filters;
  RuleSet rules;
  for (const std::uint32_t event : plan.needed) {
    AddEvent(event, plan, rules);
  }
  if (plan.needs_dns_store) {
    // Without conditions: the DNS store also learns from messages that filters keep from detectors.
    for (const PacketClass packets : kDnsClasses) {
      rules.Add({.packets = packets, .amount = CaptureAmount::kWhole});
    }
  }
  decision.capture.rules = rules.Take(decision.engine_filters);
  decision.capture.scope = plan.capture_scope;
  return decision;
}

CapturePlan CaptureNeeds(const Plan& plan) { return DecideCapture(plan).capture; }

}  // namespace wirehound
