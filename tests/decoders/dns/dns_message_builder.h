// SPDX-License-Identifier: Apache-2.0

// DnsMessageBuilder: writes DNS messages for tests, sound by default. On request counts and data
// lengths are wrong, and names are any bytes that the test gives. Sections in wire order.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "tests/decoders/byte_writer.h"

namespace wirehound::test {

/// "www.example.com" as labels and the root; "" is the root alone. No escapes.
inline ByteWriter Name(std::string_view dotted) {
  ByteWriter name;
  while (!dotted.empty()) {
    const std::size_t dot = dotted.find('.');
    const std::string_view label = dotted.substr(0, dot);
    name.U8(static_cast<int>(label.size())).Text(label);
    dotted = dot == std::string_view::npos ? std::string_view() : dotted.substr(dot + 1);
  }
  return name.U8(0);
}

/// A compression pointer to `offset`.
inline ByteWriter Pointer(std::size_t offset) {
  return ByteWriter().Be16(0xc000u | static_cast<unsigned>(offset));
}

/// Labels, then a pointer instead of the root.
inline ByteWriter NameWithPointer(std::string_view dotted, std::size_t offset) {
  const ByteWriter labels = Name(dotted);
  return ByteWriter().Append(labels.span().first(labels.size() - 1)).Append(Pointer(offset));
}

class DnsMessageBuilder {
 public:
  static constexpr std::size_t kFirstName = 12;  ///< offset of the first question's name

  explicit DnsMessageBuilder(std::uint16_t flags = 0x8180, std::uint16_t id = 0x1234) {
    message_.Be16(id).Be16(flags).Fill(8);
  }

  DnsMessageBuilder& Question(const ByteWriter& name, unsigned type, unsigned qclass = 1) {
    message_.Append(name).Be16(type).Be16(qclass);
    return Count(4);
  }
  DnsMessageBuilder& Question(std::string_view name, unsigned type) {
    return Question(Name(name), type);
  }

  // A record with the data `rdata`, in the section of that name.
  DnsMessageBuilder& Answer(const ByteWriter& name, unsigned type, const ByteWriter& rdata) {
    return Record(6, name, type, rdata);
  }
  DnsMessageBuilder& Authority(const ByteWriter& name, unsigned type, const ByteWriter& rdata) {
    return Record(8, name, type, rdata);
  }
  DnsMessageBuilder& Additional(const ByteWriter& name, unsigned type, const ByteWriter& rdata) {
    return Record(10, name, type, rdata);
  }
  DnsMessageBuilder& Record(std::size_t count_offset, const ByteWriter& name, unsigned type,
                            const ByteWriter& rdata, unsigned rclass = 1, std::uint32_t ttl = 300) {
    message_.Append(name).Be16(type).Be16(rclass).Be32(ttl);
    message_.Be16(static_cast<unsigned>(rdata.size())).Append(rdata);
    return Count(count_offset);
  }

  /// Makes the header's count at `offset` (4, 6, 8 or 10) say `count`.
  DnsMessageBuilder& Claim(std::size_t offset, unsigned count) {
    message_.PatchBe16(offset, count);
    return *this;
  }
  DnsMessageBuilder& Raw(const ByteWriter& bytes) {
    message_.Append(bytes);
    return *this;
  }

  /// The offset of the next byte, which a pointer to it must contain.
  std::size_t size() const { return message_.size(); }
  std::span<const std::byte> span() const { return message_.span(); }
  ByteWriter& writer() { return message_; }

 private:
  DnsMessageBuilder& Count(std::size_t offset) {
    const auto high = std::to_integer<unsigned>(message_.span()[offset]);
    const auto low = std::to_integer<unsigned>(message_.span()[offset + 1]);
    message_.PatchBe16(offset, (high << 8 | low) + 1);
    return *this;
  }

  ByteWriter message_;
};

}  // namespace wirehound::test
