// SPDX-License-Identifier: Apache-2.0

// IPv6: the fixed header, then the chain of extension headers.

#include "decoders/ipv6_decoder.h"

#include <wirehound/abi/detector_abi.h>

#include "decoders/byte_reader.h"

namespace wirehound {
namespace {

constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragmentHeader = 44;
constexpr std::uint8_t kAuthentication = 51;
constexpr std::uint8_t kDestinationOptions = 60;

// Next header and length, which every extension header but the fragment header starts with.
constexpr std::size_t kExtensionPrefixBytes = 2;

void ReadAddress(ByteReader& reader, wirehound_address& out) {
  out = {};
  reader.ReadInto(out.bytes, sizeof(out.bytes));
  out.family = WIREHOUND_FAMILY_IPV6;
}

void ReadFixedHeader(ByteReader& reader, wirehound_ipv6& header) {
  const std::uint32_t first_word = reader.ReadBe32();
  header.version = static_cast<std::uint8_t>(first_word >> 28);
  header.traffic_class = static_cast<std::uint8_t>(first_word >> 20);
  header.flow_label = first_word & 0xfffff;
  header.length = reader.ReadBe16();
  header.next_header = reader.ReadU8();
  header.hop_limit = reader.ReadU8();
  header.reserved = 0;
  ReadAddress(reader, header.src_ip);
  ReadAddress(reader, header.dst_ip);
}

std::size_t PacketBytes(const wirehound_ipv6& header, std::size_t wire_size) {
  const bool may_be_oversized =
      header.next_header == kProtocolTcp || header.next_header == kHopByHop;
  if (header.length == 0 && may_be_oversized) {
    return wire_size;
  }
  return kIpv6HeaderBytes + header.length;
}

// RFC 8200 section 4.5. Offset 0 without more fragments is a whole datagram (RFC 6946).
Fragment ReadFragmentHeader(ByteReader& reader, std::uint8_t& protocol) {
  const std::uint8_t next_header = reader.ReadU8();
  reader.Skip(1);
  const std::uint16_t offset_and_more = reader.ReadBe16();
  reader.Skip(4);  // identification
  if (reader.ok()) {
    protocol = next_header;
  }
  if ((offset_and_more & 0xfff8) != 0) {
    return Fragment::kLater;
  }
  return (offset_and_more & 1) != 0 ? Fragment::kFirst : Fragment::kNone;
}

// Lengths count units of `unit_bytes` and leave out the first `uncounted_bytes`.
void SkipExtension(ByteReader& reader, std::size_t unit_bytes, std::uint8_t& protocol) {
  constexpr std::size_t kUncountedBytes = 8;
  const std::uint8_t next_header = reader.ReadU8();
  const std::size_t length = reader.ReadU8();
  reader.Skip(length * unit_bytes + kUncountedBytes - kExtensionPrefixBytes);
  if (reader.ok()) {
    protocol = next_header;
  }
}

// Moves `reader` to the transport header, or behind the fragment header of a later fragment, and
// leaves in `payload.protocol` what stands there.
DecodeStatus WalkExtensions(ByteReader& reader, IpPayload& payload) {
  for (int walked = 0; walked <= kMaxIpv6ExtensionHeaders; ++walked) {
    switch (payload.protocol) {
      case kHopByHop:
      case kRouting:
      case kDestinationOptions:
        SkipExtension(reader, 8, payload.protocol);
        break;
      case kAuthentication:
        SkipExtension(reader, 4, payload.protocol);
        break;
      case kFragmentHeader:
        payload.fragment = ReadFragmentHeader(reader, payload.protocol);
        break;
      default:
        return DecodeStatus::kOk;
    }
    if (!reader.ok()) {
      return DecodeStatus::kMalformed;
    }
    if (payload.fragment == Fragment::kLater) {
      return DecodeStatus::kOk;
    }
  }
  return DecodeStatus::kUnknown;
}

}  // namespace

DecodeStatus DecodeIpv6(CapturedBytes in, wirehound_ipv6& header, IpPayload& payload) {
  header.struct_size = 0;
  payload = {};
  ByteReader fixed(in.bytes);
  ReadFixedHeader(fixed, header);
  if (!fixed.ok()) {
    return in.ShortStatus();
  }
  if (header.version != 6) {
    return DecodeStatus::kMalformed;
  }
  header.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_ipv6, dst_ip);

  payload.protocol = header.next_header;
  payload.packet_bytes = PacketBytes(header, in.wire_size);
  const CapturedBytes packet = in.First(payload.packet_bytes);
  ByteReader reader(packet.bytes, kIpv6HeaderBytes);
  const DecodeStatus walked = WalkExtensions(reader, payload);
  if (!reader.ok()) {
    return packet.ShortStatus();
  }
  if (walked != DecodeStatus::kOk) {
    return walked;
  }
  payload.bytes = packet.Skip(reader.position());
  payload.located = true;
  if (payload.fragment == Fragment::kFirst) {
    payload.bytes = CapturedBytes(payload.bytes.bytes, kMaxDatagramBytes);
  }
  return payload.packet_bytes > in.wire_size ? DecodeStatus::kMalformed : DecodeStatus::kOk;
}

}  // namespace wirehound
