// SPDX-License-Identifier: Apache-2.0

// The link layer: the network header that each link type leads to, and frames too short for one.

#include "decoders/link/link_decoder.h"

#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/decoders/packet_builder.h"

namespace wirehound::test {
namespace link_decoder_test {

// Stands for the packet: the link layer reads no more of an IP header than its version.
const ByteWriter kIpv4Packet = {0x45, 1, 2, 3};
const ByteWriter kIpv6Packet = {0x60, 1, 2, 3};

struct Row {
  std::string_view what;
  LinkType link;
  ByteWriter header;
  ByteWriter packet;
  NetworkProtocol protocol;
};

const ByteWriter kWord = ByteWriter().Be32(0);

// Headers of frames that carry `packet`, one or more for each link type.
std::vector<Row> Rows() {
  constexpr auto kV4 = NetworkProtocol::kIpv4;
  constexpr auto kV6 = NetworkProtocol::kIpv6;
  const ByteWriter snap = {0xaa, 0xaa, 3, 0, 0, 0, 0x08, 0x00};
  return {
      {"ethernet ipv4", LinkType::kEthernet, Ethernet(0x0800), kIpv4Packet, kV4},
      {"ethernet ipv6", LinkType::kEthernet, Ethernet(0x86dd), kIpv6Packet, kV6},
      {"ethernet vlan", LinkType::kEthernet, Ethernet(0x8100).Be32(0x00050800), kIpv4Packet, kV4},
      {"null little", LinkType::kNull, {2, 0, 0, 0}, kIpv4Packet, kV4},
      {"null big", LinkType::kNull, {0, 0, 0, 2}, kIpv4Packet, kV4},
      {"null 24", LinkType::kNull, {24, 0, 0, 0}, kIpv6Packet, kV6},
      {"null 28", LinkType::kNull, {28, 0, 0, 0}, kIpv6Packet, kV6},
      {"null 30", LinkType::kNull, {0, 0, 0, 30}, kIpv6Packet, kV6},
      {"null 10", LinkType::kNull, {10, 0, 0, 0}, kIpv6Packet, kV6},
      {"loop", LinkType::kLoop, {0, 0, 0, 24}, kIpv6Packet, kV6},
      {"raw", LinkType::kRawIp, {}, kIpv4Packet, kV4},
      {"raw 12", LinkType::kRawIpBsd, {}, kIpv6Packet, kV6},
      {"raw 14", LinkType::kRawIpOpenBsd, {}, kIpv6Packet, kV6},
      {"ipv4", LinkType::kIpv4, {}, kIpv4Packet, kV4},
      {"ipv6", LinkType::kIpv6, {}, kIpv6Packet, kV6},
      {"ppp", LinkType::kPpp, {0x00, 0x21}, kIpv4Packet, kV4},
      {"ppp one byte", LinkType::kPpp, {0x57}, kIpv6Packet, kV6},
      {"ppp hdlc", LinkType::kPppHdlc, {0xff, 0x03, 0x00, 0x57}, kIpv6Packet, kV6},
      {"ppp hdlc cisco", LinkType::kPppHdlc, {0x0f, 0, 0x08, 0x00}, kIpv4Packet, kV4},
      {"ppp mpls", LinkType::kPpp, {0x02, 0x81, 0, 0, 1, 64}, kIpv4Packet, kV4},
      {"pppoe", LinkType::kPppEther, {0x11, 0, 0, 7, 0, 6, 0, 0x21}, kIpv4Packet, kV4},
      {"chdlc", LinkType::kCiscoHdlc, {0x8f, 0, 0x86, 0xdd}, kIpv6Packet, kV6},
      {"sll", LinkType::kLinuxSll, ByteWriter().Fill(14).Be16(0x0800), kIpv4Packet, kV4},
      {"sll vlan", LinkType::kLinuxSll, ByteWriter().Fill(14).Be16(0x8100).Be32(0x86dd),
       kIpv6Packet, kV6},
      {"sll llc", LinkType::kLinuxSll, ByteWriter().Fill(14).Be16(4).Append(snap), kIpv4Packet,
       kV4},
      {"sll2", LinkType::kLinuxSll2, ByteWriter().Be16(0x86dd).Fill(18), kIpv6Packet, kV6},
      {"fddi", LinkType::kFddi, ByteWriter().Fill(13, 0x50).Append(snap), kIpv4Packet, kV4},
      {"arcnet 1051", LinkType::kArcnetLinux, {1, 2, 0xab, 8, 0xf0}, kIpv4Packet, kV4},
      {"arcnet 1201", LinkType::kArcnetLinux, {1, 2, 0xab, 8, 0xd4, 0, 0, 9}, kIpv4Packet, kV4},
      {"arcnet ipv6", LinkType::kArcnetLinux, {1, 2, 0xab, 8, 0xc4, 0, 0, 9}, kIpv6Packet, kV6},
      {"nflog",
       LinkType::kNflog,
       {2, 0, 0, 5, 5, 0, 10, 0, 0, 0, 0, 0, 8, 0, 9, 0},
       kIpv4Packet,
       kV4},
      {"nflog ipv6", LinkType::kNflog, {10, 0, 0, 5, 8, 0, 9, 0}, kIpv6Packet, kV6},
      {"pktap", LinkType::kPktap,
       ByteWriter({20, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}).Fill(8).Append(Ethernet(0x0800)),
       kIpv4Packet, kV4},
      {"ppi", LinkType::kPpi,
       ByteWriter({0, 0, 12, 0, 0, 0, 0, 0}).Append(kWord).Append({30, 0, 0, 0}), kIpv6Packet, kV6},
      {"802.11", LinkType::kIeee80211, ByteWriter({8, 1}).Fill(22).Append(snap), kIpv4Packet, kV4},
      {"radiotap", LinkType::kIeee80211Radiotap,
       ByteWriter({0, 0, 8, 0, 0, 0, 0, 0, 8, 1}).Fill(22).Append(snap), kIpv4Packet, kV4},
  };
}

ByteWriter FrameOf(const Row& row) { return ByteWriter().Append(row.header).Append(row.packet); }

TEST_CASE("link: every link type leads to the packet it carries") {
  for (const Row& row : Rows()) {
    CAPTURE(row.what);
    CHECK(IsDecodedLinkType(row.link));
    const ByteWriter frame = FrameOf(row);
    LinkPayload out;
    CHECK(DecodeLink(row.link, frame.span(), out) == DecodeStatus::kOk);
    CHECK(out.protocol == row.protocol);
    CHECK(out.bytes.bytes.data() == frame.span().data() + row.header.size());
    CHECK(out.bytes.bytes.size() == row.packet.size());
    CHECK(out.bytes.whole());
  }
}

TEST_CASE("link: a frame that ends in its headers is truncated, or malformed when it was whole") {
  for (const Row& row : Rows()) {
    CAPTURE(row.what);
    const ByteWriter frame = FrameOf(row);
    for (std::size_t size = 0; size < row.header.size(); ++size) {
      CAPTURE(size);
      const auto part = frame.span().first(size);
      LinkPayload out;
      CHECK(DecodeLink(row.link, {part, frame.size()}, out) == DecodeStatus::kTruncated);
      CHECK(DecodeLink(row.link, part, out) != DecodeStatus::kOk);
    }
  }
}

TEST_CASE(
    "link: a packet that the capture cut knows how much is missing, behind every link header") {
  for (const Row& row : Rows()) {
    CAPTURE(row.what);
    const ByteWriter frame = FrameOf(row);
    LinkPayload out;
    CHECK(DecodeLink(row.link, {frame.span().first(frame.size() - 1), frame.size()}, out) ==
          DecodeStatus::kOk);
    CHECK(out.bytes.bytes.size() == 3);
    CHECK(out.bytes.wire_size == 4);
  }
}

TEST_CASE("link: raw IP of an unknown version is unknown, and an empty frame has no packet") {
  const ByteWriter neither = {0x55, 0};
  LinkPayload out;
  CHECK(DecodeLink(LinkType::kRawIp, neither.span(), out) == DecodeStatus::kUnknown);
  CHECK(DecodeLink(LinkType::kRawIp, {{}, 40}, out) == DecodeStatus::kTruncated);
  CHECK(DecodeLink(LinkType::kRawIp, CapturedBytes(), out) == DecodeStatus::kMalformed);
}

TEST_CASE("link: an unsupported link layer is not guessed") {
  const ByteWriter packet = Ipv4(6, {});
  LinkPayload out;
  for (const std::uint32_t link : {2u, 107u, 147u, 227u, 0xffffffffu}) {
    CHECK_FALSE(IsDecodedLinkType(static_cast<LinkType>(link)));
    CHECK(DecodeLink(static_cast<LinkType>(link), packet.span(), out) == DecodeStatus::kUnknown);
  }
}

TEST_CASE("link: frames that carry something else are unknown, not malformed") {
  struct Other {
    LinkType link;
    ByteWriter frame;
  };
  for (const Other& other :
       {Other{LinkType::kEthernet, Ethernet(0x0806).Fill(28)},
        Other{LinkType::kNull, ByteWriter({7, 0, 0, 0}).Fill(20)},
        Other{LinkType::kPpp, ByteWriter({0xff, 3, 0xc0, 0x21}).Fill(20)},
        Other{LinkType::kLinuxSll, ByteWriter().Fill(14).Be16(12).Fill(20)},
        Other{LinkType::kFddi, ByteWriter().Fill(13).Append({0x42, 0x42, 3})},
        Other{LinkType::kArcnetLinux, ByteWriter({1, 2, 0, 0, 0xd5, 0, 0, 9}).Fill(20)},
        Other{LinkType::kArcnetLinux, ByteWriter({1, 2, 0, 0, 0xd4, 1, 0, 9}).Fill(20, 0x45)},
        Other{LinkType::kNflog, {2, 0, 0, 5, 5, 0, 10, 0, 0, 0, 0, 0}},
        Other{LinkType::kNflog, {7, 0, 0, 5, 8, 0, 9, 0, 0x45, 0, 0, 0}},
        Other{LinkType::kPktap,
              ByteWriter({12, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0}).Fill(20, 0x45)}}) {
    LinkPayload out;
    CHECK(DecodeLink(other.link, other.frame.span(), out) == DecodeStatus::kUnknown);
  }
}

TEST_CASE("link: a header that names the link type behind it is not nested") {
  const ByteWriter ppi_in_ppi =
      ByteWriter({0, 0, 8, 0, 192, 0, 0, 0}).Append({0, 0, 8, 0, 101, 0, 0, 0}).Append(kIpv4Packet);
  LinkPayload out;
  CHECK(DecodeLink(LinkType::kPpi, ppi_in_ppi.span(), out) == DecodeStatus::kUnknown);
}

TEST_CASE("link: impossible lengths in capture headers are malformed") {
  LinkPayload out;
  const ByteWriter ppi = ByteWriter({0, 0, 7, 0, 101, 0, 0, 0}).Append(kIpv4Packet);
  CHECK(DecodeLink(LinkType::kPpi, ppi.span(), out) == DecodeStatus::kMalformed);
  const ByteWriter pktap =
      ByteWriter({255, 255, 255, 255, 1, 0, 0, 0, 101, 0, 0, 0}).Append(kIpv4Packet);
  CHECK(DecodeLink(LinkType::kPktap, pktap.span(), out) == DecodeStatus::kMalformed);
  for (const int length : {0, 3}) {
    const ByteWriter nflog = ByteWriter({2, 0, 0, 5}).U8(length).Append({0, 9, 0}).Fill(8, 0x45);
    CHECK(DecodeLink(LinkType::kNflog, nflog.span(), out) == DecodeStatus::kMalformed);
  }
}

TEST_CASE("link: the length of a netfilter attribute bounds the packet") {
  const ByteWriter frame = {2, 0, 0, 5, 6, 0, 9, 0, 0x45, 1, 2, 3};
  LinkPayload out;
  CHECK(DecodeLink(LinkType::kNflog, frame.span(), out) == DecodeStatus::kOk);
  CHECK(out.bytes.bytes.size() == 2);
}

}  // namespace link_decoder_test
}  // namespace wirehound::test
