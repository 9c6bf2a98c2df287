// SPDX-License-Identifier: Apache-2.0

// TCP: the fixed header, then the data offset and the options up to it.

#include "decoders/transport/tcp_decoder.h"

#include <wirehound/abi/detector_abi.h>

#include "decoders/core/byte_reader.h"

namespace wirehound {
namespace {

constexpr std::uint8_t Bit(std::uint8_t byte, int bit) {
  return static_cast<std::uint8_t>((byte >> bit) & 1);
}

void ReadFixedHeader(ByteReader& reader, wirehound_tcp& header) {
  header.src_port = reader.ReadBe16();
  header.dst_port = reader.ReadBe16();
  header.seq = reader.ReadBe32();
  header.ack = reader.ReadBe32();
  const std::uint8_t offset_and_ns = reader.ReadU8();
  header.data_offset = offset_and_ns >> 4;
  header.ns_flag = Bit(offset_and_ns, 0);
  const std::uint8_t flags = reader.ReadU8();
  header.fin_flag = Bit(flags, 0);
  header.syn_flag = Bit(flags, 1);
  header.rst_flag = Bit(flags, 2);
  header.psh_flag = Bit(flags, 3);
  header.ack_flag = Bit(flags, 4);
  header.urg_flag = Bit(flags, 5);
  header.ece_flag = Bit(flags, 6);
  header.cwr_flag = Bit(flags, 7);
  header.window = reader.ReadBe16();
  header.checksum = reader.ReadBe16();
  header.urgent = reader.ReadBe16();
}

// RFC 9293 section 3.1: kind and length, but for the two kinds that are one byte long.
bool AreOptionsSound(ByteReader options) {
  constexpr std::uint8_t kEndOfOptions = 0;
  constexpr std::uint8_t kNoOperation = 1;
  constexpr std::size_t kPrefixBytes = 2;
  while (options.remaining() > 0) {
    const std::uint8_t kind = options.ReadU8();
    if (kind == kEndOfOptions) {
      return true;
    }
    if (kind == kNoOperation) {
      continue;
    }
    const std::size_t length = options.ReadU8();
    if (length < kPrefixBytes) {
      return false;
    }
    options.Skip(length - kPrefixBytes);
  }
  return options.ok();
}

}  // namespace

DecodeStatus DecodeTcp(const CapturedBytes& in, wirehound_tcp& header, CapturedBytes& payload) {
  header.struct_size = 0;
  payload = {};
  ByteReader reader(in.bytes);
  ReadFixedHeader(reader, header);
  if (!reader.ok()) {
    return in.ShortStatus();
  }
  header.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_tcp, urgent);

  const std::size_t header_bytes = std::size_t{header.data_offset} * 4;
  if (header_bytes < kTcpHeaderBytes) {
    return DecodeStatus::kMalformed;
  }
  if (header_bytes > in.bytes.size()) {
    return in.ShortStatus();
  }
  payload = in.Skip(header_bytes);
  const bool sound = AreOptionsSound(reader.ReadSub(header_bytes - kTcpHeaderBytes));
  return sound ? DecodeStatus::kOk : DecodeStatus::kMalformed;
}

}  // namespace wirehound
