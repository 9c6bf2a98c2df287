// SPDX-License-Identifier: Apache-2.0

#include "decoders/ip/ip_extensions.h"

#include <cstddef>
#include <cstdint>

#include "decoders/core/byte_reader.h"

namespace wirehound {
namespace {

// Of the length fields: what one unit stands for.
constexpr std::size_t kOptionUnitBytes = 8;
constexpr std::size_t kAuthenticationUnitBytes = 4;

// Lengths count units and leave out the first eight bytes.
void SkipExtension(ByteReader& reader, std::size_t unit_bytes, std::uint8_t& protocol) {
  constexpr std::size_t kUncountedBytes = 8;
  constexpr std::size_t kReadBytes = 2;
  const std::uint8_t next_header = reader.ReadU8();
  const std::size_t length = reader.ReadU8();
  reader.Skip(length * unit_bytes + kUncountedBytes - kReadBytes);
  if (reader.ok()) {
    protocol = next_header;
  }
}

// RFC 8200 section 4.5. Offset 0 without more fragments is a whole datagram (RFC 6946).
void ReadFragmentHeader(ByteReader& reader, CapturedBytes in, IpPayload& payload) {
  FragmentInfo& info = payload.fragment_info;
  const std::uint8_t next_header = reader.ReadU8();
  reader.Skip(1);
  const std::uint16_t offset_and_more = reader.ReadBe16();
  const std::uint32_t id = reader.ReadBe32();
  if (!reader.ok()) {
    return;
  }
  payload.protocol = next_header;
  info.offset_bytes = offset_and_more & 0xfff8;
  info.more = (offset_and_more & 1) != 0;
  info.is_fragment = info.more || info.offset_bytes != 0;
  info.id = id;
  info.protocol = next_header;
  info.bytes = in.Skip(reader.position());
  if (info.is_fragment) {
    payload.fragment = info.offset_bytes != 0 ? Fragment::kLater : Fragment::kFirst;
  }
}

bool IsIpv6Extension(std::uint8_t protocol) {
  switch (protocol) {
    case kProtocolHopByHop:
    case kProtocolRouting:
    case kProtocolFragment:
    case kProtocolAuthentication:
    case kProtocolDestinationOptions:
      return true;
    default:
      return false;
  }
}

void StepOver(ByteReader& reader, CapturedBytes in, IpPayload& payload) {
  switch (payload.protocol) {
    case kProtocolFragment:
      ReadFragmentHeader(reader, in, payload);
      break;
    case kProtocolAuthentication:
      SkipExtension(reader, kAuthenticationUnitBytes, payload.protocol);
      break;
    default:
      SkipExtension(reader, kOptionUnitBytes, payload.protocol);
  }
}

DecodeStatus Located(CapturedBytes bytes, IpPayload& payload) {
  payload.bytes =
      payload.fragment == Fragment::kFirst ? CapturedBytes(bytes.bytes, kMaxDatagramBytes) : bytes;
  payload.located = true;
  return DecodeStatus::kOk;
}

}  // namespace

DecodeStatus WalkIpv6Extensions(const CapturedBytes& in, IpPayload& payload) {
  ByteReader reader(in.bytes);
  for (int walked = 0; walked <= kMaxIpv6ExtensionHeaders; ++walked) {
    if (!IsIpv6Extension(payload.protocol) || payload.fragment == Fragment::kLater) {
      return Located(in.Skip(reader.position()), payload);
    }
    if (payload.protocol == kProtocolFragment && payload.fragment != Fragment::kNone) {
      return DecodeStatus::kMalformed;
    }
    StepOver(reader, in, payload);
    if (!reader.ok()) {
      return payload.fragment == Fragment::kFirst ? DecodeStatus::kTruncated : in.ShortStatus();
    }
  }
  return DecodeStatus::kUnknown;
}

DecodeStatus WalkIpv4Extensions(const CapturedBytes& in, IpPayload& payload) {
  payload.located = false;
  ByteReader reader(in.bytes);
  if (payload.protocol == kProtocolAuthentication && payload.fragment != Fragment::kLater) {
    SkipExtension(reader, kAuthenticationUnitBytes, payload.protocol);
  }
  if (!reader.ok()) {
    return in.ShortStatus();
  }
  payload.bytes = in.Skip(reader.position());
  payload.located = true;
  return DecodeStatus::kOk;
}

}  // namespace wirehound
