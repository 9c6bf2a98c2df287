// SPDX-License-Identifier: Apache-2.0

// Writes capture files byte by byte, in either byte order, so that tests need no recorded files and
// can make invalid ones. Formats: the pcap and pcapng drafts of the IETF opsawg group.

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

/// Writes numbers in the byte order of a file.
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
  /// A pcapng option.
  FileBytes& Option(std::uint32_t code, std::string_view value) {
    return U16(code).U16(static_cast<std::uint32_t>(value.size())).Text(value).PadTo4();
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
                      ByteOrder order = ByteOrder::kLittle, std::uint32_t snap_length = 65535,
                      std::uint32_t minor_version = 4)
      : bytes_(order) {
    bytes_.U32(magic).U16(2).U16(minor_version).U32(0).U32(0).U32(snap_length).U32(link_type);
  }

  /// A packet. Its length on the wire is `wire_length`, or that of its bytes by default.
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

/// A pcapng file, block by block.
class PcapngWriter {
 public:
  static constexpr std::uint32_t kSnapLength = 65535;

  /// An empty file: call Section first.
  PcapngWriter() = default;
  /// A file of one section and one interface, whose times count 10^-`resolution` seconds.
  explicit PcapngWriter(std::uint16_t link_type, std::uint8_t resolution = 6,
                        ByteOrder order = ByteOrder::kLittle) {
    Section(order);
    FileBytes options = New();
    options.Option(9, std::string(1, static_cast<char>(resolution))).Option(0, "");
    Interface(link_type, kSnapLength, options.text());
  }

  /// Starts a section: the blocks after it are in `order`, and interfaces count from 0 again.
  PcapngWriter& Section(ByteOrder order = ByteOrder::kLittle, std::uint32_t major_version = 1) {
    order_ = order;
    return Block(
        0x0a0d0d0a,
        New().U32(0x1a2b3c4d).U16(major_version).U16(0).U32(0xffffffff).U32(0xffffffff).text());
  }
  PcapngWriter& Interface(std::uint16_t link_type, std::uint32_t snap_length = kSnapLength,
                          std::string_view options = {}) {
    return Block(1, New().U16(link_type).U16(0).U32(snap_length).Text(options).text());
  }
  /// An enhanced packet block of the first interface.
  PcapngWriter& Add(std::uint64_t time, const ByteWriter& packet) { return Add(0, time, packet); }
  PcapngWriter& Add(std::uint32_t interface, std::uint64_t time, const ByteWriter& packet,
                    std::string_view options = {}) {
    return Block(6, Packet(New().U32(interface), time, packet).Text(options).text());
  }
  /// An obsolete packet block.
  PcapngWriter& AddObsolete(std::uint16_t interface, std::uint64_t time, const ByteWriter& packet,
                            std::string_view options = {}) {
    return Block(2, Packet(New().U16(interface).U16(7), time, packet).Text(options).text());
  }
  /// A simple packet block that claims `wire_length` bytes.
  PcapngWriter& AddSimple(std::uint32_t wire_length, const ByteWriter& packet) {
    return Block(3, New().U32(wire_length).Bytes(packet.span()).PadTo4().text());
  }
  PcapngWriter& Block(std::uint32_t type, std::string_view body) {
    const auto length = static_cast<std::uint32_t>(body.size() + 12);
    return BlockWithLengths(type, body, length, length);
  }
  /// A block with the length fields that the caller gives, right or wrong.
  PcapngWriter& BlockWithLengths(std::uint32_t type, std::string_view body, std::uint32_t length,
                                 std::uint32_t length_at_end) {
    text_ += New().U32(type).U32(length).Text(body).U32(length_at_end).text();
    return *this;
  }

  /// An empty buffer in the byte order of the section, for options and bodies.
  FileBytes New() const { return FileBytes(order_); }
  const std::string& text() const { return text_; }

 private:
  static FileBytes Packet(FileBytes head, std::uint64_t time, const ByteWriter& packet) {
    const auto size = static_cast<std::uint32_t>(packet.size());
    return head.U32(static_cast<std::uint32_t>(time >> 32))
        .U32(static_cast<std::uint32_t>(time))
        .U32(size)
        .U32(size)
        .Bytes(packet.span())
        .PadTo4();
  }

  ByteOrder order_ = ByteOrder::kLittle;
  std::string text_;
};

}  // namespace wirehound::test
