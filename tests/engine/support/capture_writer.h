// SPDX-License-Identifier: Apache-2.0

// Capture files put together byte by byte, in either byte order, so that tests need no files of
// others and can make wrong ones. Formats: the pcap and pcapng drafts of the IETF opsawg group.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tests/decoders/byte_writer.h"

namespace wirehound::test {

enum class ByteOrder { kLittle, kBig };

/// Numbers in the byte order of a file.
class FileBytes {
 public:
  explicit FileBytes(ByteOrder order) : order_(order) {}

  FileBytes& U16(std::uint32_t value) { return Number(value, 2); }
  FileBytes& U32(std::uint32_t value) { return Number(value, 4); }
  FileBytes& Bytes(std::span<const std::byte> bytes) {
    text_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return *this;
  }
  FileBytes& Text(std::string_view text) {
    text_.append(text);
    return *this;
  }
  FileBytes& PadTo4() {
    text_.resize((text_.size() + 3) / 4 * 4);
    return *this;
  }

  const std::string& text() const { return text_; }
  ByteOrder order() const { return order_; }

 private:
  FileBytes& Number(std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
      const int shift = 8 * (order_ == ByteOrder::kLittle ? i : bytes - 1 - i);
      text_.push_back(static_cast<char>(value >> shift & 0xff));
    }
    return *this;
  }

  ByteOrder order_;
  std::string text_;
};

/// A classic pcap file.
class PcapWriter {
 public:
  static constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4;
  static constexpr std::uint32_t kNanoseconds = 0xa1b23c4d;

  explicit PcapWriter(std::uint32_t link_type, std::uint32_t magic = kMicroseconds,
                      ByteOrder order = ByteOrder::kLittle)
      : bytes_(order) {
    bytes_.U32(magic).U16(2).U16(4).U32(0).U32(0).U32(65535).U32(link_type);
  }

  /// A packet of `wire_length` bytes on the wire, all of them when nothing is said.
  PcapWriter& Add(std::uint32_t seconds, std::uint32_t fraction, const ByteWriter& packet,
                  std::optional<std::uint32_t> wire_length = std::nullopt) {
    const auto captured = static_cast<std::uint32_t>(packet.size());
    return Header(seconds, fraction, captured, wire_length.value_or(captured)).Raw(packet.span());
  }
  /// The header of a packet whose bytes may or may not follow.
  PcapWriter& Header(std::uint32_t seconds, std::uint32_t fraction, std::uint32_t captured,
                     std::uint32_t wire_length) {
    bytes_.U32(seconds).U32(fraction).U32(captured).U32(wire_length);
    return *this;
  }
  PcapWriter& Raw(std::span<const std::byte> bytes) {
    bytes_.Bytes(bytes);
    return *this;
  }

  const std::string& text() const { return bytes_.text(); }

 private:
  FileBytes bytes_;
};

/// A pcapng file of one section and one interface.
class PcapngWriter {
 public:
  /// Times count 10^-`resolution` seconds.
  explicit PcapngWriter(std::uint16_t link_type, std::uint8_t resolution = 6,
                        ByteOrder order = ByteOrder::kLittle)
      : bytes_(order) {
    FileBytes section(order);
    section.U32(0x1a2b3c4d).U16(1).U16(0).U32(0xffffffff).U32(0xffffffff);
    Block(0x0a0d0d0a, section);
    FileBytes interface(order);
    interface.U16(link_type).U16(0).U32(65535);
    interface.U16(9).U16(1).Text(std::string(1, static_cast<char>(resolution))).PadTo4();
    interface.U16(0).U16(0);
    Block(1, interface);
  }

  PcapngWriter& Add(std::uint64_t time, const ByteWriter& packet) {
    const auto size = static_cast<std::uint32_t>(packet.size());
    FileBytes block(bytes_.order());
    block.U32(0)
        .U32(static_cast<std::uint32_t>(time >> 32))
        .U32(static_cast<std::uint32_t>(time))
        .U32(size)
        .U32(size)
        .Bytes(packet.span())
        .PadTo4();
    return Block(6, block);
  }

  const std::string& text() const { return bytes_.text(); }

 private:
  PcapngWriter& Block(std::uint32_t type, const FileBytes& body) {
    const auto length = static_cast<std::uint32_t>(body.text().size() + 12);
    bytes_.U32(type).U32(length).Text(body.text()).U32(length);
    return *this;
  }

  FileBytes bytes_;
};

}  // namespace wirehound::test
