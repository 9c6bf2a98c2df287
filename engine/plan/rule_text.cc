// SPDX-License-Identifier: Apache-2.0

#include "engine/plan/rule_text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace wirehound {

namespace {

constexpr std::size_t kFewValues = 8;  // that are written out

constexpr std::array<std::string_view, kPacketClassCount> kClasses = {
    "ipv4 packets",
    "ipv6 packets",
    "tcp packets",
    "udp packets",
    "icmp packets",
    "icmpv6 packets",
    "udp or tcp packets with port 53 at either end",
    "udp packets with port 5353, udp or tcp packets with port 5355",
    "tcp connections that speak HTTP",
};

// "80, 443 or 8080"; of many the first few.
template <typename Value, typename ToText>
std::string ListText(const std::vector<Value>& values, std::string_view last_word, ToText to_text) {
  std::string text;
  const std::size_t shown =
      values.size() > kFewValues + 1 ? kFewValues : values.size();  // "and 1 more" saves nothing
  for (std::size_t i = 0; i < shown; ++i) {
    const bool is_last = i + 1 == values.size();
    text += i == 0 ? "" : is_last ? fmt::format(" {} ", last_word) : ", ";
    text += to_text(values[i]);
  }
  if (shown < values.size()) {
    text += fmt::format(" {} {} more", last_word, values.size() - shown);
  }
  return text;
}

std::string Ports(std::string_view before, const std::vector<PortRange>& ports,
                  std::string_view behind) {
  if (ports.empty()) {
    return "";
  }
  return fmt::format(" {} port {}{}", before, ListText(ports, "or", PortText), behind);
}

std::string Addresses(std::string_view before, const std::vector<AddressPrefix>& addresses,
                      std::string_view behind) {
  if (addresses.empty()) {
    return "";
  }
  return fmt::format(" {} {}{}", before, ListText(addresses, "or", PrefixText), behind);
}

std::string_view WayText(CaptureDirections directions) {
  switch (directions) {
    case CaptureDirections::kBoth:
      return "";
    case CaptureDirections::kIngress:
      return " that arrive";
    case CaptureDirections::kEgress:
      return " that leave";
  }
  return "";
}

template <typename Range>
std::string RangeText(const Range& range) {
  return range.first == range.last ? fmt::to_string(range.first)
                                   : fmt::format("{}-{}", range.first, range.last);
}

template <typename Value, typename ToText>
void AddScopeText(std::vector<std::string>& lines, std::string_view what,
                  const CaptureScope::List<Value>& list, ToText to_text) {
  if (!list.empty()) {
    lines.push_back(fmt::format("{}{} {}", what, list.excludes ? " none of" : "",
                                ListText(list.values, "or", to_text)));
  }
}

}  // namespace

std::string_view PacketClassText(PacketClass packets) {
  return kClasses[static_cast<std::size_t>(packets)];
}

std::string_view DirectionsText(CaptureDirections directions) {
  switch (directions) {
    case CaptureDirections::kBoth:
      return "both";
    case CaptureDirections::kIngress:
      return "ingress";
    case CaptureDirections::kEgress:
      return "egress";
  }
  return "";
}

std::string PortText(const PortRange& ports) { return RangeText(ports); }

std::string PrefixText(const AddressPrefix& prefix) {
  const bool is_ipv4 = prefix.address.family == WIREHOUND_FAMILY_IPV4;
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(is_ipv4 ? AF_INET : AF_INET6, prefix.address.bytes, text.data(), text.size());
  const unsigned bits = is_ipv4 ? 32 : 128;
  return prefix.length == bits ? text.data() : fmt::format("{}/{}", text.data(), prefix.length);
}

std::string AmountText(PacketClass packets, CaptureAmount amount) {
  const bool is_http = packets == PacketClass::kHttp;
  switch (amount) {
    case CaptureAmount::kNothing:
      return "nothing";
    case CaptureAmount::kHeaders:
      return is_http ? "the heads of messages whole, of bodies the packet headers" : "headers";
    case CaptureAmount::kWhole:
      return "whole packets";
  }
  return fmt::format("the first {} bytes", static_cast<std::uint32_t>(amount));
}

std::string RuleText(const CaptureRule& rule) {
  std::string text(PacketClassText(rule.packets));
  text += Ports("from", rule.src_ports, "");
  text += Ports("to", rule.dst_ports, "");
  text += Ports("with", rule.either_ports, " at either end");
  text += Addresses("from", rule.src_addresses, "");
  text += Addresses("to", rule.dst_addresses, "");
  text += Addresses("with", rule.either_addresses, " at either end");
  text += WayText(rule.directions);
  return text + ": " + AmountText(rule.packets, rule.amount);
}

std::vector<std::string> ScopeTexts(const CaptureScope& scope) {
  std::vector<std::string> lines;
  AddScopeText(lines, "uid", scope.uids, RangeText<IdRange>);
  AddScopeText(lines, "comm", scope.comms, [](const std::string& name) { return name; });
  AddScopeText(lines, "control group", scope.cgroups,
               [](std::uint64_t id) { return fmt::to_string(id); });
  return lines;
}

}  // namespace wirehound
