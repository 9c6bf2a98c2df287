// SPDX-License-Identifier: Apache-2.0

#include "decoders/link/ieee80211_decoder.h"

#include <cstddef>
#include <cstdint>

#include "decoders/core/byte_reader.h"
#include "decoders/link/ether_type_decoder.h"

namespace wirehound {
namespace {

// Of the frame control field, read in little endian.
constexpr std::uint16_t kVersionAndTypeMask = 0x000f;
constexpr std::uint16_t kDataFrame = 0x0008;
constexpr std::uint16_t kNoBody = 0x0040;
constexpr std::uint16_t kQos = 0x0080;
constexpr std::uint16_t kToAndFromDs = 0x0300;
constexpr std::uint16_t kMoreFragments = 0x0400;
constexpr std::uint16_t kProtected = 0x4000;
constexpr std::uint16_t kOrder = 0x8000;

constexpr std::uint16_t kFragmentNumberMask = 0x000f;  // of the sequence control field
constexpr std::uint16_t kAggregated = 0x0080;          // of the QoS control field

constexpr std::size_t kAddressBytes = 6;
constexpr std::size_t kHtControlBytes = 4;
constexpr std::size_t kBodyAlignment = 4;

enum class Padding { kNone, kToWords };

bool CarriesLlc(std::uint16_t frame_control) {
  return (frame_control & kVersionAndTypeMask) == kDataFrame &&
         (frame_control & (kNoBody | kMoreFragments | kProtected)) == 0;
}

// The optional fields behind the third address. False: an aggregate.
bool ReadQos(ByteReader& reader, std::uint16_t frame_control) {
  if ((frame_control & kQos) == 0) {
    return true;
  }
  const std::uint16_t qos_control = reader.ReadLe16();
  if ((frame_control & kOrder) != 0) {
    reader.Skip(kHtControlBytes);
  }
  return (qos_control & kAggregated) == 0;
}

std::size_t RoundUp(std::size_t size, std::size_t alignment) {
  return (size + alignment - 1) / alignment * alignment;
}

DecodeStatus DecodeFrame(CapturedBytes in, Padding padding, LinkPayload& out) {
  ByteReader reader(in.bytes);
  const std::uint16_t frame_control = reader.ReadLe16();
  if (reader.ok() && !CarriesLlc(frame_control)) {
    return DecodeStatus::kUnknown;
  }
  reader.Skip(2 + 3 * kAddressBytes);  // duration, three addresses
  const std::uint16_t sequence_control = reader.ReadLe16();
  if ((frame_control & kToAndFromDs) == kToAndFromDs) {
    reader.Skip(kAddressBytes);
  }
  const bool single = ReadQos(reader, frame_control);
  if (padding == Padding::kToWords) {
    reader.Skip(RoundUp(reader.position(), kBodyAlignment) - reader.position());
  }
  if (!reader.ok()) {
    return in.ShortStatus();
  }
  if (!single || (sequence_control & kFragmentNumberMask) != 0) {
    return DecodeStatus::kUnknown;
  }
  return DecodeLlc(in.Skip(reader.position()), out);
}

// The flags field, behind as many bitmaps as chain on and the timestamp if there is one; 0 without.
std::uint8_t ReadRadiotapFlags(ByteReader& reader) {
  constexpr std::uint32_t kHasTimestamp = 1;
  constexpr std::uint32_t kHasFlags = 2;
  constexpr std::uint32_t kAnotherBitmap = 0x80000000;
  constexpr std::size_t kTimestampBytes = 8;
  const std::uint32_t present = reader.ReadLe32();
  for (std::uint32_t bitmap = present; (bitmap & kAnotherBitmap) != 0;) {
    bitmap = reader.ReadLe32();
  }
  if ((present & kHasFlags) == 0) {
    return 0;
  }
  if ((present & kHasTimestamp) != 0) {
    reader.Skip(RoundUp(reader.position(), kTimestampBytes) - reader.position() + kTimestampBytes);
  }
  return reader.ReadU8();
}

}  // namespace

DecodeStatus DecodeIeee80211(CapturedBytes in, LinkPayload& out) {
  return DecodeFrame(in, Padding::kNone, out);
}

DecodeStatus DecodeRadiotap(CapturedBytes in, LinkPayload& out) {
  constexpr std::uint8_t kDataPad = 0x20;
  ByteReader start(in.bytes);
  const std::uint8_t version = start.ReadU8();
  start.Skip(1);
  const std::size_t header_bytes = start.ReadLe16();
  if (start.ok() && version != 0) {
    return DecodeStatus::kUnknown;
  }
  ByteReader header(in.First(header_bytes).bytes, start.position());
  const std::uint8_t flags = ReadRadiotapFlags(header);
  if (header_bytes > in.bytes.size() || !start.ok()) {
    return in.ShortStatus();
  }
  if (!header.ok()) {
    return DecodeStatus::kMalformed;
  }
  const Padding padding = (flags & kDataPad) != 0 ? Padding::kToWords : Padding::kNone;
  return DecodeFrame(in.Skip(header_bytes), padding, out);
}

}  // namespace wirehound
