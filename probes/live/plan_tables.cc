// SPDX-License-Identifier: Apache-2.0

// How the tables work, by an example with three rules:
//
//   A  {kTcp, kHeaders}                         no conditions
//   B  {kUdp, kWhole, dst_ports 53}             the first with conditions: bit 0, mask 1
//   C  {kUdp, kWhole, src_addresses 10.0.0.0/8} the second: bit 1, mask 2
//
// Rules without conditions on ports or addresses are added up here. The classes of a packet are a
// set of bits, so `amounts` has an entry for each of the 256 sets and each direction. A is in every
// entry whose set contains TCP; a TCP packet finds "headers" with one load, whatever the number of
// rules.
//
// A rule with conditions gets a bit. `conditional` has, for each set and direction, the mask of
// rules that may want the packet: 3 for {IPv4, UDP}, 0 for {IPv4, TCP}, so TCP packets skip the
// rest.
//
// Three conditions of a rule can be about ports: source, destination, either. So what fulfils them
// is not one mask but three, a wirehound_ends: which rules have the port in their list of source
// ports, of destination ports, of either ports. Port 53 is {source 0, destination 1, either 0}. A
// rule that has no such list must pass too, so `any_ports` holds the rules without one: C has none
// of the three and B only destination, hence {source 3, destination 2, either 3}. The programs
// compute
//
//   (source(src) | 3) & (destination(dst) | 2) & (either(src) | either(dst) | 3)
//
// UDP to port 53:   (0 | 3) & (1 | 2) & 3 = 3, B and C pass.
// UDP to port 9999: (0 | 3) & (0 | 2) & 3 = 2, B drops out.
//
// The same formula over the prefixes of the addresses, with `any_addresses`, decides C. The amounts
// of the rules that are left are added to what `amounts` has.
//
// A wirehound_ends per port would be 1 MiB. But most ports fulfil the same conditions: here all but
// 53 fulfil none. So ports are grouped into at most 256 sets with equal masks, and `port_set_of`
// has one byte per port.

#include "probes/live/plan_tables.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <tuple>
#include <utility>

#include "probes/capture/address_prefix.h"

namespace wirehound {
namespace {

constexpr std::uint32_t kMark = WIREHOUND_AMOUNT_HEADERS;
static_assert(kMark == WIREHOUND_AMOUNT_HTTP, "both halves of an amount have their mark there");
static_assert(kMaxCaptureRules == WIREHOUND_RULES && kMaxScopeValues == WIREHOUND_SCOPE_VALUES);

// kHttp is found among TCP packets: its content is looked at only after the rules.
std::uint32_t ClassBit(PacketClass packets) {
  switch (packets) {
    case PacketClass::kIpv4:
      return WIREHOUND_CLASS_IPV4;
    case PacketClass::kIpv6:
      return WIREHOUND_CLASS_IPV6;
    case PacketClass::kTcp:
    case PacketClass::kHttp:
      return WIREHOUND_CLASS_TCP;
    case PacketClass::kUdp:
      return WIREHOUND_CLASS_UDP;
    case PacketClass::kIcmp:
      return WIREHOUND_CLASS_ICMP;
    case PacketClass::kIcmpv6:
      return WIREHOUND_CLASS_ICMPV6;
    case PacketClass::kDns:
      return WIREHOUND_CLASS_DNS;
    case PacketClass::kLinkLocalDns:
      return WIREHOUND_CLASS_LINK_LOCAL_DNS;
  }
  return 0;
}

// The amount as the programs read it. "Headers" is a mark beside the number, so that rules for
// headers and for 20 bytes can be merged: the larger of both is known only with the packet.
wirehound_amount AmountOf(const CaptureRule& rule) {
  const std::uint32_t bytes = std::min(static_cast<std::uint32_t>(rule.amount), kMaxCaptureBytes);
  if (rule.amount == CaptureAmount::kNothing) {
    return {};
  }
  const bool headers = rule.amount == CaptureAmount::kHeaders;
  if (rule.packets == PacketClass::kHttp) {
    return {.packet = 0, .http = kMark | (headers ? 0 : bytes)};
  }
  return {.packet = headers ? kMark : bytes, .http = 0};
}

// As in rules.bpf.h: the marks of both, and the larger number.
std::uint32_t Larger(std::uint32_t one, std::uint32_t other) {
  return ((one | other) & kMark) | std::max(one & ~kMark, other & ~kMark);
}

void Widen(wirehound_amount& amount, const wirehound_amount& other) {
  amount = {.packet = Larger(amount.packet, other.packet), .http = Larger(amount.http, other.http)};
}

bool AppliesTo(const CaptureRule& rule, std::size_t direction) {
  return rule.directions == CaptureDirections::kBoth ||
         (rule.directions == CaptureDirections::kEgress) == (direction == 1);
}

bool HasPorts(const CaptureRule& rule) {
  return !rule.src_ports.empty() || !rule.dst_ports.empty() || !rule.either_ports.empty();
}

bool HasAddresses(const CaptureRule& rule) {
  return !rule.src_addresses.empty() || !rule.dst_addresses.empty() ||
         !rule.either_addresses.empty();
}

std::size_t PrefixesOf(const CaptureRule& rule) {
  return rule.src_addresses.size() + rule.dst_addresses.size() + rule.either_addresses.size();
}

// Adds the rule to the masks of those that have no list of source, destination, either.
template <typename List>
void MarkUnasked(wirehound_ends& any, std::uint32_t bit, const List& source,
                 const List& destination, const List& either) {
  any.source |= source.empty() ? bit : 0;
  any.destination |= destination.empty() ? bit : 0;
  any.either |= either.empty() ? bit : 0;
}

void Join(wirehound_ends& ends, const wirehound_ends& other) {
  ends.source |= other.source;
  ends.destination |= other.destination;
  ends.either |= other.either;
}

bool Contains(const std::vector<PortRange>& ranges, std::uint32_t port) {
  return std::any_of(ranges.begin(), ranges.end(), [port](const PortRange& range) {
    return port >= range.first && port <= range.last;
  });
}

class Builder {
 public:
  Builder() : plan_(std::make_unique<wirehound_plan>()) {}

  // For a rule without conditions on ports or addresses.
  void AddPlain(const CaptureRule& rule) {
    ForEachSet(rule, [&](std::size_t direction, std::size_t set) {
      Widen(plan_->amounts[direction][set], AmountOf(rule));
    });
  }

  // At most kMaxCaptureRules times. `rule` must live until Finish.
  void AddConditional(const CaptureRule& rule) {
    const std::uint32_t bit = 1u << rules_.size();
    plan_->rule_amounts[rules_.size()] = AmountOf(rule);
    rules_.push_back(&rule);
    ForEachSet(rule, [&](std::size_t direction, std::size_t set) {
      plan_->conditional[direction][set] |= bit;
    });
    plan_->port_rules |= HasPorts(rule) ? bit : 0;
    plan_->address_rules |= HasAddresses(rule) ? bit : 0;
    MarkUnasked(plan_->any_ports, bit, rule.src_ports, rule.dst_ports, rule.either_ports);
    MarkUnasked(plan_->any_addresses, bit, rule.src_addresses, rule.dst_addresses,
                rule.either_addresses);
  }

  PlanTables Finish() {
    FillPorts();
    return {.plan = std::move(plan_), .prefixes = Prefixes()};
  }

 private:
  template <typename Action>
  static void ForEachSet(const CaptureRule& rule, const Action& action) {
    for (std::size_t direction = 0; direction < WIREHOUND_DIRECTIONS; ++direction) {
      for (std::size_t set = 0; set < WIREHOUND_CLASS_SETS; ++set) {
        if ((set & ClassBit(rule.packets)) != 0 && AppliesTo(rule, direction)) {
          action(direction, set);
        }
      }
    }
  }

  // The ports at which a range begins, and those behind a range. All ports between two neighbours
  // of this list fulfil the same conditions, so one of them stands for all.
  std::vector<std::uint32_t> PortBounds() const {
    std::vector<std::uint32_t> bounds{0, WIREHOUND_PORTS};
    for (const CaptureRule* rule : rules_) {
      for (const auto* ranges : {&rule->src_ports, &rule->dst_ports, &rule->either_ports}) {
        for (const PortRange& range : *ranges) {
          bounds.push_back(range.first);
          bounds.push_back(range.last + 1u);
        }
      }
    }
    std::sort(bounds.begin(), bounds.end());
    bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
    return bounds;
  }

  wirehound_ends EndsOfPort(std::uint32_t port) const {
    wirehound_ends ends = {};
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      const std::uint32_t bit = 1u << i;
      ends.source |= Contains(rules_[i]->src_ports, port) ? bit : 0;
      ends.destination |= Contains(rules_[i]->dst_ports, port) ? bit : 0;
      ends.either |= Contains(rules_[i]->either_ports, port) ? bit : 0;
    }
    return ends;
  }

  // The number of the set with these masks. When there are 255 others, the rest share the last set,
  // whose masks are joined: each of its ports then fulfils the conditions of all of them.
  std::size_t SetOf(const wirehound_ends& ends) {
    const auto key = std::make_tuple(ends.source, ends.destination, ends.either);
    const auto [found, is_new] = port_sets_.try_emplace(
        key, std::min<std::size_t>(port_sets_.size(), WIREHOUND_PORT_SETS - 1));
    if (is_new) {
      Join(plan_->port_sets[found->second], ends);
    }
    return found->second;
  }

  void FillPorts() {
    const std::vector<std::uint32_t> bounds = PortBounds();
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
      const auto set = static_cast<std::uint8_t>(SetOf(EndsOfPort(bounds[i])));
      std::fill(plan_->port_set_of + bounds[i], plan_->port_set_of + bounds[i + 1], set);
    }
  }

  std::vector<PlanPrefix> Prefixes() const {
    std::vector<PlanPrefix> prefixes;
    const auto add = [&](const std::vector<AddressPrefix>& list, const wirehound_ends& ends) {
      for (const AddressPrefix& prefix : list) {
        prefixes.push_back({.prefix = Normal(prefix), .ends = ends});
      }
    };
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      const std::uint32_t bit = 1u << i;
      add(rules_[i]->src_addresses, {.source = bit, .destination = 0, .either = 0, .reserved = 0});
      add(rules_[i]->dst_addresses, {.source = 0, .destination = bit, .either = 0, .reserved = 0});
      add(rules_[i]->either_addresses,
          {.source = 0, .destination = 0, .either = bit, .reserved = 0});
    }
    JoinCovering(prefixes);
    return prefixes;
  }

  // Adds to every prefix the masks of the prefixes that cover it, and removes duplicates. The
  // kernel's look-up returns the longest prefix alone: with rules for 10.0.0.0/8 and 10.1.0.0/16,
  // an address in the second must fulfil both.
  static void JoinCovering(std::vector<PlanPrefix>& prefixes) {
    const std::vector<PlanPrefix> alone = prefixes;
    for (PlanPrefix& inner : prefixes) {
      for (const PlanPrefix& outer : alone) {
        if (Covers(outer.prefix, inner.prefix)) {
          Join(inner.ends, outer.ends);
        }
      }
    }
    const auto key = [](const PlanPrefix& entry) { return KeyOf(entry.prefix); };
    std::sort(prefixes.begin(), prefixes.end(),
              [&](const PlanPrefix& a, const PlanPrefix& b) { return key(a) < key(b); });
    prefixes.erase(
        std::unique(prefixes.begin(), prefixes.end(),
                    [&](const PlanPrefix& a, const PlanPrefix& b) { return key(a) == key(b); }),
        prefixes.end());
  }

  std::unique_ptr<wirehound_plan> plan_;
  std::vector<const CaptureRule*> rules_;  // the rules with conditions; the index is the bit
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::size_t> port_sets_;
};

// As the programs compare names: two words, padded with NUL.
void CopyComm(__u64 (&words)[2], const std::string& comm) {
  char padded[sizeof(words)] = {};
  comm.copy(padded, sizeof(padded) - 1);
  std::memcpy(words, padded, sizeof(padded));
}

bool FitsComm(const std::string& comm) { return comm.size() < sizeof(wirehound_scope::comm[0]); }

}  // namespace

PlanTables MakePlanTables(const CapturePlan& plan, PlanAddresses addresses) {
  // A copy, since rules may lose conditions here. The builder points into it until Finish.
  std::vector<CaptureRule> rules = plan.rules;
  Builder builder;
  std::size_t conditional = 0;
  std::size_t prefixes = 0;
  for (CaptureRule& rule : rules) {
    // Each step that gives up a condition makes a rule wider: the engine filters the surplus.
    prefixes += PrefixesOf(rule);
    if (addresses == PlanAddresses::kIgnored || prefixes > kMaxPlanPrefixes) {
      prefixes -= PrefixesOf(rule);
      rule.src_addresses.clear();
      rule.dst_addresses.clear();
      rule.either_addresses.clear();
    }
    const bool has_conditions = HasPorts(rule) || HasAddresses(rule);
    if (has_conditions && conditional < kMaxCaptureRules) {
      ++conditional;
      builder.AddConditional(rule);
    } else {
      builder.AddPlain(rule);
    }
  }
  return builder.Finish();
}

wirehound_scope MakeScope(const CaptureScope& scope) {
  wirehound_scope made = {};
  const auto mark = [&made](std::size_t size, bool excludes, std::uint32_t flag) {
    const bool fits = size <= kMaxScopeValues;
    made.excludes |= fits && excludes ? flag : 0;
    return static_cast<std::uint32_t>(fits ? size : 0);
  };
  made.uids = mark(scope.uids.values.size(), scope.uids.excludes, WIREHOUND_SCOPE_EXCLUDES_UIDS);
  for (std::size_t i = 0; i < made.uids; ++i) {
    made.first_uid[i] = scope.uids.values[i].first;
    made.last_uid[i] = scope.uids.values[i].last;
  }
  const std::vector<std::string>& comms = scope.comms.values;
  if (std::all_of(comms.begin(), comms.end(), FitsComm)) {
    made.comms = mark(comms.size(), scope.comms.excludes, WIREHOUND_SCOPE_EXCLUDES_COMMS);
  }
  for (std::size_t i = 0; i < made.comms; ++i) {
    CopyComm(made.comm[i], comms[i]);
  }
  made.cgroups =
      mark(scope.cgroups.values.size(), scope.cgroups.excludes, WIREHOUND_SCOPE_EXCLUDES_CGROUPS);
  std::copy_n(scope.cgroups.values.begin(), made.cgroups, made.cgroup);
  return made;
}

}  // namespace wirehound
