// SPDX-License-Identifier: Apache-2.0

// The link layer: which network header it finds, and frames too short to have one.

#include "decoders/link_decoder.h"

#include <doctest/doctest.h>

#include "tests/decoders/packet_builder.h"

namespace wirehound::test {
namespace {

TEST_CASE("link: EtherTypes of IP are found, others are unknown") {
  struct Row {
    unsigned ether_type;
    DecodeStatus status;
    NetworkProtocol protocol;
  };
  for (const Row& row : {Row{0x0800, DecodeStatus::kOk, NetworkProtocol::kIpv4},
                         Row{0x86dd, DecodeStatus::kOk, NetworkProtocol::kIpv6},
                         Row{0x0806, DecodeStatus::kUnknown, NetworkProtocol::kNone},
                         Row{0x8100, DecodeStatus::kUnknown, NetworkProtocol::kNone},
                         Row{0x0026, DecodeStatus::kUnknown, NetworkProtocol::kNone}}) {
    const ByteWriter frame = Ethernet(row.ether_type).Fill(3, 0x45);
    LinkPayload out;
    CHECK(DecodeLink(LinkType::kEthernet, frame.span(), out) == row.status);
    CHECK(out.protocol == row.protocol);
    CHECK(out.bytes.bytes.data() == frame.span().data() + kEthernetHeaderBytes);
    CHECK(out.bytes.bytes.size() == 3);
  }
}

TEST_CASE("link: raw IP goes by the version") {
  for (const auto& [first_byte, protocol] :
       {std::pair{0x45, NetworkProtocol::kIpv4}, std::pair{0x60, NetworkProtocol::kIpv6}}) {
    const ByteWriter packet = {first_byte, 0};
    LinkPayload out;
    CHECK(DecodeLink(LinkType::kRawIp, packet.span(), out) == DecodeStatus::kOk);
    CHECK(out.protocol == protocol);
    CHECK(out.bytes.bytes.size() == 2);
  }
  const ByteWriter neither = {0x55, 0};
  LinkPayload out;
  CHECK(DecodeLink(LinkType::kRawIp, neither.span(), out) == DecodeStatus::kUnknown);
}

TEST_CASE("link: a frame that ends inside its header is cut by the capture, or lies") {
  const ByteWriter frame = Ethernet(0x0800);
  for (std::size_t size = 0; size < kEthernetHeaderBytes; ++size) {
    const auto part = frame.span().first(size);
    LinkPayload out;
    CHECK(DecodeLink(LinkType::kEthernet, {part, 60}, out) == DecodeStatus::kTruncated);
    CHECK(DecodeLink(LinkType::kEthernet, part, out) == DecodeStatus::kMalformed);
    CHECK(out.bytes.bytes.empty());
  }
  LinkPayload out;
  CHECK(DecodeLink(LinkType::kRawIp, {{}, 40}, out) == DecodeStatus::kTruncated);
  CHECK(DecodeLink(LinkType::kRawIp, CapturedBytes(), out) == DecodeStatus::kMalformed);
}

TEST_CASE("link: an unsupported link layer is not guessed") {
  const ByteWriter packet = Ipv4(6, {});
  LinkPayload out;
  CHECK(DecodeLink(static_cast<LinkType>(228), packet.span(), out) == DecodeStatus::kUnknown);
}

}  // namespace
}  // namespace wirehound::test
