// SPDX-License-Identifier: Apache-2.0

// Headers for packet tests, sound by default; tests overwrite the fields that must be wrong. Each
// function returns a header, so a packet is a chain of Append.

#pragma once

#include <cstddef>
#include <cstdint>

#include "tests/decoders/byte_writer.h"

namespace wirehound::test {

// Offsets into the headers below, for PatchBe16.
inline constexpr std::size_t kIpv4LengthOffset = 2;
inline constexpr std::size_t kIpv4FragmentOffset = 6;
inline constexpr std::size_t kIpv6LengthOffset = 4;
inline constexpr std::size_t kUdpLengthOffset = 4;

/// An Ethernet II header with `ether_type`.
inline ByteWriter Ethernet(unsigned ether_type) {
  return ByteWriter().Fill(6, 0x02).Fill(6, 0x04).Be16(ether_type);
}

/// An IPv4 header from 10.0.0.1 to 10.0.0.2, carrying `payload`; `options` must be a multiple of
/// four bytes.
inline ByteWriter Ipv4(unsigned protocol, const ByteWriter& payload,
                       const ByteWriter& options = {}) {
  const std::size_t header_bytes = 20 + options.size();
  return ByteWriter()
      .U8(static_cast<int>(0x40 | header_bytes / 4))
      .U8(0x28)
      .Be16(static_cast<unsigned>(header_bytes + payload.size()))
      .Be16(0xbeef)
      .Be16(0x4000)
      .U8(64)
      .U8(static_cast<int>(protocol))
      .Be16(0x1234)
      .Append({10, 0, 0, 1})
      .Append({10, 0, 0, 2})
      .Append(options)
      .Append(payload);
}

/// An IPv6 header from 2001:db8::1 to 2001:db8::2, carrying `payload`, which starts with the header
/// `next_header`.
inline ByteWriter Ipv6(unsigned next_header, const ByteWriter& payload) {
  return ByteWriter()
      .Be32(0x6abcdef0)
      .Be16(static_cast<unsigned>(payload.size()))
      .U8(static_cast<int>(next_header))
      .U8(57)
      .Be32(0x20010db8)
      .Fill(11)
      .U8(1)
      .Be32(0x20010db8)
      .Fill(11)
      .U8(2)
      .Append(payload);
}

/// A UDP header from port 40000 to 53, carrying `payload`.
inline ByteWriter Udp(const ByteWriter& payload) {
  return ByteWriter()
      .Be16(40000)
      .Be16(53)
      .Be16(static_cast<unsigned>(8 + payload.size()))
      .Be16(0xabcd)
      .Append(payload);
}

/// A TCP header from port 40001 to 80, with `options` (a multiple of four bytes) and `payload`.
inline ByteWriter Tcp(const ByteWriter& payload, const ByteWriter& options = {}) {
  return ByteWriter()
      .Be16(40001)
      .Be16(80)
      .Be32(0x01020304)
      .Be32(0x05060708)
      .U8(static_cast<int>((20 + options.size()) / 4 << 4))
      .U8(0x18)
      .Be16(2766)
      .Be16(6218)
      .Be16(7)
      .Append(options)
      .Append(payload);
}

}  // namespace wirehound::test
