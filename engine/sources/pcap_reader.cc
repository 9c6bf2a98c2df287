// SPDX-License-Identifier: Apache-2.0

// Classic pcap: a file header, then packets, each behind a header of 16 bytes.

#include "engine/sources/pcap_reader.h"

#include <algorithm>
#include <string>
#include <utility>

namespace wirehound {
namespace {

constexpr std::uint32_t kMicrosecondMagic = 0xa1b2c3d4;
constexpr std::uint32_t kNanosecondMagic = 0xa1b23c4d;
constexpr std::uint16_t kMajorVersion = 2;
constexpr std::uint16_t kMinorVersion = 4;
constexpr std::size_t kZoneAndAccuracyBytes = 8;  // always zero
constexpr std::uint32_t kLinkTypeMask =
    0x0000ffff;  // above these bits: frame check sequence length
constexpr std::uint32_t kLargestSnapLength = 0x7fffffff;  // a larger number is no length
constexpr std::size_t kPacketHeaderBytes = 16;
constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;

}  // namespace

std::optional<PcapFormat> PcapReader::Recognise(std::span<const std::byte> header) {
  for (const bool big_endian : {false, true}) {
    PcapFormat format{.numbers = {big_endian}};
    ByteReader reader(header);
    const std::uint32_t magic = format.numbers.U32(reader);
    if (magic != kMicrosecondMagic && magic != kNanosecondMagic) {
      continue;
    }
    format.nanoseconds_per_unit = magic == kNanosecondMagic ? 1 : 1000;
    const std::uint16_t major = format.numbers.U16(reader);
    const std::uint16_t minor = format.numbers.U16(reader);
    reader.Skip(kZoneAndAccuracyBytes);
    const std::uint32_t snap_length = format.numbers.U32(reader);
    format.snap_length =
        snap_length == 0 || snap_length > kLargestSnapLength ? kMaxPcapPacketBytes : snap_length;
    format.link_type = format.numbers.U32(reader) & kLinkTypeMask;
    if (reader.ok() && major == kMajorVersion && minor == kMinorVersion) {
      return format;
    }
  }
  return std::nullopt;
}

PcapReader::PcapReader(InputWindow input, const PcapFormat& format)
    : input_(std::move(input)), format_(format) {
  format_.link_type = LinkTypeOfFile(format.link_type);
  input_.Skip(input_.Peek(kPcapFileHeaderBytes).size());
}

ReadStep PcapReader::Next(Record& record) {
  const std::span<const std::byte> header = input_.Peek(kPacketHeaderBytes);
  if (header.empty() && input_.error() == 0) {
    return ReadStep::kEnd;
  }
  if (header.size() < kPacketHeaderBytes) {
    return FailShort(input_, "the header of a packet", header.size(), kPacketHeaderBytes);
  }
  ByteReader reader(header);
  const std::uint64_t seconds = format_.numbers.U32(reader);  // unsigned: up to the year 2106
  const std::uint64_t fraction = format_.numbers.U32(reader);
  const std::uint32_t captured = format_.numbers.U32(reader);
  const std::uint32_t on_wire = format_.numbers.U32(reader);
  if (captured > kMaxPcapPacketBytes) {
    return Fail("packet at offset " + std::to_string(input_.offset()) + " says that it has " +
                std::to_string(captured) + " bytes; expected at most " +
                std::to_string(kMaxPcapPacketBytes));
  }
  const std::span<const std::byte> packet = input_.Peek(kPacketHeaderBytes + captured);
  if (packet.size() < kPacketHeaderBytes + captured) {
    return FailShort(input_, "a packet", packet.size(), kPacketHeaderBytes + captured);
  }
  input_.Skip(packet.size());
  record.timestamp_ns = seconds * kNanosecondsPerSecond + fraction * format_.nanoseconds_per_unit;
  // Some writers pad packets beyond the snapshot length; bytes behind it are not the packet's.
  record.bytes = packet.subspan(kPacketHeaderBytes, std::min(captured, format_.snap_length));
  record.wire_length = std::max(on_wire, captured);  // files may lie
  record.link_type = format_.link_type;
  return ReadStep::kPacket;
}

}  // namespace wirehound
