// SPDX-License-Identifier: Apache-2.0

// pcapng is a sequence of blocks: type, length, body, and the length again. Section numbers in
// comments are those of draft-ietf-opsawg-pcapng.

#include "engine/sources/pcapng_reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <wirehound/abi/messages.h>

namespace wirehound {
namespace {

// Block types (section 11.1). A section header's reads the same in both byte orders.
constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a;
constexpr std::uint32_t kInterfaceDescription = 1;
constexpr std::uint32_t kObsoletePacket = 2;
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kInterfaceStatistics = 5;
constexpr std::uint32_t kEnhancedPacket = 6;

constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr std::uint16_t kMajorVersion = 1;

constexpr std::size_t kBlockHeadBytes = 8;  // type and length
constexpr std::size_t kBlockTailBytes = 4;  // the length again
constexpr std::size_t kBlockAlignment = 4;
constexpr std::size_t kByteOrderBytes = 12;       // a block head and the magic
constexpr std::size_t kStatisticsHeadBytes = 12;  // interface and time

// Options (sections 3.5, 4.2 and 4.3).
constexpr std::uint16_t kEndOfOptions = 0;
constexpr std::uint16_t kComment = 1;
constexpr std::uint16_t kInterfaceName = 2;
constexpr std::uint16_t kTimeResolution = 9;
constexpr std::uint16_t kTimeOffset = 14;
constexpr std::uint16_t kPacketFlags = 2;  // epb_flags, and pack_flags of obsolete packets
constexpr std::uint32_t kDirectionMask = 3;
constexpr std::uint32_t kInbound = 1;
constexpr std::uint32_t kOutbound = 2;

constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr std::uint64_t kLastNanosecond = std::numeric_limits<std::uint64_t>::max();
// The times of finer clocks are rounded down to these: then a fraction times 10^9 fits 64 bits.
constexpr std::uint8_t kFinestDecimal = 9;
constexpr std::uint8_t kFinestBinary = 34;

constexpr std::size_t Padding(std::size_t size) {
  return (kBlockAlignment - size % kBlockAlignment) % kBlockAlignment;
}

}  // namespace

bool PcapngReader::Recognises(std::span<const std::byte> bytes) {
  return ByteReader(bytes).ReadBe32() == kSectionHeader;
}

void PcapngReader::Start() {
  Block block;
  ReadStep step = ReadBlock(block);
  if (step == ReadStep::kPacket && !StartSection(block)) {
    step = ReadStep::kFailed;
  }
  if (step != ReadStep::kPacket) {
    first_step_ = step;
  }
}

ReadStep PcapngReader::Next(Record& record) {
  if (first_step_) {
    return *std::exchange(first_step_, std::nullopt);
  }
  for (;;) {
    if (const std::optional<ReadStep> step = NextBlock(record)) {
      return *step;
    }
  }
}

// Handles one block. Nothing when it gave neither a packet nor an end.
std::optional<ReadStep> PcapngReader::NextBlock(Record& record) {
  Block block;
  if (const ReadStep step = ReadBlock(block); step != ReadStep::kPacket) {
    return step;
  }
  bool sound = true;
  switch (block.type) {
    case kEnhancedPacket:
      return ReadEnhancedPacket(block, record);
    case kSimplePacket:
      return ReadSimplePacket(block, record);
    case kObsoletePacket:
      return ReadObsoletePacket(block, record);
    case kInterfaceStatistics:
      return ReadStatistics(block);
    case kSectionHeader:
      sound = StartSection(block);
      break;
    case kInterfaceDescription:
      sound = AddInterface(block);
      break;
    default:  // skipped
      break;
  }
  return sound ? std::nullopt : std::optional(ReadStep::kFailed);
}

// Reads the next block, whole, and checks that both of its lengths agree. kPacket: there is a
// block.
ReadStep PcapngReader::ReadBlock(Block& block) {
  const std::span<const std::byte> head = input_.Peek(kBlockHeadBytes);
  if (head.empty() && input_.error() == 0) {
    return ReadStep::kEnd;
  }
  if (head.size() < kBlockHeadBytes) {
    return FailShort(input_, "the head of a block", head.size(), kBlockHeadBytes);
  }
  block.offset = input_.offset();
  const bool is_section = Recognises(head);
  if (is_section && !ReadByteOrder()) {
    return ReadStep::kFailed;
  }
  if (!is_section && !in_section_) {
    return FailBlock(block, "is no section header; expected one first");
  }
  ByteReader reader(input_.Peek(kBlockHeadBytes));
  block.type = numbers_.U32(reader);
  const std::uint32_t length = numbers_.U32(reader);
  if (length < kBlockHeadBytes + kBlockTailBytes || length > kMaxPcapngBlockBytes ||
      length % kBlockAlignment != 0) {
    return FailBlock(block, "has a length of " + std::to_string(length) +
                                "; expected a multiple of 4 from 12 to " +
                                std::to_string(kMaxPcapngBlockBytes));
  }
  const std::span<const std::byte> whole = input_.Peek(length);
  if (whole.size() < length) {
    return FailShort(input_, "a block", whole.size(), length);
  }
  ByteReader tail(whole, length - kBlockTailBytes);
  if (const std::uint32_t repeated = numbers_.U32(tail); repeated != length) {
    return FailBlock(block, "has a length of " + std::to_string(length) + " and, at its end, of " +
                                std::to_string(repeated) + "; expected the same");
  }
  block.body = whole.subspan(kBlockHeadBytes, length - kBlockHeadBytes - kBlockTailBytes);
  input_.Skip(length);
  return ReadStep::kPacket;
}

// The byte-order magic stands behind the length of a section header, which already has that order.
bool PcapngReader::ReadByteOrder() {
  const std::span<const std::byte> head = input_.Peek(kByteOrderBytes);
  if (head.size() < kByteOrderBytes) {
    FailShort(input_, "a section header", head.size(), kByteOrderBytes);
    return false;
  }
  const std::uint32_t magic = ByteReader(head, kBlockHeadBytes).ReadBe32();
  numbers_.big_endian = magic == kByteOrderMagic;
  if (!numbers_.big_endian && magic != __builtin_bswap32(kByteOrderMagic)) {
    FailBlock({.offset = input_.offset()}, "is a section header without its byte-order magic");
    return false;
  }
  return true;
}

bool PcapngReader::StartSection(const Block& block) {
  ByteReader reader(block.body);
  numbers_.U32(reader);  // the magic
  const std::uint16_t major = numbers_.U16(reader);
  const std::uint16_t minor = numbers_.U16(reader);
  numbers_.U64(reader);  // the section's length, of no use when reading on
  if (!reader.ok()) {
    FailBlock(block, "is too short for a section header");
    return false;
  }
  if (major != kMajorVersion) {
    FailBlock(block, "starts a section of version " + std::to_string(major) + "." +
                         std::to_string(minor) + "; expected version 1");
    return false;
  }
  interfaces_.clear();
  in_section_ = true;
  return ReadComments(block, RecordedFacts::Place::kSection, reader);
}

bool PcapngReader::AddInterface(const Block& block) {
  if (interfaces_.size() == kMaxPcapngInterfaces) {
    FailBlock(block, "is one interface too many; expected at most " +
                         std::to_string(kMaxPcapngInterfaces));
    return false;
  }
  ByteReader reader(block.body);
  Interface interface;
  interface.link_type = LinkTypeOfFile(numbers_.U16(reader));
  numbers_.U16(reader);  // reserved
  interface.snap_length = numbers_.U32(reader);
  const auto read_option = [&](std::uint16_t code, std::span<const std::byte> value) {
    return ReadInterfaceOption(code, value, interface);
  };
  if (!reader.ok() || !ForEachOption(reader, read_option)) {
    FailBlock(block, "is an interface description that is too short or has a wrong option");
    return false;
  }
  if (!ReadComments(block, RecordedFacts::Place::kInterface, reader)) {
    return false;
  }
  interface.recorded = facts_.interface();
  interfaces_.push_back(std::move(interface));
  return true;
}

bool PcapngReader::ReadInterfaceOption(std::uint16_t code, std::span<const std::byte> value,
                                       Interface& interface) const {
  ByteReader reader(value);
  switch (code) {
    case kInterfaceName: {
      const auto* text = reinterpret_cast<const char*>(value.data());
      const std::string_view name(text, std::min(value.size(), kMaxPcapngNameBytes));
      interface.name = name.substr(0, name.find('\0'));  // some writers count a final NUL
      return true;
    }
    case kTimeResolution:
      return SetResolution(reader.ReadU8(), interface.clock) && reader.ok();
    case kTimeOffset:
      interface.clock.offset_seconds = static_cast<std::int64_t>(numbers_.U64(reader));
      return reader.ok();
    default:
      return true;
  }
}

// Calls visit(code, value) for each option, until one returns false. Returns false then, and when
// an option does not fit.
template <typename Visit>
bool PcapngReader::ForEachOption(ByteReader options, Visit visit) const {
  while (options.remaining() > 0) {
    const std::uint16_t code = numbers_.U16(options);
    const std::uint16_t size = numbers_.U16(options);
    if (code == kEndOfOptions) {
      return options.ok();
    }
    const std::span<const std::byte> value = options.ReadBytes(size);
    options.Skip(Padding(size));
    if (!options.ok() || !visit(code, value)) {
      return false;
    }
  }
  return true;
}

ReadStep PcapngReader::ReadEnhancedPacket(const Block& block, Record& record) {
  ByteReader reader(block.body);
  PacketFields fields;
  fields.interface = numbers_.U32(reader);
  const std::uint64_t high = numbers_.U32(reader);
  fields.time = high << 32 | numbers_.U32(reader);
  fields.captured = numbers_.U32(reader);
  fields.on_wire = numbers_.U32(reader);
  return ReadPacket(block, reader, fields, record);
}

ReadStep PcapngReader::ReadObsoletePacket(const Block& block, Record& record) {
  ByteReader reader(block.body);
  PacketFields fields;
  fields.interface = numbers_.U16(reader);
  numbers_.U16(reader);  // number of packets dropped before
  const std::uint64_t high = numbers_.U32(reader);
  fields.time = high << 32 | numbers_.U32(reader);
  fields.captured = numbers_.U32(reader);
  fields.on_wire = numbers_.U32(reader);
  return ReadPacket(block, reader, fields, record);
}

// A simple block has no captured length: it follows from other lengths (section 4.4).
ReadStep PcapngReader::ReadSimplePacket(const Block& block, Record& record) {
  ByteReader reader(block.body);
  PacketFields fields;
  fields.on_wire = numbers_.U32(reader);
  fields.captured = std::min(fields.on_wire, static_cast<std::uint32_t>(reader.remaining()));
  if (!interfaces_.empty() && interfaces_[0].snap_length != 0) {
    fields.captured = std::min(fields.captured, interfaces_[0].snap_length);
  }
  const ReadStep step =
      ReadPacket(block, ByteReader(reader.ReadSub(fields.captured)), fields, record);
  record.timestamp_ns = 0;
  return step;
}

// `reader` stands at the bytes of the packet; options may follow them.
ReadStep PcapngReader::ReadPacket(const Block& block, ByteReader reader, const PacketFields& fields,
                                  Record& record) {
  if (!reader.ok() || fields.captured > reader.remaining()) {
    return FailBlock(
        block, "is too short for its packet of " + std::to_string(fields.captured) + " bytes");
  }
  if (fields.interface >= interfaces_.size()) {
    return FailBlock(block, "has a packet of interface " + std::to_string(fields.interface) +
                                "; expected one of the " + std::to_string(interfaces_.size()) +
                                " described before");
  }
  const Interface& interface = interfaces_[fields.interface];
  record.bytes = reader.ReadBytes(fields.captured);
  reader.Skip(std::min(Padding(fields.captured), reader.remaining()));
  record.timestamp_ns = Nanoseconds(interface.clock, fields.time);
  record.wire_length = std::max(fields.on_wire, fields.captured);  // files may lie
  record.link_type = interface.link_type;
  record.interface_name = interface.name.empty() ? std::string_view("any") : interface.name;
  record.direction = DirectionOf(reader);
  record.interface_index = interface.recorded.index;
  record.network_namespace = interface.recorded.network_namespace;
  if (!ReadComments(block, RecordedFacts::Place::kPacket, reader)) {
    return ReadStep::kFailed;
  }
  facts_.Complete(record);
  return ReadStep::kPacket;
}

std::optional<ReadStep> PcapngReader::ReadStatistics(const Block& block) {
  if (!facts_.is_recording()) {
    return std::nullopt;
  }
  ByteReader reader(block.body);
  reader.Skip(std::min(kStatisticsHeadBytes, reader.remaining()));
  if (!ReadComments(block, RecordedFacts::Place::kStatistics, reader)) {
    return ReadStep::kFailed;
  }
  return facts_.has_aside() ? std::optional(ReadStep::kAside) : std::nullopt;
}

// False when a comment of a recording cannot be read. Other invalid options end the comments
// without an error.
bool PcapngReader::ReadComments(const Block& block, RecordedFacts::Place place,
                                ByteReader options) {
  facts_.BeginBlock(place);
  if (place != RecordedFacts::Place::kSection && !facts_.is_recording()) {
    return true;
  }
  Status status;
  ForEachOption(options, [&](std::uint16_t code, std::span<const std::byte> value) {
    if (code == kComment) {
      status = facts_.TakeComment({reinterpret_cast<const char*>(value.data()), value.size()});
    }
    return static_cast<bool>(status);
  });
  if (status) {
    status = facts_.EndBlock();
  }
  if (!status) {
    FailBlock(block, status.error().message());
  }
  return static_cast<bool>(status);
}

// With invalid options the direction stays unknown; the bytes of the packet are sound.
std::uint8_t PcapngReader::DirectionOf(ByteReader options) const {
  std::uint8_t direction = WIREHOUND_DIRECTION_UNKNOWN;
  ForEachOption(options, [&](std::uint16_t code, std::span<const std::byte> value) {
    ByteReader reader(value);
    const std::uint32_t flags = code == kPacketFlags ? numbers_.U32(reader) & kDirectionMask : 0;
    if (flags == kInbound) {
      direction = WIREHOUND_DIRECTION_INGRESS;
    } else if (flags == kOutbound) {
      direction = WIREHOUND_DIRECTION_EGRESS;
    }
    return true;
  });
  return direction;
}

ReadStep PcapngReader::FailBlock(const Block& block, std::string_view what) {
  return Fail("block at offset " + std::to_string(block.offset) + " " + std::string(what));
}

// Section 4.2: the high bit tells whether the other bits are an exponent of 2 or of 10.
bool PcapngReader::SetResolution(std::uint8_t exponent, Clock& clock) {
  constexpr std::uint8_t kBinary = 0x80;
  constexpr std::uint8_t kLargestDecimal = 19;  // the last that fits 64 bits
  constexpr std::uint8_t kLargestBinary = 63;
  clock.coarse = clock.units_per_second = 1;
  if ((exponent & kBinary) != 0) {
    const std::uint8_t power = exponent & (kBinary - 1);
    clock.units_per_second <<= std::min(power, kFinestBinary);
    clock.coarse <<= power > kFinestBinary ? (power - kFinestBinary) % 64 : 0;
    return power <= kLargestBinary;
  }
  for (std::uint8_t i = 0; i < std::min(exponent, kLargestDecimal); ++i) {
    (i < kFinestDecimal ? clock.units_per_second : clock.coarse) *= 10;
  }
  return exponent <= kLargestDecimal;
}

std::uint64_t PcapngReader::Nanoseconds(const Clock& clock, std::uint64_t time) {
  constexpr std::uint64_t kLastSecond = kLastNanosecond / kNanosecondsPerSecond - 1;
  const std::uint64_t units = time / clock.coarse;
  const std::uint64_t fraction = units % clock.units_per_second;
  const std::uint64_t seconds = units / clock.units_per_second;
  const auto offset = static_cast<std::uint64_t>(clock.offset_seconds);
  const std::uint64_t shifted = seconds + offset;  // may wrap; the comparisons below detect it
  if (clock.offset_seconds < 0 && shifted > seconds) {
    return 0;
  }
  if (shifted > kLastSecond || (clock.offset_seconds > 0 && shifted < seconds)) {
    return kLastNanosecond;
  }
  return shifted * kNanosecondsPerSecond +
         fraction * kNanosecondsPerSecond / clock.units_per_second;
}

}  // namespace wirehound
