// SPDX-License-Identifier: Apache-2.0

#include "decoders/ip/icmp_decoder.h"

#include <wirehound/abi/detector_abi.h>

#include "decoders/core/byte_reader.h"

namespace wirehound {

DecodeStatus DecodeIcmp(const CapturedBytes& in, wirehound_icmp& header, CapturedBytes& payload) {
  header = {};
  payload = {};
  ByteReader reader(in.bytes);
  header.type = reader.ReadU8();
  header.code = reader.ReadU8();
  header.checksum = reader.ReadBe16();
  if (!reader.ok()) {
    return in.ShortStatus();
  }
  header.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_icmp, seq);
  const std::uint16_t id = reader.ReadBe16();
  const std::uint16_t seq = reader.ReadBe16();
  if (!reader.ok()) {
    return in.ShortStatus();
  }
  header.id = id;
  header.seq = seq;
  payload = in.Skip(kIcmpHeaderBytes);
  return DecodeStatus::kOk;
}

DecodeStatus DecodeIcmpv6(const CapturedBytes& in, wirehound_icmpv6& header,
                          CapturedBytes& payload) {
  header = {};
  payload = {};
  ByteReader reader(in.bytes);
  header.type = reader.ReadU8();
  header.code = reader.ReadU8();
  header.checksum = reader.ReadBe16();
  if (!reader.ok()) {
    return in.ShortStatus();
  }
  header.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_icmpv6, checksum);
  payload = in.Skip(kIcmpv6HeaderBytes);
  return DecodeStatus::kOk;
}

}  // namespace wirehound
