// SPDX-License-Identifier: Apache-2.0

// IPv6: the fixed header, then the lengths.

#include "decoders/ip/ipv6_decoder.h"

#include <wirehound/abi/detector_abi.h>

#include "decoders/core/byte_reader.h"
#include "decoders/ip/ip_extensions.h"

namespace wirehound {
namespace {

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
      header.next_header == kProtocolTcp || header.next_header == kProtocolHopByHop;
  if (header.length == 0 && may_be_oversized) {
    return wire_size;
  }
  return kIpv6HeaderBytes + header.length;
}

}  // namespace

DecodeStatus DecodeIpv6(const CapturedBytes& in, wirehound_ipv6& header, IpPayload& payload) {
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
  const CapturedBytes behind_header = in.First(payload.packet_bytes).Skip(kIpv6HeaderBytes);
  const DecodeStatus walked = WalkIpv6Extensions(behind_header, payload);
  const bool too_long = payload.packet_bytes > in.wire_size;
  if (too_long && payload.fragment_info.is_fragment) {
    payload.fragment_info.bytes.wire_size += payload.packet_bytes - in.wire_size;
  }
  if (walked != DecodeStatus::kOk) {
    return walked;
  }
  return too_long ? DecodeStatus::kMalformed : DecodeStatus::kOk;
}

}  // namespace wirehound
