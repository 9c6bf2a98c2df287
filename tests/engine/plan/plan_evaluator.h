// SPDX-License-Identifier: Apache-2.0

// A second, simple implementation of CapturePlan: whether a packet passes. It does not handle
// fragments, and takes all TCP for HTTP, because only the kernel program recognises HTTP.

#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "decoders/packet/packet_decoder.h"
#include "probes/capture/capture_plan.h"

namespace wirehound::test {

inline bool HasEitherPort(const wirehound_packet_metadata& packet, std::uint16_t port) {
  return packet.src_port == port || packet.dst_port == port;
}

inline bool IsOfClass(PacketClass packets, const Packet& packet) {
  const wirehound_packet_metadata& metadata = packet.metadata;
  const bool tcp = packet.has_tcp();
  const bool udp = packet.has_udp();
  switch (packets) {
    case PacketClass::kIpv4:
      return packet.has_ipv4();
    case PacketClass::kIpv6:
      return packet.has_ipv6();
    case PacketClass::kTcp:
    case PacketClass::kHttp:
      return tcp;
    case PacketClass::kUdp:
      return udp;
    case PacketClass::kIcmp:
      return packet.has_icmp();
    case PacketClass::kIcmpv6:
      return packet.has_icmpv6();
    case PacketClass::kDns:
      return (tcp || udp) && HasEitherPort(metadata, 53);
    case PacketClass::kLinkLocalDns:
      return (udp && HasEitherPort(metadata, 5353)) ||
             ((tcp || udp) && HasEitherPort(metadata, 5355));
  }
  return false;
}

inline bool IsIn(std::uint16_t port, const std::vector<PortRange>& ports) {
  return std::any_of(ports.begin(), ports.end(), [port](const PortRange& range) {
    return range.first <= port && port <= range.last;
  });
}

inline bool IsIn(const wirehound_address& address, const std::vector<AddressPrefix>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&address](const AddressPrefix& prefix) {
    if (prefix.address.family != address.family) {
      return false;
    }
    for (unsigned bit = 0; bit < prefix.length; ++bit) {
      const unsigned differ = prefix.address.bytes[bit / 8] ^ address.bytes[bit / 8];
      if ((differ >> (7 - bit % 8) & 1) != 0) {
        return false;
      }
    }
    return true;
  });
}

template <typename Value, typename List>
bool Holds(const List& list, const Value& value) {
  return list.empty() || IsIn(value, list);
}

template <typename Value, typename List>
bool Holds(const List& list, const Value& one, const Value& other) {
  return list.empty() || IsIn(one, list) || IsIn(other, list);
}

inline bool Passes(const CaptureRule& rule, const Packet& packet, std::uint8_t direction) {
  const wirehound_packet_metadata& metadata = packet.metadata;
  const bool way = rule.directions == CaptureDirections::kBoth ||
                   (rule.directions == CaptureDirections::kIngress) ==
                       (direction == WIREHOUND_DIRECTION_INGRESS);
  return way && rule.amount != CaptureAmount::kNothing && IsOfClass(rule.packets, packet) &&
         Holds(rule.src_ports, metadata.src_port) && Holds(rule.dst_ports, metadata.dst_port) &&
         Holds(rule.either_ports, metadata.src_port, metadata.dst_port) &&
         Holds(rule.src_addresses, metadata.src_ip) && Holds(rule.dst_addresses, metadata.dst_ip) &&
         Holds(rule.either_addresses, metadata.src_ip, metadata.dst_ip);
}

inline bool Passes(const CapturePlan& plan, const Packet& packet, std::uint8_t direction) {
  return std::any_of(plan.rules.begin(), plan.rules.end(),
                     [&](const CaptureRule& rule) { return Passes(rule, packet, direction); });
}

}  // namespace wirehound::test
