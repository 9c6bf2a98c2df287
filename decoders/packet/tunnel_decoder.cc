// SPDX-License-Identifier: Apache-2.0

#include "decoders/packet/tunnel_decoder.h"

#include <cstddef>

#include "decoders/core/byte_reader.h"
#include "decoders/ip/ipv6_decoder.h"
#include "decoders/link/ether_type_decoder.h"

namespace wirehound {
namespace {

constexpr std::uint16_t kVxlanPort = 4789;
constexpr std::uint16_t kVxlanLinuxPort = 8472;  // what Linux used before there was a number
constexpr std::uint16_t kVxlanGpePort = 4790;
constexpr std::uint16_t kGenevePort = 6081;
constexpr std::uint16_t kL2tpPort = 1701;
constexpr std::uint16_t kTeredoPort = 3544;
constexpr std::uint16_t kGtpPort = 2152;

// GRE: the first 16 bits.
constexpr std::uint16_t kGreChecksum = 0x8000;
constexpr std::uint16_t kGreRouting = 0x4000;
constexpr std::uint16_t kGreKey = 0x2000;
constexpr std::uint16_t kGreSequence = 0x1000;
constexpr std::uint16_t kGreStrictRoute = 0x0800;
constexpr std::uint16_t kGreAcknowledgement = 0x0080;
constexpr std::uint16_t kGreVersionMask = 0x0007;
constexpr std::uint16_t kErspan2 = 0x88be;  // also the first version, without a sequence number
constexpr std::uint16_t kErspan3 = 0x22eb;

bool LinkOfEtherType(std::uint16_t ether_type, LinkType& link) {
  switch (ether_type) {
    case kEtherTypeIpv4:
      link = LinkType::kIpv4;
      return true;
    case kEtherTypeIpv6:
      link = LinkType::kIpv6;
      return true;
    case kEtherTypeTransparentEthernet:
    case kErspan2:
    case kErspan3:
      link = LinkType::kEthernet;
      return true;
    default:
      return false;
  }
}

std::size_t GreOptionBytes(std::uint16_t flags) {
  constexpr std::size_t kOptionBytes = 4;
  return ((flags & kGreChecksum) != 0 ? kOptionBytes : 0) +
         ((flags & kGreKey) != 0 ? kOptionBytes : 0) +
         ((flags & kGreSequence) != 0 ? kOptionBytes : 0);
}

// ERSPAN puts a header of its own in front of the mirrored frame; its first version does not.
void SkipErspan(ByteReader& reader, std::uint16_t flags, std::uint16_t protocol) {
  constexpr std::size_t kType2Bytes = 8;
  constexpr std::size_t kType3Bytes = 12;
  constexpr std::size_t kType3SubheaderBytes = 8;
  if (protocol == kErspan2 && (flags & kGreSequence) != 0) {
    reader.Skip(kType2Bytes);
  } else if (protocol == kErspan3) {
    reader.Skip(kType3Bytes - 1);
    const bool has_subheader = (reader.ReadU8() & 1) != 0;
    reader.Skip(has_subheader ? kType3SubheaderBytes : 0);
  }
}

DecodeStatus DecodeGreVersion0(ByteReader reader, std::uint16_t flags, CapturedBytes in,
                               Encapsulated& out) {
  const std::uint16_t protocol = reader.ReadBe16();
  reader.Skip(GreOptionBytes(flags));
  SkipErspan(reader, flags, protocol);
  if (!reader.ok()) {
    return in.ShortStatus();
  }
  // RFC 2784 section 2.3 has receivers discard what uses the routing of RFC 1701.
  if ((flags & (kGreRouting | kGreStrictRoute)) != 0 || !LinkOfEtherType(protocol, out.link)) {
    return DecodeStatus::kUnknown;
  }
  out.bytes = in.Skip(reader.position());
  return DecodeStatus::kOk;
}

// RFC 2637 section 4.1: always a key, whose first half is the payload's length; a payload only with
// a sequence number.
DecodeStatus DecodeGreVersion1(ByteReader reader, std::uint16_t flags, CapturedBytes in,
                               Encapsulated& out) {
  const std::uint16_t protocol = reader.ReadBe16();
  const std::size_t payload_bytes = reader.ReadBe16();
  reader.Skip(2);  // call id
  const bool has_payload = (flags & kGreSequence) != 0;
  reader.Skip(has_payload ? 4 : 0);
  reader.Skip((flags & kGreAcknowledgement) != 0 ? 4 : 0);
  if (!reader.ok()) {
    return in.ShortStatus();
  }
  if ((flags & kGreKey) == 0 || protocol != kEtherTypePpp) {
    return DecodeStatus::kUnknown;
  }
  if (has_payload) {
    out.link = LinkType::kPpp;
    out.bytes = in.Skip(reader.position()).First(payload_bytes);
  }
  return DecodeStatus::kOk;
}

bool CarryRest(const ByteReader& reader, CapturedBytes in, Encapsulated& out) {
  if (!reader.ok() || reader.remaining() == 0) {
    return false;
  }
  out.bytes = in.Skip(reader.position());
  return true;
}

bool LinkOfVxlan(std::uint8_t flags, std::uint8_t next_protocol, LinkType& link) {
  constexpr std::uint8_t kHasNextProtocol = 0x04;
  if ((flags & kHasNextProtocol) == 0) {
    link = LinkType::kEthernet;
    return true;
  }
  switch (next_protocol) {
    case 1:
      link = LinkType::kIpv4;
      return true;
    case 2:
      link = LinkType::kIpv6;
      return true;
    case 3:
      link = LinkType::kEthernet;
      return true;
    default:
      return false;
  }
}

// The network number must be marked as there; other flags belong to extensions.
bool DecodeVxlan(CapturedBytes in, Encapsulated& out) {
  constexpr std::uint8_t kHasNetwork = 0x08;
  ByteReader reader(in.bytes);
  const std::uint8_t flags = reader.ReadU8();
  reader.Skip(2);
  const std::uint8_t next_protocol = reader.ReadU8();
  reader.Skip(4);  // network number, reserved
  return (flags & kHasNetwork) != 0 && LinkOfVxlan(flags, next_protocol, out.link) &&
         CarryRest(reader, in, out);
}

bool DecodeGeneve(CapturedBytes in, Encapsulated& out) {
  constexpr std::uint8_t kVersionMask = 0xc0;
  constexpr std::uint8_t kOptionWordsMask = 0x3f;
  ByteReader reader(in.bytes);
  const std::uint8_t version_and_words = reader.ReadU8();
  reader.Skip(1);  // flags
  const std::uint16_t protocol = reader.ReadBe16();
  reader.Skip(4);  // network number, reserved
  reader.Skip(std::size_t{4} * (version_and_words & kOptionWordsMask));
  return (version_and_words & kVersionMask) == 0 && LinkOfEtherType(protocol, out.link) &&
         CarryRest(reader, in, out);
}

// RFC 2661 section 3.1. Control messages, a set bit among the reserved ones and other versions are
// not taken for data.
bool DecodeL2tp(CapturedBytes in, Encapsulated& out) {
  constexpr std::uint16_t kHasLength = 0x4000;
  constexpr std::uint16_t kHasSequence = 0x0800;
  constexpr std::uint16_t kHasOffset = 0x0200;
  constexpr std::uint16_t kPriority = 0x0100;
  constexpr std::uint16_t kVersion2 = 2;
  ByteReader reader(in.bytes);
  const std::uint16_t flags = reader.ReadBe16();
  const std::size_t length = (flags & kHasLength) != 0 ? reader.ReadBe16() : in.wire_size;
  reader.Skip(4);  // tunnel, session
  reader.Skip((flags & kHasSequence) != 0 ? 4 : 0);
  if ((flags & kHasOffset) != 0) {
    reader.Skip(reader.ReadBe16());
  }
  out.link = LinkType::kPpp;
  const bool is_data = (flags & ~(kHasLength | kHasSequence | kHasOffset | kPriority)) == kVersion2;
  return is_data && length <= in.wire_size && length > reader.position() &&
         CarryRest(reader, in.First(length), out);
}

// RFC 4380 section 5.1.1: an optional authentication, an optional origin, then IPv6.
void SkipTeredoIndications(ByteReader& reader, CapturedBytes in) {
  constexpr std::uint16_t kAuthentication = 1;
  constexpr std::uint16_t kOrigin = 0;
  constexpr std::size_t kNonceAndConfirmationBytes = 9;
  if (ByteReader(in.bytes, reader.position()).ReadBe16() == kAuthentication) {
    reader.Skip(2);
    const std::size_t id_bytes = reader.ReadU8();
    const std::size_t value_bytes = reader.ReadU8();
    reader.Skip(id_bytes + value_bytes + kNonceAndConfirmationBytes);
  }
  ByteReader origin(in.bytes, reader.position());
  if (origin.ReadBe16() == kOrigin && origin.ok()) {
    reader.Skip(8);
  }
}

bool DecodeTeredo(CapturedBytes in, Encapsulated& out) {
  ByteReader reader(in.bytes);
  SkipTeredoIndications(reader, in);
  ByteReader ipv6(in.bytes, reader.position());
  const int version = ipv6.ReadU8() >> 4;
  ipv6.Skip(3);
  const std::size_t packet_bytes = kIpv6HeaderBytes + ipv6.ReadBe16();
  out.link = LinkType::kIpv6;
  return ipv6.ok() && version == 6 && packet_bytes <= in.wire_size - reader.position() &&
         CarryRest(reader, in, out);
}

// Each extension header starts with its length in words and ends with the type of the next one.
bool SkipGtpExtensions(ByteReader& reader) {
  reader.Skip(3);  // sequence number, N-PDU number
  std::uint8_t next = reader.ReadU8();
  for (int walked = 0; next != 0 && walked < kMaxGtpExtensionHeaders; ++walked) {
    const std::size_t words = reader.ReadU8();
    if (words == 0) {
      return false;
    }
    reader.Skip(words * 4 - 2);
    next = reader.ReadU8();
  }
  return next == 0;
}

// 3GPP TS 29.281 section 5.1: version 1, user data only.
bool DecodeGtp(CapturedBytes in, Encapsulated& out) {
  constexpr std::uint8_t kVersionAndTypeMask = 0xf8;
  constexpr std::uint8_t kVersion1 = 0x30;
  constexpr std::uint8_t kHasOptions = 0x07;
  constexpr std::uint8_t kUserData = 255;
  constexpr std::size_t kHeaderBytes = 8;
  ByteReader reader(in.bytes);
  const std::uint8_t flags = reader.ReadU8();
  const std::uint8_t message = reader.ReadU8();
  const std::size_t end = kHeaderBytes + reader.ReadBe16();
  reader.Skip(4);  // tunnel
  const bool is_data = (flags & kVersionAndTypeMask) == kVersion1 && message == kUserData;
  if (!is_data || ((flags & kHasOptions) != 0 && !SkipGtpExtensions(reader))) {
    return false;
  }
  const int version = ByteReader(in.bytes, reader.position()).ReadU8() >> 4;
  out.link = LinkType::kRawIp;
  return (version == 4 || version == 6) && end <= in.wire_size && end > reader.position() &&
         CarryRest(reader, in.First(end), out);
}

}  // namespace

DecodeStatus DecodeGre(CapturedBytes in, Encapsulated& out) {
  out = {};
  ByteReader reader(in.bytes);
  const std::uint16_t flags = reader.ReadBe16();
  switch (flags & kGreVersionMask) {
    case 0:
      return DecodeGreVersion0(reader, flags, in, out);
    case 1:
      return DecodeGreVersion1(reader, flags, in, out);
    default:
      return DecodeStatus::kUnknown;
  }
}

bool IsUdpTunnelPort(std::uint16_t src_port, std::uint16_t dst_port) {
  switch (dst_port) {
    case kVxlanPort:
    case kVxlanLinuxPort:
    case kVxlanGpePort:
    case kGenevePort:
    case kGtpPort:
    case kL2tpPort:
    case kTeredoPort:
      return true;
    default:
      return src_port == kL2tpPort || src_port == kTeredoPort;
  }
}

bool DecodeUdpTunnel(std::uint16_t src_port, std::uint16_t dst_port, CapturedBytes in,
                     Encapsulated& out) {
  out = {};
  switch (dst_port) {
    case kVxlanPort:
    case kVxlanLinuxPort:
    case kVxlanGpePort:
      return DecodeVxlan(in, out);
    case kGenevePort:
      return DecodeGeneve(in, out);
    case kGtpPort:
      return DecodeGtp(in, out);
    default:
      break;
  }
  if (dst_port == kL2tpPort || src_port == kL2tpPort) {
    return DecodeL2tp(in, out);
  }
  if (dst_port == kTeredoPort || src_port == kTeredoPort) {
    return DecodeTeredo(in, out);
  }
  return false;
}

}  // namespace wirehound
