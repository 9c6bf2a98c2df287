// SPDX-License-Identifier: Apache-2.0

// Ethernet II (IEEE 802.3 clause 3 with a type, not a length) and raw IP.

#include "decoders/link_decoder.h"

#include "decoders/byte_reader.h"

namespace wirehound {
namespace {

constexpr std::size_t kMacAddressBytes = 6;
constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;

NetworkProtocol FromEtherType(std::uint16_t ether_type) {
  switch (ether_type) {
    case kEtherTypeIpv4:
      return NetworkProtocol::kIpv4;
    case kEtherTypeIpv6:
      return NetworkProtocol::kIpv6;
    default:  // also IEEE 802.3 lengths, which are below 0x0600
      return NetworkProtocol::kNone;
  }
}

NetworkProtocol FromIpVersion(std::uint8_t first_byte) {
  switch (first_byte >> 4) {
    case 4:
      return NetworkProtocol::kIpv4;
    case 6:
      return NetworkProtocol::kIpv6;
    default:
      return NetworkProtocol::kNone;
  }
}

}  // namespace

DecodeStatus DecodeLink(LinkType link, CapturedBytes in, LinkPayload& out) {
  ByteReader reader(in.bytes);
  switch (link) {
    case LinkType::kEthernet:
      reader.Skip(2 * kMacAddressBytes);
      out.protocol = FromEtherType(reader.ReadBe16());
      out.bytes = reader.ok() ? in.Skip(kEthernetHeaderBytes) : CapturedBytes();
      break;
    case LinkType::kRawIp:
      out.protocol = FromIpVersion(reader.ReadU8());
      out.bytes = in;
      break;
    default:
      return DecodeStatus::kUnknown;
  }
  if (!reader.ok()) {
    return in.ShortStatus();
  }
  return out.protocol == NetworkProtocol::kNone ? DecodeStatus::kUnknown : DecodeStatus::kOk;
}

}  // namespace wirehound
