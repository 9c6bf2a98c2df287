// SPDX-License-Identifier: Apache-2.0

// IPv4: one pass over the fixed header, then the lengths.

#include "decoders/ipv4_decoder.h"

#include <wirehound/abi/detector_abi.h>

#include "decoders/byte_reader.h"

namespace wirehound {
namespace {

constexpr std::uint8_t kMoreFragments = 1;  // in wirehound_ipv4.flags

void ReadAddress(ByteReader& reader, wirehound_address& out) {
  out = {};
  reader.ReadInto(out.bytes, 4);
  out.family = WIREHOUND_FAMILY_IPV4;
}

void ReadFixedHeader(ByteReader& reader, wirehound_ipv4& header) {
  const std::uint8_t version_and_length = reader.ReadU8();
  header.version = version_and_length >> 4;
  header.ihl = version_and_length & 0x0f;
  header.tos = reader.ReadU8();
  header.length = reader.ReadBe16();
  header.id = reader.ReadBe16();
  const std::uint16_t flags_and_offset = reader.ReadBe16();
  header.flags = static_cast<std::uint8_t>(flags_and_offset >> 13);
  header.frag_offset = flags_and_offset & 0x1fff;
  header.ttl = reader.ReadU8();
  header.protocol = reader.ReadU8();
  header.checksum = reader.ReadBe16();
  header.reserved = 0;
  ReadAddress(reader, header.src_ip);
  ReadAddress(reader, header.dst_ip);
}

Fragment FragmentOf(const wirehound_ipv4& header) {
  if (header.frag_offset != 0) {
    return Fragment::kLater;
  }
  return (header.flags & kMoreFragments) != 0 ? Fragment::kFirst : Fragment::kNone;
}

}  // namespace

DecodeStatus DecodeIpv4(CapturedBytes in, wirehound_ipv4& header, IpPayload& payload) {
  header.struct_size = 0;
  payload = {};
  ByteReader reader(in.bytes);
  ReadFixedHeader(reader, header);
  if (!reader.ok()) {
    return in.ShortStatus();
  }
  if (header.version != 4) {
    return DecodeStatus::kMalformed;
  }
  header.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_ipv4, dst_ip);

  const std::size_t header_bytes = std::size_t{header.ihl} * 4;
  payload.packet_bytes = header.length != 0 ? header.length : in.wire_size;
  payload.protocol = header.protocol;
  payload.fragment = FragmentOf(header);
  if (header_bytes < kIpv4HeaderBytes || payload.packet_bytes < header_bytes) {
    return DecodeStatus::kMalformed;
  }
  if (header_bytes > in.bytes.size()) {
    return in.ShortStatus();
  }
  payload.bytes = in.First(payload.packet_bytes).Skip(header_bytes);
  payload.located = true;
  if (payload.fragment == Fragment::kFirst) {
    payload.bytes = CapturedBytes(payload.bytes.bytes, kMaxDatagramBytes - header_bytes);
  }
  return payload.packet_bytes > in.wire_size ? DecodeStatus::kMalformed : DecodeStatus::kOk;
}

}  // namespace wirehound
