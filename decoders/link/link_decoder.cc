// SPDX-License-Identifier: Apache-2.0

// One function per shape of link header. Most have an EtherType at a fixed place.

#include "decoders/link/link_decoder.h"

#include "decoders/core/byte_reader.h"
#include "decoders/link/ether_type_decoder.h"
#include "decoders/link/ieee80211_decoder.h"

namespace wirehound {
namespace {

// Address families as the systems that write captures number them.
constexpr std::uint32_t kFamilyIpv4 = 2;
constexpr std::uint32_t kFamilyIpv6Linux = 10;
constexpr std::uint32_t kFamilyIpv6NetBsd = 24;
constexpr std::uint32_t kFamilyIpv6FreeBsd = 28;
constexpr std::uint32_t kFamilyIpv6Darwin = 30;

DecodeStatus Carry(NetworkProtocol protocol, const CapturedBytes& bytes, LinkPayload& out) {
  out.protocol = protocol;
  out.bytes = bytes;
  return protocol == NetworkProtocol::kNone ? DecodeStatus::kUnknown : DecodeStatus::kOk;
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

NetworkProtocol FromFamily(std::uint32_t family) {
  switch (family) {
    case kFamilyIpv4:
      return NetworkProtocol::kIpv4;
    case kFamilyIpv6Linux:
    case kFamilyIpv6NetBsd:
    case kFamilyIpv6FreeBsd:
    case kFamilyIpv6Darwin:
      return NetworkProtocol::kIpv6;
    default:
      return NetworkProtocol::kNone;
  }
}

DecodeStatus DecodeRawIp(CapturedBytes in, LinkPayload& out) {
  ByteReader reader(in.bytes);
  const NetworkProtocol protocol = FromIpVersion(reader.ReadU8());
  return reader.ok() ? Carry(protocol, in, out) : in.ShortStatus();
}

// A header of `header_bytes` with an EtherType at `offset`.
DecodeStatus DecodeWithEtherType(CapturedBytes in, std::size_t header_bytes, std::size_t offset,
                                 LinkPayload& out) {
  if (in.bytes.size() < header_bytes) {
    return in.ShortStatus();
  }
  return DecodeEtherType(ByteReader(in.bytes, offset).ReadBe16(), in.Skip(header_bytes), out);
}

// What nearly every frame is does not go round the loop for tags.
DecodeStatus DecodeEthernet(const CapturedBytes& in, LinkPayload& out) {
  constexpr std::size_t kTypeOffset = 12;
  if (in.bytes.size() < kEthernetHeaderBytes) {
    return in.ShortStatus();
  }
  const std::uint16_t type = ByteReader(in.bytes, kTypeOffset).ReadBe16();
  const CapturedBytes behind = in.Skip(kEthernetHeaderBytes);
  if (type == kEtherTypeIpv4) {
    return Carry(NetworkProtocol::kIpv4, behind, out);
  }
  if (type == kEtherTypeIpv6) {
    return Carry(NetworkProtocol::kIpv6, behind, out);
  }
  return DecodeEtherType(type, behind, out);
}

// The family was written as the capturing host had it, and nothing says which order that was. A
// family is below 256, so only one order makes sense.
DecodeStatus DecodeLoopback(CapturedBytes in, LinkPayload& out) {
  ByteReader reader(in.bytes);
  const std::uint32_t family = reader.ReadBe32();
  if (!reader.ok()) {
    return in.ShortStatus();
  }
  const std::uint32_t swapped = __builtin_bswap32(family);
  return Carry(FromFamily(family < swapped ? family : swapped), in.Skip(reader.position()), out);
}

// Cisco's framing shows by its first byte, as in DecodePppHdlc.
constexpr std::uint8_t kCiscoUnicast = 0x0f;
constexpr std::uint8_t kCiscoBroadcast = 0x8f;

DecodeStatus DecodeCiscoHdlc(CapturedBytes in, LinkPayload& out) {
  return DecodeWithEtherType(in, 4, 2, out);
}

DecodeStatus DecodePppHdlc(CapturedBytes in, LinkPayload& out) {
  const std::uint8_t address = ByteReader(in.bytes).ReadU8();
  const bool is_cisco = address == kCiscoUnicast || address == kCiscoBroadcast;
  return is_cisco ? DecodeCiscoHdlc(in, out) : DecodePpp(in, out);
}

// Protocols other than EtherTypes have small numbers here; one of them is LLC.
DecodeStatus DecodeCooked(CapturedBytes in, std::size_t header_bytes, std::size_t offset,
                          LinkPayload& out) {
  constexpr std::uint16_t kLlc = 4;
  ByteReader reader(in.bytes, offset);
  const std::uint16_t protocol = reader.ReadBe16();
  if (in.bytes.size() < header_bytes) {
    return in.ShortStatus();
  }
  const CapturedBytes behind = in.Skip(header_bytes);
  if (protocol == kLlc) {
    return DecodeLlc(behind, out);
  }
  return protocol > kMaxLlcBytes ? DecodeEtherType(protocol, behind, out) : DecodeStatus::kUnknown;
}

// Source, destination, offset and system code; RFC 1201 has a split flag and a sequence number
// behind that, RFC 1051 has not. A frame split in two has no whole packet.
DecodeStatus DecodeArcnet(CapturedBytes in, LinkPayload& out) {
  constexpr std::uint8_t kIpOfRfc1051 = 0xf0;
  constexpr std::uint8_t kIp = 0xd4;
  constexpr std::uint8_t kIpv6 = 0xc4;
  ByteReader reader(in.bytes);
  reader.Skip(4);
  const std::uint8_t system_code = reader.ReadU8();
  const bool is_short = system_code == kIpOfRfc1051;
  const std::uint8_t split = is_short ? 0 : reader.ReadU8();
  reader.Skip(is_short ? 0 : 2);
  if (!reader.ok()) {
    return in.ShortStatus();
  }
  NetworkProtocol protocol = NetworkProtocol::kNone;
  if (split == 0 && system_code == kIpv6) {
    protocol = NetworkProtocol::kIpv6;
  } else if (split == 0 && (is_short || system_code == kIp)) {
    protocol = NetworkProtocol::kIpv4;
  }
  return Carry(protocol, in.Skip(reader.position()), out);
}

// Steps through attributes to the one with the packet; each has at least four bytes, so the
// message bounds how many there are. Lengths and types are little endian on every host we run on.
DecodeStatus DecodeNflog(CapturedBytes in, LinkPayload& out) {
  constexpr std::uint16_t kPayload = 9;
  constexpr std::size_t kAttributeHeaderBytes = 4;
  ByteReader reader(in.bytes);
  const std::uint8_t family = reader.ReadU8();
  reader.Skip(3);  // version, resource id
  while (reader.remaining() > 0) {
    const std::size_t length = reader.ReadLe16();
    const std::uint16_t type = reader.ReadLe16();
    if (!reader.ok()) {
      break;
    }
    if (length < kAttributeHeaderBytes) {
      return DecodeStatus::kMalformed;
    }
    const std::size_t value_bytes = length - kAttributeHeaderBytes;
    if (type == kPayload) {
      return Carry(FromFamily(family), in.Skip(reader.position()).First(value_bytes), out);
    }
    reader.Skip((value_bytes + 3) / 4 * 4);
  }
  return reader.ok() && in.whole() ? DecodeStatus::kUnknown : in.ShortStatus();
}

DecodeStatus DecodeBare(LinkType link, CapturedBytes in, LinkPayload& out) {
  constexpr std::size_t kFddiHeaderBytes = 13;
  switch (link) {
    case LinkType::kEthernet:
      return DecodeEthernet(in, out);
    case LinkType::kRawIp:
    case LinkType::kRawIpBsd:
    case LinkType::kRawIpOpenBsd:
      return DecodeRawIp(in, out);
    case LinkType::kIpv4:
      return Carry(NetworkProtocol::kIpv4, in, out);
    case LinkType::kIpv6:
      return Carry(NetworkProtocol::kIpv6, in, out);
    case LinkType::kNull:
    case LinkType::kLoop:
      return DecodeLoopback(in, out);
    case LinkType::kPpp:
    case LinkType::kPppHdlc:
      return DecodePppHdlc(in, out);
    case LinkType::kPppEther:
      return DecodeEtherType(kEtherTypePppoeSession, in, out);
    case LinkType::kCiscoHdlc:
      return DecodeCiscoHdlc(in, out);
    case LinkType::kLinuxSll:
      return DecodeCooked(in, 16, 14, out);
    case LinkType::kLinuxSll2:
      return DecodeCooked(in, 20, 0, out);
    case LinkType::kFddi:
      return in.bytes.size() < kFddiHeaderBytes ? in.ShortStatus()
                                                : DecodeLlc(in.Skip(kFddiHeaderBytes), out);
    case LinkType::kArcnetLinux:
      return DecodeArcnet(in, out);
    case LinkType::kNflog:
      return DecodeNflog(in, out);
    case LinkType::kIeee80211:
      return DecodeIeee80211(in, out);
    case LinkType::kIeee80211Radiotap:
      return DecodeRadiotap(in, out);
    default:
      return DecodeStatus::kUnknown;
  }
}

// A header that says how long it is and which link layer follows. None inside another.
DecodeStatus DecodeWrapped(CapturedBytes in, std::size_t header_bytes, bool read, LinkType inner,
                           LinkPayload& out) {
  if (!read || header_bytes > in.bytes.size()) {
    return in.ShortStatus();
  }
  return DecodeBare(inner, in.Skip(header_bytes), out);
}

DecodeStatus DecodePpi(CapturedBytes in, LinkPayload& out) {
  ByteReader reader(in.bytes);
  reader.Skip(2);  // version, flags
  const std::size_t header_bytes = reader.ReadLe16();
  const auto inner = static_cast<LinkType>(reader.ReadLe32());
  if (reader.ok() && header_bytes < reader.position()) {
    return DecodeStatus::kMalformed;
  }
  return DecodeWrapped(in, header_bytes, reader.ok(), inner, out);
}

DecodeStatus DecodePktap(CapturedBytes in, LinkPayload& out) {
  constexpr std::uint32_t kPacketFollows = 1;
  ByteReader reader(in.bytes);
  const std::size_t header_bytes = reader.ReadLe32();
  const std::uint32_t next = reader.ReadLe32();
  const auto inner = static_cast<LinkType>(reader.ReadLe32());
  if (reader.ok() && header_bytes < reader.position()) {
    return DecodeStatus::kMalformed;
  }
  if (reader.ok() && next != kPacketFollows) {
    return DecodeStatus::kUnknown;
  }
  return DecodeWrapped(in, header_bytes, reader.ok(), inner, out);
}

}  // namespace

bool IsDecodedLinkType(LinkType link) {
  switch (link) {
    case LinkType::kNull:
    case LinkType::kEthernet:
    case LinkType::kPpp:
    case LinkType::kFddi:
    case LinkType::kRawIpBsd:
    case LinkType::kRawIpOpenBsd:
    case LinkType::kPppHdlc:
    case LinkType::kPppEther:
    case LinkType::kRawIp:
    case LinkType::kCiscoHdlc:
    case LinkType::kIeee80211:
    case LinkType::kLoop:
    case LinkType::kLinuxSll:
    case LinkType::kIeee80211Radiotap:
    case LinkType::kArcnetLinux:
    case LinkType::kPpi:
    case LinkType::kIpv4:
    case LinkType::kIpv6:
    case LinkType::kNflog:
    case LinkType::kPktap:
    case LinkType::kLinuxSll2:
      return true;
  }
  return false;
}

DecodeStatus DecodeLink(LinkType link, const CapturedBytes& in, LinkPayload& out) {
  switch (link) {
    case LinkType::kEthernet:
      return DecodeEthernet(in, out);
    case LinkType::kPpi:
      return DecodePpi(in, out);
    case LinkType::kPktap:
      return DecodePktap(in, out);
    default:
      return DecodeBare(link, in, out);
  }
}

}  // namespace wirehound
