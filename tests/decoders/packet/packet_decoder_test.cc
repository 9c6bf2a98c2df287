// SPDX-License-Identifier: Apache-2.0

// DecodePacket: the layers together, the metadata they fill, and which decoders ran.

#include "decoders/packet/packet_decoder.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/decoders/packet_builder.h"

namespace wirehound::test {
namespace packet_decoder_test {

const ByteWriter kPayload = {'d', 'a', 't', 'a'};

// "link:ok ipv4:ok udp:malformed"
std::string Layers(const Packet& packet) {
  constexpr std::string_view kLayers[] = {"link", "ipv4",   "ipv6",   "tcp",  "udp",
                                          "icmp", "icmpv6", "tunnel", "other"};
  constexpr std::string_view kStatuses[] = {"ok", "truncated", "malformed", "unknown"};
  std::string text;
  for (const LayerResult& result : packet.layers()) {
    text += text.empty() ? "" : " ";
    text += kLayers[static_cast<std::size_t>(result.layer)];
    text += ":";
    text += kStatuses[static_cast<std::size_t>(result.status)];
  }
  return text;
}

DecodeStatus Decode(const ByteWriter& in, Packet& packet, LinkType link = LinkType::kRawIp) {
  return DecodePacket(link, in.span(), in.size(), packet);
}

TEST_CASE("packet: UDP over IPv4 over Ethernet with padding is decoded") {
  Packet packet;
  const ByteWriter frame = Ethernet(0x0800).Append(Ipv4(17, Udp(kPayload))).Fill(14);
  CHECK(Decode(frame, packet, LinkType::kEthernet) == DecodeStatus::kOk);
  CHECK(Layers(packet) == "link:ok ipv4:ok udp:ok");
  CHECK(packet.family() == WIREHOUND_FAMILY_IPV4);
  CHECK(packet.has_ipv4());
  CHECK_FALSE(packet.has_ipv6());
  CHECK(packet.has_udp());
  CHECK_FALSE(packet.has_tcp());
  CHECK(packet.payload.bytes.size() == 4);
  CHECK(packet.payload.bytes.data() == frame.span().data() + 14 + 20 + 8);
  CHECK(packet.payload.whole());
  const wirehound_packet_metadata& metadata = packet.metadata;
  CHECK(metadata.struct_size == 88);
  CHECK(metadata.packet_len == 32);
  CHECK(metadata.src_ip.bytes[3] == 1);
  CHECK(metadata.dst_ip.bytes[3] == 2);
  CHECK(metadata.src_port == 40000);
  CHECK(metadata.dst_port == 53);
  CHECK(metadata.protocol == 17);
  CHECK(metadata.direction == WIREHOUND_DIRECTION_UNKNOWN);
  CHECK(metadata.interface_index == 0);
  CHECK(std::string_view(metadata.iface.data, metadata.iface.size) == "any");
}

TEST_CASE("packet: TCP over IPv6 behind an extension header is decoded") {
  Packet packet;
  const ByteWriter in = Ipv6(60, ByteWriter({6, 0, 0, 0, 0, 0, 0, 0}).Append(Tcp(kPayload)));
  CHECK(Decode(in, packet) == DecodeStatus::kOk);
  CHECK(Layers(packet) == "link:ok ipv6:ok tcp:ok");
  CHECK(packet.family() == WIREHOUND_FAMILY_IPV6);
  CHECK(packet.ipv6.next_header == 60);
  CHECK(packet.metadata.protocol == 6);
  CHECK(packet.metadata.packet_len == 40 + 8 + 20 + 4);
  CHECK(packet.metadata.src_port == 40001);
  CHECK(packet.payload.bytes.size() == 4);
}

TEST_CASE("packet: a protocol without a decoder is reported by number, with its payload") {
  Packet packet;
  CHECK(Decode(Ipv4(132, kPayload), packet) == DecodeStatus::kUnknown);
  CHECK(Layers(packet) == "link:ok ipv4:ok other:unknown");
  CHECK(packet.metadata.protocol == 132);
  CHECK(packet.metadata.src_port == 0);
  CHECK(packet.payload.bytes.size() == 4);
  CHECK(Decode(Ipv6(89, kPayload), packet) == DecodeStatus::kUnknown);
  CHECK(packet.metadata.protocol == 89);
  CHECK(packet.anomalies().empty());
}

TEST_CASE("packet: ICMP and ICMPv6 are decoded") {
  Packet packet;
  const ByteWriter echo = ByteWriter({8, 0, 0x12, 0x34, 0, 7, 0, 9}).Append(kPayload);
  CHECK(Decode(Ipv4(1, echo), packet) == DecodeStatus::kOk);
  CHECK(Layers(packet) == "link:ok ipv4:ok icmp:ok");
  CHECK(packet.has_icmp());
  CHECK_FALSE(packet.has_icmpv6());
  CHECK(packet.icmp.id == 7);
  CHECK(packet.payload.bytes.size() == 4);
  CHECK(packet.metadata.dst_port == 0);
  CHECK(Decode(Ipv6(58, echo), packet) == DecodeStatus::kOk);
  CHECK(Layers(packet) == "link:ok ipv6:ok icmpv6:ok");
  CHECK(packet.has_icmpv6());
  CHECK_FALSE(packet.has_icmp());
  CHECK(packet.payload.bytes.size() == 8);
}

TEST_CASE("packet: ICMP in the wrong version of IP, or in a later fragment, is not decoded") {
  Packet packet;
  const ByteWriter echo = {8, 0, 0x12, 0x34, 0, 7, 0, 9};
  CHECK(Decode(Ipv6(1, echo), packet) == DecodeStatus::kUnknown);
  CHECK(Layers(packet) == "link:ok ipv6:ok other:unknown");
  CHECK(Decode(Ipv4(58, echo), packet) == DecodeStatus::kUnknown);
  CHECK_FALSE(packet.has_icmpv6());
  CHECK(Decode(Ipv4(1, echo).PatchBe16(kIpv4FragmentOffset, 5), packet) == DecodeStatus::kUnknown);
  CHECK_FALSE(packet.has_icmp());
}

TEST_CASE("packet: an inner packet is found, and not decoded by the same call") {
  struct Row {
    ByteWriter in;
    std::string_view layers;
  };
  const ByteWriter inner = Ipv4(6, Tcp(kPayload));
  const ByteWriter gre = ByteWriter({0, 0, 8, 0}).Append(inner);
  const ByteWriter geneve = ByteWriter({0, 0, 8, 0, 0, 0, 5, 0}).Append(inner);
  for (const Row& row :
       {Row{Ipv4(4, inner), "link:ok ipv4:ok tunnel:ok"},
        Row{Ipv6(4, inner), "link:ok ipv6:ok tunnel:ok"},
        Row{Ipv4(47, gre), "link:ok ipv4:ok tunnel:ok"},
        Row{Ipv4(17, Udp(geneve).PatchBe16(2, 6081)), "link:ok ipv4:ok udp:ok tunnel:ok"}}) {
    Packet packet;
    CHECK(Decode(row.in, packet) == DecodeStatus::kOk);
    CHECK(Layers(packet) == row.layers);
    CHECK_FALSE(packet.has_tcp());
    REQUIRE(packet.encapsulated.has_value());
    CHECK(packet.encapsulated->link == LinkType::kIpv4);
    const CapturedBytes bytes = packet.encapsulated->bytes;
    CHECK(bytes.whole());
    CHECK(packet.payload.bytes.size() >= bytes.bytes.size());
    CHECK(DecodePacket(LinkType::kIpv4, bytes.bytes, bytes.wire_size, packet) == DecodeStatus::kOk);
    CHECK(packet.has_tcp());
    CHECK_FALSE(packet.encapsulated.has_value());
  }
}

TEST_CASE("packet: the outer protocol number fixes the version of the inner packet") {
  Packet packet;
  CHECK(Decode(Ipv4(41, Ipv6(59, {})), packet) == DecodeStatus::kOk);
  REQUIRE(packet.encapsulated.has_value());
  CHECK(packet.encapsulated->link == LinkType::kIpv6);
}

TEST_CASE("packet: UDP on a tunnel's port with other content is plain UDP") {
  Packet packet;
  CHECK(Decode(Ipv4(17, Udp(kPayload).PatchBe16(2, 4789)), packet) == DecodeStatus::kOk);
  CHECK(Layers(packet) == "link:ok ipv4:ok udp:ok");
  CHECK_FALSE(packet.encapsulated.has_value());
}

TEST_CASE("packet: the tunnel in a fragment is not read before the datagram is complete") {
  const ByteWriter geneve = ByteWriter({0, 0, 8, 0, 0, 0, 5, 0}).Append(Ipv4(6, Tcp(kPayload)));
  for (const ByteWriter& in : {Ipv4(4, Ipv4(6, Tcp(kPayload))), Ipv4(47, geneve),
                               Ipv4(17, Udp(geneve).PatchBe16(2, 6081))}) {
    Packet packet;
    Decode(ByteWriter(in).PatchBe16(kIpv4FragmentOffset, 0x2000), packet);
    CHECK(packet.fragment == Fragment::kFirst);
    CHECK_FALSE(packet.encapsulated.has_value());
  }
}

TEST_CASE("packet: a first fragment has its transport header and an unfinished payload") {
  Packet packet;
  const ByteWriter datagram = Udp(ByteWriter().Fill(100));
  const ByteWriter in = Ipv4(17, ByteWriter().Append(datagram.span().first(24)))
                            .PatchBe16(kIpv4FragmentOffset, 0x2000);
  CHECK(Decode(in, packet) == DecodeStatus::kOk);
  CHECK(packet.fragment == Fragment::kFirst);
  CHECK(packet.has_udp());
  CHECK(packet.payload.bytes.size() == 16);
  CHECK(packet.payload.wire_size == 100);
}

TEST_CASE("packet: a later fragment has no transport header") {
  Packet packet;
  const ByteWriter in = Ipv4(17, Udp(kPayload)).PatchBe16(kIpv4FragmentOffset, 5);
  CHECK(Decode(in, packet) == DecodeStatus::kUnknown);
  CHECK(Layers(packet) == "link:ok ipv4:ok other:unknown");
  CHECK(packet.fragment == Fragment::kLater);
  CHECK_FALSE(packet.has_udp());
  CHECK(packet.metadata.protocol == 17);
  CHECK(packet.metadata.dst_port == 0);
  CHECK(packet.payload.bytes.size() == 12);
}

TEST_CASE("packet: the first failure is returned, and deeper layers are still decoded") {
  Packet packet;
  const ByteWriter in = Ipv4(17, Udp(kPayload)).PatchBe16(kIpv4LengthOffset, 500);
  CHECK(Decode(in, packet) == DecodeStatus::kMalformed);
  CHECK(Layers(packet) == "link:ok ipv4:malformed udp:ok");
  CHECK(packet.payload.bytes.size() == 4);
}

TEST_CASE("packet: a layer that cannot find the next layer is the last one") {
  Packet packet;
  CHECK(Decode(Ethernet(0x0806).Fill(28), packet, LinkType::kEthernet) == DecodeStatus::kUnknown);
  CHECK(Layers(packet) == "link:unknown");
  CHECK(Decode(Ipv4(17, kPayload).PatchBe16(kIpv4LengthOffset, 3), packet) ==
        DecodeStatus::kMalformed);
  CHECK(Layers(packet) == "link:ok ipv4:malformed");
  CHECK(packet.has_ipv4());
  CHECK(packet.family() == WIREHOUND_FAMILY_IPV4);
}

TEST_CASE("packet: a packet with a malformed UDP header keeps addresses and ports") {
  Packet packet;
  CHECK(Decode(Ipv4(17, Udp(kPayload).PatchBe16(kUdpLengthOffset, 2)), packet) ==
        DecodeStatus::kMalformed);
  CHECK(Layers(packet) == "link:ok ipv4:ok udp:malformed");
  CHECK(packet.has_udp());
  CHECK(packet.metadata.dst_port == 53);
}

TEST_CASE("packet: every malformed layer is an anomaly, a layer that the capture cut is none") {
  struct Row {
    ByteWriter in;
    std::vector<AnomalyKind> kinds;
  };
  const ByteWriter bad_option = {2, 0, 0, 0};
  for (const Row& row :
       {Row{Ipv4(17, Udp(kPayload)), {}}, Row{ByteWriter(), {AnomalyKind::kLinkMalformed}},
        Row{Ipv4(17, Udp(kPayload)).PatchBe16(kIpv4LengthOffset, 500),
            {AnomalyKind::kIpv4Malformed}},
        Row{Ipv4(17, Udp(kPayload).PatchBe16(kUdpLengthOffset, 99))
                .PatchBe16(kIpv4LengthOffset, 99),
            {AnomalyKind::kIpv4Malformed, AnomalyKind::kUdpMalformed}},
        Row{Ipv6(60, {}), {AnomalyKind::kIpv6Malformed}},
        Row{Ipv4(6, Tcp(kPayload, bad_option)), {AnomalyKind::kTcpMalformed}},
        Row{Ipv4(1, {8, 0}), {AnomalyKind::kIcmpMalformed}},
        Row{Ipv6(58, {128, 0}), {AnomalyKind::kIcmpv6Malformed}},
        Row{Ipv4(47, {0xb0, 0, 8, 0}), {AnomalyKind::kTunnelMalformed}}}) {
    Packet packet;
    Decode(row.in, packet);
    CAPTURE(Layers(packet));
    REQUIRE(packet.anomalies().size() == row.kinds.size());
    for (std::size_t i = 0; i < row.kinds.size(); ++i) {
      CHECK(packet.anomalies()[i].kind == row.kinds[i]);
    }
  }
  Packet packet;
  const ByteWriter cut = Ipv4(6, Tcp({}));
  CHECK(DecodePacket(LinkType::kRawIp, cut.span().first(30), 40, packet) ==
        DecodeStatus::kTruncated);
  CHECK(packet.anomalies().empty());
}

TEST_CASE("packet: malformed TCP options leave the payload usable") {
  Packet packet;
  CHECK(Decode(Ipv4(6, Tcp(kPayload, {2, 0, 0, 0})), packet) == DecodeStatus::kMalformed);
  CHECK(packet.has_tcp());
  CHECK(packet.metadata.dst_port == 80);
  CHECK(packet.payload.bytes.size() == 4);
}

TEST_CASE("packet: a fragment has what reassembly needs") {
  Packet packet;
  Decode(Ipv4(17, ByteWriter().Fill(24)).PatchBe16(kIpv4FragmentOffset, 0x2003), packet);
  const FragmentInfo info = packet.fragment_info;
  CHECK(info.is_fragment);
  CHECK(info.more);
  CHECK(info.offset_bytes == 24);
  CHECK(info.id == 0xbeef);
  CHECK(info.protocol == 17);
  CHECK(info.bytes.bytes.size() == 24);
  CHECK(info.bytes.whole());
  Decode(Ipv4(17, Udp(kPayload)), packet);
  CHECK_FALSE(packet.fragment_info.is_fragment);
}

TEST_CASE("packet: a datagram put together from fragments is decoded into one of them") {
  Packet packet;
  SUBCASE("IPv4 UDP") {
    Decode(Ipv4(17, ByteWriter().Fill(8)).PatchBe16(kIpv4FragmentOffset, 3), packet);
    const ByteWriter datagram = Udp(kPayload);
    CHECK(DecodeTransportPayload(17, datagram.span(), packet) == DecodeStatus::kOk);
    CHECK(Layers(packet) == "udp:ok");
    CHECK(packet.has_udp());
    CHECK(packet.has_ipv4());
    CHECK(packet.metadata.dst_port == 53);
    CHECK(packet.metadata.src_ip.bytes[3] == 1);
    CHECK(packet.metadata.packet_len == 28);
    CHECK(packet.payload.bytes.size() == 4);
  }
  SUBCASE("IPv6 TCP behind destination options") {
    const ByteWriter fragment = ByteWriter({60, 0, 0, 8, 0, 0, 0, 1}).Append(kPayload);
    Decode(Ipv6(44, fragment), packet);
    CHECK(packet.metadata.protocol == 60);
    const ByteWriter datagram = ByteWriter({6, 0, 0, 0, 0, 0, 0, 0}).Append(Tcp(kPayload));
    CHECK(DecodeTransportPayload(60, datagram.span(), packet) == DecodeStatus::kOk);
    CHECK(Layers(packet) == "tcp:ok");
    CHECK(packet.metadata.protocol == 6);
    CHECK(packet.metadata.src_port == 40001);
  }
  SUBCASE("a tunnel") {
    Decode(Ipv4(4, ByteWriter().Fill(8)).PatchBe16(kIpv4FragmentOffset, 3), packet);
    const ByteWriter datagram = Ipv4(17, Udp(kPayload));
    CHECK(DecodeTransportPayload(4, datagram.span(), packet) == DecodeStatus::kOk);
    CHECK(packet.encapsulated.has_value());
  }
  SUBCASE("the header of the fragment itself is gone") {
    const ByteWriter first = Ipv4(17, Udp(kPayload)).PatchBe16(kIpv4FragmentOffset, 0x2000);
    Decode(first, packet);
    CHECK(packet.has_udp());
    const ByteWriter datagram = {1, 2};
    CHECK(DecodeTransportPayload(17, datagram.span(), packet) == DecodeStatus::kMalformed);
    CHECK_FALSE(packet.has_udp());
    CHECK(packet.metadata.dst_port == 0);
    CHECK(packet.anomalies().size() == 1);
  }
  CHECK(packet.fragment == Fragment::kNone);
  CHECK_FALSE(packet.fragment_info.is_fragment);
}

TEST_CASE("packet: a header that may not be inside a reassembled IPv6 datagram is malformed") {
  for (const auto& [protocol, header] :
       {std::pair{0, ByteWriter{6, 0, 0, 0, 0, 0, 0, 0}},
        std::pair{44, ByteWriter{17, 0, 0, 9, 0, 0, 0, 1}}, std::pair{60, ByteWriter{17, 200}}}) {
    Packet packet;
    Decode(Ipv6(44, {17, 0, 0, 8, 0, 0, 0, 1}), packet);
    const ByteWriter datagram = ByteWriter(header).Append(Udp(kPayload));
    CHECK(DecodeTransportPayload(static_cast<std::uint8_t>(protocol), datagram.span(), packet) ==
          DecodeStatus::kMalformed);
    CHECK(Layers(packet) == "ipv6:malformed");
    CHECK_FALSE(packet.has_udp());
  }
}

TEST_CASE("packet: the result of one frame does not leak into the next") {
  Packet packet;
  CHECK(Decode(Ipv4(6, Tcp(kPayload)), packet) == DecodeStatus::kOk);
  CHECK(Decode({}, packet) == DecodeStatus::kMalformed);
  CHECK(Layers(packet) == "link:malformed");
  CHECK(packet.family() == WIREHOUND_FAMILY_NONE);
  CHECK_FALSE(packet.has_ipv4());
  CHECK_FALSE(packet.has_tcp());
  CHECK(packet.payload.bytes.empty());
  CHECK(packet.metadata.packet_len == 0);
  CHECK(packet.metadata.src_port == 0);
}

TEST_CASE("packet: in a packet cut at any byte no layer claims more than was captured") {
  for (const ByteWriter& frame :
       {Ethernet(0x0800).Append(Ipv4(17, Udp(kPayload), ByteWriter().Fill(8, 1))),
        Ethernet(0x86dd).Append(Ipv6(6, Tcp(kPayload, ByteWriter().Fill(12, 1))))}) {
    for (std::size_t size = 0; size < frame.size(); ++size) {
      const auto part = frame.span().first(size);
      Packet packet;
      const DecodeStatus cut = DecodePacket(LinkType::kEthernet, part, frame.size(), packet);
      CHECK((cut == DecodeStatus::kTruncated || cut == DecodeStatus::kOk));
      CHECK((cut != DecodeStatus::kOk || !packet.payload.whole()));
      CHECK(DecodePacket(LinkType::kEthernet, part, size, packet) == DecodeStatus::kMalformed);
    }
  }
}

}  // namespace packet_decoder_test
}  // namespace wirehound::test
