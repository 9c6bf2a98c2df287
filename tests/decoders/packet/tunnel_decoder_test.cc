// SPDX-License-Identifier: Apache-2.0

// Tunnels: the packet behind each header, its optional parts, and UDP that only resembles a tunnel.

#include "decoders/packet/tunnel_decoder.h"

#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/decoders/packet_builder.h"

namespace wirehound::test {
namespace tunnel_decoder_test {

const ByteWriter kInner = {1, 2, 3, 4, 5};

struct GreRow {
  std::string_view what;
  ByteWriter header;
  LinkType link;
};

std::vector<GreRow> GreRows() {
  return {
      {"ipv4", {0, 0, 0x08, 0}, LinkType::kIpv4},
      {"ipv6 with checksum", {0x80, 0, 0x86, 0xdd, 1, 2, 0, 0}, LinkType::kIpv6},
      {"ethernet with key", {0x20, 0, 0x65, 0x58, 0, 0, 0, 9}, LinkType::kEthernet},
      {"checksum, key and sequence", ByteWriter({0xb0, 0, 0x08, 0}).Fill(12), LinkType::kIpv4},
      {"erspan 1", {0, 0, 0x88, 0xbe}, LinkType::kEthernet},
      {"erspan 2", ByteWriter({0x10, 0, 0x88, 0xbe}).Fill(4 + 8), LinkType::kEthernet},
      {"erspan 3", ByteWriter({0x10, 0, 0x22, 0xeb}).Fill(4 + 12), LinkType::kEthernet},
      {"erspan 3 with subheader", ByteWriter({0x10, 0, 0x22, 0xeb}).Fill(4 + 11).U8(1).Fill(8),
       LinkType::kEthernet},
      {"pptp", {0x30, 1, 0x88, 0x0b, 0, 5, 0, 7, 0, 0, 0, 1}, LinkType::kPpp},
      {"pptp with acknowledgement", ByteWriter({0x30, 0x81, 0x88, 0x0b, 0, 5}).Fill(10),
       LinkType::kPpp},
  };
}

TEST_CASE("gre: every form of the header leads to the packet behind it") {
  for (const GreRow& row : GreRows()) {
    CAPTURE(row.what);
    const ByteWriter in = ByteWriter(row.header).Append(kInner);
    Encapsulated out;
    CHECK(DecodeGre(in.span(), out) == DecodeStatus::kOk);
    CHECK(out.link == row.link);
    CHECK(out.bytes.bytes.data() == in.span().data() + row.header.size());
    CHECK(out.bytes.bytes.size() == kInner.size());
  }
}

TEST_CASE("gre: a header that ends early is truncated, or malformed when no byte is missing") {
  for (const GreRow& row : GreRows()) {
    CAPTURE(row.what);
    for (std::size_t size = 0; size < row.header.size(); ++size) {
      const auto part = row.header.span().first(size);
      Encapsulated out;
      CHECK(DecodeGre({part, 100}, out) == DecodeStatus::kTruncated);
      CHECK(DecodeGre(part, out) == DecodeStatus::kMalformed);
      CHECK(out.bytes.wire_size == 0);
    }
  }
}

TEST_CASE("gre: a payload without a decoder is unknown") {
  for (const ByteWriter& header :
       {ByteWriter{0x00, 0, 0x88, 0x47}, ByteWriter{0x40, 0, 0x08, 0}, ByteWriter{0x08, 0, 0x08, 0},
        ByteWriter{0x00, 2, 0x08, 0}, ByteWriter{0x10, 1, 0x88, 0x0b},
        ByteWriter{0x30, 1, 0x08, 0x00}}) {
    const ByteWriter in = ByteWriter(header).Fill(20);
    Encapsulated out;
    CHECK(DecodeGre(in.span(), out) == DecodeStatus::kUnknown);
    CHECK(out.bytes.wire_size == 0);
  }
}

TEST_CASE("gre: a header alone is sound and carries nothing") {
  for (const ByteWriter& in :
       {ByteWriter{0, 0, 0x08, 0}, ByteWriter{0x20, 0x81, 0x88, 0x0b, 0, 0, 0, 7, 0, 0, 0, 1}}) {
    Encapsulated out;
    CHECK(DecodeGre(in.span(), out) == DecodeStatus::kOk);
    CHECK(out.bytes.wire_size == 0);
  }
}

TEST_CASE("gre: the length in a PPTP header bounds its payload") {
  const ByteWriter in = ByteWriter({0x30, 1, 0x88, 0x0b, 0, 3, 0, 7, 0, 0, 0, 1}).Append(kInner);
  Encapsulated out;
  CHECK(DecodeGre(in.span(), out) == DecodeStatus::kOk);
  CHECK(out.bytes.wire_size == 3);
}

struct UdpRow {
  std::string_view what;
  unsigned src_port;
  unsigned dst_port;
  ByteWriter header;
  ByteWriter inner;
  LinkType link;
};

std::vector<UdpRow> UdpRows() {
  const ByteWriter ipv6 = Ipv6(59, {});
  return {
      {"vxlan", 9, 4789, {8, 0, 0, 0, 0, 0, 5, 0}, kInner, LinkType::kEthernet},
      {"vxlan with a policy", 9, 4789, {0x88, 0, 0, 9, 0, 0, 5, 0}, kInner, LinkType::kEthernet},
      {"vxlan of old Linux", 9, 8472, {8, 0, 0, 0, 0, 0, 5, 0}, kInner, LinkType::kEthernet},
      {"vxlan gpe", 9, 4790, {0x0c, 0, 0, 1, 0, 0, 5, 0}, kInner, LinkType::kIpv4},
      {"vxlan gpe ipv6", 9, 4790, {0x0c, 0, 0, 2, 0, 0, 5, 0}, kInner, LinkType::kIpv6},
      {"vxlan gpe ethernet", 9, 4790, {0x0c, 0, 0, 3, 0, 0, 5, 0}, kInner, LinkType::kEthernet},
      {"geneve", 9, 6081, {0, 0, 0x65, 0x58, 0, 0, 5, 0}, kInner, LinkType::kEthernet},
      {"geneve with options", 9, 6081, ByteWriter({2, 0x40, 0x08, 0}).Fill(12), kInner,
       LinkType::kIpv4},
      {"l2tp", 1701, 1701, {0, 2, 0, 1, 0, 2}, kInner, LinkType::kPpp},
      {"l2tp reply", 1701, 5000, {0x40, 2, 0, 13, 0, 1, 0, 2}, kInner, LinkType::kPpp},
      {"l2tp with all fields", 9, 1701,
       ByteWriter({0x4b, 2, 0, 21, 0, 1, 0, 2, 0, 0, 0, 0, 0, 2, 0, 0}), kInner, LinkType::kPpp},
      {"gtp", 9, 2152, {0x30, 255, 0, 40, 0, 0, 0, 1}, ipv6, LinkType::kRawIp},
      {"gtp with a sequence number",
       9,
       2152,
       {0x32, 255, 0, 44, 0, 0, 0, 1, 0, 5, 0, 0},
       ipv6,
       LinkType::kRawIp},
      {"gtp with extensions",
       9,
       2152,
       {0x34, 255, 0, 56, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 9, 0xc0, 2, 0, 0, 0, 0, 0, 0, 0},
       ipv6,
       LinkType::kRawIp},
      {"teredo", 9, 3544, {}, ipv6, LinkType::kIpv6},
      {"teredo reply with origin", 3544, 9, ByteWriter().Fill(8), ipv6, LinkType::kIpv6},
      {"teredo with authentication", 9, 3544, ByteWriter({0, 1, 2, 3}).Fill(5 + 9), ipv6,
       LinkType::kIpv6},
      {"teredo with both", 9, 3544, ByteWriter({0, 1, 0, 0}).Fill(9 + 8), ipv6, LinkType::kIpv6},
  };
}

bool Decode(const UdpRow& row, CapturedBytes in, Encapsulated& out) {
  const auto src_port = static_cast<std::uint16_t>(row.src_port);
  const auto dst_port = static_cast<std::uint16_t>(row.dst_port);
  return DecodeUdpTunnel(src_port, dst_port, in, out);
}

TEST_CASE("udp tunnel: every form of the header leads to the packet behind it") {
  for (const UdpRow& row : UdpRows()) {
    CAPTURE(row.what);
    CHECK(IsUdpTunnelPort(static_cast<std::uint16_t>(row.src_port),
                          static_cast<std::uint16_t>(row.dst_port)));
    const ByteWriter in = ByteWriter(row.header).Append(row.inner);
    Encapsulated out;
    CHECK(Decode(row, in.span(), out));
    CHECK(out.link == row.link);
    CHECK(out.bytes.bytes.data() == in.span().data() + row.header.size());
    CHECK(out.bytes.bytes.size() == row.inner.size());
  }
}

TEST_CASE("udp tunnel: a datagram with an incomplete tunnel header is plain UDP") {
  for (const UdpRow& row : UdpRows()) {
    CAPTURE(row.what);
    for (std::size_t size = 0; size <= row.header.size(); ++size) {
      Encapsulated out;
      CHECK_FALSE(Decode(row, row.header.span().first(size), out));
    }
  }
}

TEST_CASE("udp tunnel: a datagram that no tunnel would send is plain UDP") {
  const ByteWriter dns = ByteWriter({0xab, 0xcd, 1, 0, 0, 1}).Fill(20);
  for (const UdpRow& row :
       {UdpRow{"vxlan without network", 9, 4789, {0, 0, 0, 0, 0, 0, 5, 0}, kInner, {}},
        UdpRow{"vxlan gpe of something else", 9, 4790, {0x0c, 0, 0, 4, 0, 0, 5, 0}, kInner, {}},
        UdpRow{"geneve of another version", 9, 6081, {0x40, 0, 0x65, 0x58, 0, 0, 5, 0}, kInner, {}},
        UdpRow{"geneve of something else", 9, 6081, {0, 0, 0x88, 0x47, 0, 0, 5, 0}, kInner, {}},
        UdpRow{"l2tp control", 1701, 1701, {0xc8, 2, 0, 17, 0, 1, 0, 2, 0, 0, 0, 0}, kInner, {}},
        UdpRow{"l2tp version 3", 1701, 1701, {0, 3, 0, 1, 0, 2}, kInner, {}},
        UdpRow{"l2tp longer than it is", 1701, 1701, {0x40, 2, 0, 14, 0, 1, 0, 2}, kInner, {}},
        UdpRow{"l2tp shorter than its header", 1701, 1701, {0x40, 2, 0, 8, 0, 1, 0, 2}, kInner, {}},
        UdpRow{"teredo of ipv4", 9, 3544, {}, Ipv4(6, {}), {}},
        UdpRow{"teredo with a packet that is too long",
               9,
               3544,
               {},
               Ipv6(59, {}).PatchBe16(kIpv6LengthOffset, 1),
               {}},
        UdpRow{"gtp echo", 9, 2152, {0x32, 1, 0, 4, 0, 0, 0, 0, 0, 5, 0, 0}, kInner, {}},
        UdpRow{"gtp charging", 9, 2152, {0x20, 255, 0, 5, 0, 0, 0, 1}, {0x45, 0, 0, 0, 0}, {}},
        UdpRow{"gtp without IP", 9, 2152, {0x30, 255, 0, 5, 0, 0, 0, 1}, kInner, {}},
        UdpRow{"gtp longer than it is",
               9,
               2152,
               {0x30, 255, 0, 6, 0, 0, 0, 1},
               {0x45, 0, 0, 0, 0},
               {}},
        UdpRow{"gtp extension without length",
               9,
               2152,
               {0x34, 255, 0, 17, 0, 0, 0, 1, 0, 0, 0, 0x85, 0, 0, 9, 0},
               {0x45, 0, 0, 0, 0},
               {}},
        UdpRow{"dns to a tunnel's port", 53, 3544, {}, dns, {}},
        UdpRow{"vxlan's port as a source", 4789, 9, {8, 0, 0, 0, 0, 0, 5, 0}, kInner, {}}}) {
    CAPTURE(row.what);
    const ByteWriter in = ByteWriter(row.header).Append(row.inner);
    Encapsulated out;
    CHECK_FALSE(Decode(row, in.span(), out));
  }
}

TEST_CASE("udp tunnel: GTP extension headers are followed up to the limit, and not beyond") {
  for (const int extra : {0, 1}) {
    const int count = kMaxGtpExtensionHeaders + extra;
    ByteWriter in = ByteWriter({0x34, 255}).Be16(static_cast<unsigned>(4 + 4 * count + 5));
    in.Fill(4).Append({0, 0, 0, 0x85});
    for (int i = 1; i <= count; ++i) {
      in.Append({1, 0, 0, i == count ? 0 : 0x85});
    }
    in.Append({0x45, 0, 0, 0, 0});
    Encapsulated out;
    CHECK(DecodeUdpTunnel(9, 2152, in.span(), out) == (extra == 0));
  }
}

TEST_CASE("udp tunnel: datagrams on other ports are plain UDP") {
  CHECK_FALSE(IsUdpTunnelPort(40000, 53));
  CHECK_FALSE(IsUdpTunnelPort(4789, 53));
  CHECK_FALSE(IsUdpTunnelPort(0, 0));
}

}  // namespace tunnel_decoder_test
}  // namespace wirehound::test
