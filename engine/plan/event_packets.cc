// SPDX-License-Identifier: Apache-2.0

#include "engine/plan/event_packets.h"

#include "engine/catalogue/catalogue.h"

namespace wirehound {

namespace {

constexpr PacketClass kIpv4[] = {PacketClass::kIpv4};
constexpr PacketClass kIpv6[] = {PacketClass::kIpv6};
constexpr PacketClass kTcp[] = {PacketClass::kTcp};
constexpr PacketClass kUdp[] = {PacketClass::kUdp};
constexpr PacketClass kIcmp[] = {PacketClass::kIcmp};
constexpr PacketClass kIcmpv6[] = {PacketClass::kIcmpv6};
constexpr PacketClass kHttp[] = {PacketClass::kHttp};
constexpr PacketClass kEverything[] = {PacketClass::kIpv4, PacketClass::kIpv6};

EventPackets EachHeader(std::span<const PacketClass> classes) {
  return {EventPackets::Unit::kPacket, classes, CaptureAmount::kHeaders};
}

EventPackets Connections(std::span<const PacketClass> classes, CaptureAmount amount) {
  return {EventPackets::Unit::kConnection, classes, amount};
}

}  // namespace

EventPackets PacketsOf(std::uint32_t event) {
  switch (event) {
    case kNetPacketIpv4:
      return EachHeader(kIpv4);
    case kNetPacketIpv6:
      return EachHeader(kIpv6);
    case kNetPacketTcp:
      return EachHeader(kTcp);
    case kNetPacketUdp:
      return EachHeader(kUdp);
    case kNetPacketIcmp:
      return EachHeader(kIcmp);
    case kNetPacketIcmpv6:
      return EachHeader(kIcmpv6);
    case kNetPacketDns:
    case kNetPacketDnsRequest:
    case kNetPacketDnsResponse:
      return Connections(kDnsClasses, CaptureAmount::kWhole);
    case kNetPacketHttp:
    case kNetPacketHttpRequest:
    case kNetPacketHttpResponse:
      return Connections(kHttp, CaptureAmount::kHeaders);
    case kNetFlowTcpBegin:
    case kNetFlowTcpEnd:
    case kNetTcpConnect:
      return Connections(kTcp, CaptureAmount::kHeaders);
    case kNetAnomaly:
      return Connections(kEverything, CaptureAmount::kWhole);
    default:
      return {};
  }
}

}  // namespace wirehound
