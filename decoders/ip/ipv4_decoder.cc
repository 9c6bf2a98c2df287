// SPDX-License-Identifier: Apache-2.0

// IPv4: one pass over the fixed header, then the lengths.

#include "decoders/ip/ipv4_decoder.h"

#include <wirehound/abi/detector_abi.h>

#include "decoders/core/byte_reader.h"
#include "decoders/ip/ip_extensions.h"

namespace wirehound {
namespace {

constexpr std::uint8_t kMoreFragments = 1;  // in wirehound_ipv4.flags
constexpr std::uint32_t kFragmentUnitBytes = 8;

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

// `promised_bytes` is what the header says there is behind it.
void DescribeFragment(const wirehound_ipv4& header, std::size_t promised_bytes,
                      IpPayload& payload) {
  FragmentInfo& info = payload.fragment_info;
  info.is_fragment = true;
  info.more = (header.flags & kMoreFragments) != 0;
  info.protocol = header.protocol;
  info.id = header.id;
  info.offset_bytes = header.frag_offset * kFragmentUnitBytes;
  info.bytes = CapturedBytes(payload.bytes.bytes, promised_bytes);
  payload.fragment = header.frag_offset != 0 ? Fragment::kLater : Fragment::kFirst;
  if (payload.fragment == Fragment::kFirst) {
    const std::size_t header_bytes = payload.packet_bytes - promised_bytes;
    payload.bytes = CapturedBytes(payload.bytes.bytes, kMaxDatagramBytes - header_bytes);
  }
}

}  // namespace

DecodeStatus DecodeIpv4(const CapturedBytes& in, wirehound_ipv4& header, IpPayload& payload) {
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
  if (header_bytes < kIpv4HeaderBytes || payload.packet_bytes < header_bytes) {
    return DecodeStatus::kMalformed;
  }
  if (header_bytes > in.bytes.size()) {
    return in.ShortStatus();
  }
  payload.bytes = in.First(payload.packet_bytes).Skip(header_bytes);
  payload.located = true;
  if (header.frag_offset != 0 || (header.flags & kMoreFragments) != 0) [[unlikely]] {
    DescribeFragment(header, payload.packet_bytes - header_bytes, payload);
  }
  if (header.protocol == kProtocolAuthentication) [[unlikely]] {
    const DecodeStatus walked = WalkIpv4Extensions(payload.bytes, payload);
    if (walked != DecodeStatus::kOk) {
      return walked;
    }
  }
  return payload.packet_bytes > in.wire_size ? DecodeStatus::kMalformed : DecodeStatus::kOk;
}

}  // namespace wirehound
