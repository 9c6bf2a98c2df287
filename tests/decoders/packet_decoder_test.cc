// SPDX-License-Identifier: Apache-2.0

// DecodePacket: the layers together, what ends up in the metadata, and which decoders ran.

#include "decoders/packet_decoder.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/decoders/packet_builder.h"

namespace wirehound::test {
namespace {

const ByteWriter kPayload = {'d', 'a', 't', 'a'};

// "link:ok ipv4:ok udp:malformed"
std::string Layers(const Packet& packet) {
  constexpr std::string_view kLayers[] = {"link", "ipv4", "ipv6", "tcp", "udp", "other"};
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

TEST_CASE("packet: UDP over IPv4 over Ethernet, with padding") {
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

TEST_CASE("packet: TCP over IPv6 behind an extension header") {
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

TEST_CASE("packet: a protocol that is not decoded is carried by number, with its payload") {
  Packet packet;
  CHECK(Decode(Ipv4(1, kPayload), packet) == DecodeStatus::kUnknown);
  CHECK(Layers(packet) == "link:ok ipv4:ok other:unknown");
  CHECK(packet.metadata.protocol == 1);
  CHECK(packet.metadata.src_port == 0);
  CHECK(packet.payload.bytes.size() == 4);
  CHECK(Decode(Ipv6(58, kPayload), packet) == DecodeStatus::kUnknown);
  CHECK(packet.metadata.protocol == 58);
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

TEST_CASE("packet: the first failure is what is returned, deeper layers are still decoded") {
  Packet packet;
  const ByteWriter in = Ipv4(17, Udp(kPayload)).PatchBe16(kIpv4LengthOffset, 500);
  CHECK(Decode(in, packet) == DecodeStatus::kMalformed);
  CHECK(Layers(packet) == "link:ok ipv4:malformed udp:ok");
  CHECK(packet.payload.bytes.size() == 4);
}

TEST_CASE("packet: a layer that cannot find the next one is the last") {
  Packet packet;
  CHECK(Decode(Ethernet(0x0806).Fill(28), packet, LinkType::kEthernet) == DecodeStatus::kUnknown);
  CHECK(Layers(packet) == "link:unknown");
  CHECK(Decode(Ipv4(17, kPayload).PatchBe16(kIpv4LengthOffset, 3), packet) ==
        DecodeStatus::kMalformed);
  CHECK(Layers(packet) == "link:ok ipv4:malformed");
  CHECK(packet.has_ipv4());
  CHECK(packet.family() == WIREHOUND_FAMILY_IPV4);
}

TEST_CASE("packet: a UDP header that lies keeps addresses and ports") {
  Packet packet;
  CHECK(Decode(Ipv4(17, Udp(kPayload).PatchBe16(kUdpLengthOffset, 2)), packet) ==
        DecodeStatus::kMalformed);
  CHECK(Layers(packet) == "link:ok ipv4:ok udp:malformed");
  CHECK(packet.has_udp());
  CHECK(packet.metadata.dst_port == 53);
}

TEST_CASE("packet: nothing of one frame is left in the next") {
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

TEST_CASE("packet: cut at every byte, no layer claims more than was captured") {
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

}  // namespace
}  // namespace wirehound::test
