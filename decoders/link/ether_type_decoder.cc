// SPDX-License-Identifier: Apache-2.0

// One loop: each step reads one header and ends with the EtherType of what follows it. PPP numbers
// and LLC are translated to EtherTypes, so that any header may follow any other.

#include "decoders/link/ether_type_decoder.h"

#include <cstddef>

#include "decoders/core/byte_reader.h"

namespace wirehound {
namespace {

constexpr std::uint16_t kVlan = 0x8100;
constexpr std::uint16_t kServiceVlan = 0x88a8;
// What switches used for outer tags before 802.1ad.
constexpr std::uint16_t kOldVlan1 = 0x9100;
constexpr std::uint16_t kOldVlan2 = 0x9200;
constexpr std::uint16_t kVirtualPort = 0x8926;  // IEEE 802.1BR, as switches send it
constexpr std::uint16_t kMplsUnicast = 0x8847;
constexpr std::uint16_t kMplsMulticast = 0x8848;
constexpr std::size_t kVlanTagBytes = 2;
constexpr std::size_t kVirtualPortTagBytes = 4;
// Reserved by IANA, so it can stand for "nothing that is decoded".
constexpr std::uint16_t kNoEtherType = 0xffff;

constexpr std::uint8_t kPppoeVersionAndType = 0x11;
constexpr std::uint8_t kPppoeSessionData = 0;

constexpr std::uint8_t kPppAddress = 0xff;
constexpr std::uint8_t kPppControl = 0x03;

constexpr std::uint8_t kLlcUnnumberedInformation = 0x03;
constexpr std::uint8_t kSapIp = 0x06;
constexpr std::uint8_t kSapSnap = 0xaa;
constexpr std::uint32_t kOuiEncapsulatedEthernet = 0x000000;
constexpr std::uint32_t kOuiBridgeTunnel = 0x0000f8;  // IEEE 802.1H

std::uint16_t EtherTypeOfPpp(std::uint16_t protocol) {
  switch (protocol) {
    case 0x0021:
      return kEtherTypeIpv4;
    case 0x0057:
      return kEtherTypeIpv6;
    case 0x0281:
      return kMplsUnicast;
    case 0x0283:
      return kMplsMulticast;
    default:
      return kNoEtherType;
  }
}

// Protocol numbers are odd in their last byte only, so an odd first byte is all there is.
std::uint16_t ReadPppProtocol(ByteReader& reader) {
  const std::uint8_t first = reader.ReadU8();
  if ((first & 1) != 0) {
    return first;
  }
  return static_cast<std::uint16_t>(first << 8 | reader.ReadU8());
}

std::uint16_t ReadPpp(ByteReader& reader) {
  const ByteReader start = reader;
  if (reader.ReadU8() == kPppAddress) {
    return reader.ReadU8() == kPppControl ? EtherTypeOfPpp(ReadPppProtocol(reader)) : kNoEtherType;
  }
  reader = start;
  return EtherTypeOfPpp(ReadPppProtocol(reader));
}

std::uint16_t ReadPppoe(ByteReader& reader, CapturedBytes& in) {
  const std::uint8_t version_and_type = reader.ReadU8();
  const std::uint8_t code = reader.ReadU8();
  reader.Skip(2);  // session
  const std::size_t length = reader.ReadBe16();
  if (reader.ok()) {
    in = in.First(reader.position() + length);
    reader = ByteReader(in.bytes, reader.position());
  }
  const std::uint16_t protocol = ReadPppProtocol(reader);
  const bool sound = version_and_type == kPppoeVersionAndType && code == kPppoeSessionData;
  return sound ? EtherTypeOfPpp(protocol) : kNoEtherType;
}

std::uint16_t ReadTag(ByteReader& reader, std::size_t tag_bytes) {
  reader.Skip(tag_bytes);
  return reader.ReadBe16();
}

// Labels do not say what they label: behind the last one, IP shows by its version.
std::uint16_t ReadMpls(ByteReader& reader) {
  constexpr std::uint32_t kBottomOfStack = 0x100;
  if ((reader.ReadBe32() & kBottomOfStack) == 0) {
    return kMplsUnicast;
  }
  ByteReader behind = reader;
  const int version = behind.ReadU8() >> 4;
  if (!behind.ok()) {
    reader = behind;
  }
  switch (version) {
    case 4:
      return kEtherTypeIpv4;
    case 6:
      return kEtherTypeIpv6;
    default:
      return kNoEtherType;
  }
}

std::uint16_t ReadSnap(ByteReader& reader) {
  const std::uint32_t oui = static_cast<std::uint32_t>(reader.ReadU8() << 16) | reader.ReadBe16();
  const std::uint16_t type = reader.ReadBe16();
  const bool is_ether_type = oui == kOuiEncapsulatedEthernet || oui == kOuiBridgeTunnel;
  // A length here would start LLC inside LLC.
  return is_ether_type && type > kMaxLlcBytes ? type : kNoEtherType;
}

std::uint16_t ReadLlc(ByteReader& reader) {
  const std::uint8_t destination = reader.ReadU8();
  const std::uint8_t source = reader.ReadU8();
  const std::uint8_t control = reader.ReadU8();
  if (destination != source || control != kLlcUnnumberedInformation) {
    return kNoEtherType;
  }
  switch (destination) {
    case kSapSnap:
      return ReadSnap(reader);
    case kSapIp:
      return kEtherTypeIpv4;
    default:
      return kNoEtherType;
  }
}

// Reads the header that `ether_type` announces; may also cut `in` at the length in it.
std::uint16_t ReadAnnounced(std::uint16_t ether_type, ByteReader& reader, CapturedBytes& in) {
  switch (ether_type) {
    case kVlan:
    case kServiceVlan:
    case kOldVlan1:
    case kOldVlan2:
      return ReadTag(reader, kVlanTagBytes);
    case kVirtualPort:
      return ReadTag(reader, kVirtualPortTagBytes);
    case kMplsUnicast:
    case kMplsMulticast:
      return ReadMpls(reader);
    case kEtherTypePppoeSession:
      return ReadPppoe(reader, in);
    default:
      if (ether_type > kMaxLlcBytes) {
        return kNoEtherType;
      }
      in = in.First(ether_type);
      reader = ByteReader(in.bytes);
      return ReadLlc(reader);
  }
}

// Moves `in` behind the bytes read and returns kOk, unless the reader ran out of bytes.
DecodeStatus Advance(const ByteReader& reader, CapturedBytes& in) {
  if (!reader.ok()) {
    return in.ShortStatus();
  }
  in = in.Skip(reader.position());
  return DecodeStatus::kOk;
}

DecodeStatus Follow(const ByteReader& reader, std::uint16_t ether_type, CapturedBytes in,
                    LinkPayload& out) {
  const DecodeStatus status = Advance(reader, in);
  return status == DecodeStatus::kOk ? DecodeEtherType(ether_type, in, out) : status;
}

}  // namespace

DecodeStatus DecodeEtherType(std::uint16_t ether_type, CapturedBytes in, LinkPayload& out) {
  for (int tags = 0; tags <= kMaxLinkTags; ++tags) {
    if (ether_type == kEtherTypeIpv4 || ether_type == kEtherTypeIpv6) {
      out.protocol = ether_type == kEtherTypeIpv4 ? NetworkProtocol::kIpv4 : NetworkProtocol::kIpv6;
      out.bytes = in;
      return DecodeStatus::kOk;
    }
    ByteReader reader(in.bytes);
    ether_type = ReadAnnounced(ether_type, reader, in);
    const DecodeStatus status = Advance(reader, in);
    if (status != DecodeStatus::kOk) {
      return status;
    }
    if (ether_type == kNoEtherType) {
      return DecodeStatus::kUnknown;
    }
  }
  return DecodeStatus::kUnknown;
}

DecodeStatus DecodeLlc(CapturedBytes in, LinkPayload& out) {
  ByteReader reader(in.bytes);
  const std::uint16_t ether_type = ReadLlc(reader);
  return Follow(reader, ether_type, in, out);
}

DecodeStatus DecodePpp(CapturedBytes in, LinkPayload& out) {
  ByteReader reader(in.bytes);
  const std::uint16_t ether_type = ReadPpp(reader);
  return Follow(reader, ether_type, in, out);
}

}  // namespace wirehound
