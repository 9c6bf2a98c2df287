// SPDX-License-Identifier: Apache-2.0

// UDP: four fields, then the length.

#include "decoders/transport/udp_decoder.h"

#include <limits>

#include <wirehound/abi/detector_abi.h>

#include "decoders/core/byte_reader.h"

namespace wirehound {
namespace {

std::size_t DatagramBytes(const wirehound_udp& header, std::size_t wire_size) {
  const bool jumbogram = wire_size > std::numeric_limits<std::uint16_t>::max();
  return header.length == 0 && jumbogram ? wire_size : header.length;
}

}  // namespace

DecodeStatus DecodeUdp(const CapturedBytes& in, wirehound_udp& header, CapturedBytes& payload) {
  header.struct_size = 0;
  payload = {};
  ByteReader reader(in.bytes);
  header.src_port = reader.ReadBe16();
  header.dst_port = reader.ReadBe16();
  header.length = reader.ReadBe16();
  header.checksum = reader.ReadBe16();
  if (!reader.ok()) {
    return in.ShortStatus();
  }
  header.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_udp, checksum);

  const std::size_t datagram_bytes = DatagramBytes(header, in.wire_size);
  if (datagram_bytes < kUdpHeaderBytes) {
    return DecodeStatus::kMalformed;
  }
  payload = in.First(datagram_bytes).Skip(kUdpHeaderBytes);
  return datagram_bytes > in.wire_size ? DecodeStatus::kMalformed : DecodeStatus::kOk;
}

}  // namespace wirehound
