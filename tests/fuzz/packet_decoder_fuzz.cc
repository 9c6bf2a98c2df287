// SPDX-License-Identifier: Apache-2.0

// Fuzz target for frames. Beyond not crashing: what is found is inside the frame, presence,
// statuses and anomalies agree, packets inside packets get smaller, and a fragment's own part
// decodes as a reassembled datagram without harm.
// Input: one byte that chooses the link layer and how much more was on the wire, then the frame.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

#include "decoders/core/address_text.h"
#include "decoders/packet/packet_decoder.h"
#include "tests/fuzz/captured_input.h"

namespace wirehound {
namespace {

// The last one stands for all that are not decoded. Other link layers: link_decoder_fuzz.cc.
constexpr LinkType kLinks[] = {LinkType::kRawIp, LinkType::kEthernet,
                               static_cast<LinkType>(0xffff)};

void CheckLayers(const Packet& packet, DecodeStatus status) {
  WIREHOUND_FUZZ_CHECK(packet.result_count >= 1 && packet.result_count <= kMaxPacketLayers);
  const auto count = [&packet](DecodeStatus wanted) {
    return std::ranges::count(packet.layers(), wanted, &LayerResult::status);
  };
  const bool all_ok = count(DecodeStatus::kOk) == static_cast<long>(packet.result_count);
  WIREHOUND_FUZZ_CHECK(all_ok == (status == DecodeStatus::kOk));
  WIREHOUND_FUZZ_CHECK(count(DecodeStatus::kMalformed) ==
                       static_cast<long>(packet.anomalies().size()));
}

void CheckHeaders(const Packet& packet) {
  const bool has_network = packet.has_ipv4() || packet.has_ipv6();
  const int transports =
      packet.has_tcp() + packet.has_udp() + packet.has_icmp() + packet.has_icmpv6();
  WIREHOUND_FUZZ_CHECK(!(packet.has_ipv4() && packet.has_ipv6()));
  WIREHOUND_FUZZ_CHECK(transports <= 1);
  WIREHOUND_FUZZ_CHECK(has_network == (packet.family() != WIREHOUND_FAMILY_NONE));
  WIREHOUND_FUZZ_CHECK(has_network || transports == 0);
  WIREHOUND_FUZZ_CHECK(packet.fragment != Fragment::kLater || transports == 0);
  WIREHOUND_FUZZ_CHECK(packet.has_tcp() || packet.has_udp() ||
                       (packet.metadata.src_port == 0 && packet.metadata.dst_port == 0));
  char buffer[kAddressTextBytes];
  WIREHOUND_FUZZ_CHECK(FormatAddress(packet.metadata.src_ip, buffer).empty() == !has_network);
}

void CheckFragment(const Packet& packet, CapturedBytes frame) {
  const FragmentInfo& info = packet.fragment_info;
  if (!info.is_fragment) {
    WIREHOUND_FUZZ_CHECK(packet.fragment == Fragment::kNone);
    return;
  }
  CheckInside(info.bytes, frame);
  WIREHOUND_FUZZ_CHECK((info.offset_bytes != 0) == (packet.fragment == Fragment::kLater));
  WIREHOUND_FUZZ_CHECK(info.offset_bytes != 0 || info.more);
  WIREHOUND_FUZZ_CHECK(!packet.encapsulated.has_value());
}

void CheckPacket(const Packet& packet, DecodeStatus status, CapturedBytes frame) {
  CheckInside(packet.payload, frame);
  CheckLayers(packet, status);
  CheckHeaders(packet);
  CheckFragment(packet, frame);
  if (packet.encapsulated) {
    CheckInside(packet.encapsulated->bytes, packet.payload);
    WIREHOUND_FUZZ_CHECK(packet.encapsulated->bytes.bytes.size() < frame.bytes.size());
  }
}

void DecodeNested(LinkType link, CapturedBytes frame) {
  Packet packet;
  for (int depth = 0; depth < kMaxTunnelDepth; ++depth) {
    const DecodeStatus status = DecodePacket(link, frame.bytes, frame.wire_size, packet);
    WIREHOUND_FUZZ_CHECK(packet.layers()[0].layer == PacketLayer::kLink);
    CheckPacket(packet, status, frame);
    if (packet.fragment_info.is_fragment) {
      const FragmentInfo info = packet.fragment_info;
      CheckPacket(packet, DecodeTransportPayload(info.protocol, info.bytes, packet), frame);
    }
    if (!packet.encapsulated) {
      return;
    }
    link = packet.encapsulated->link;
    frame = packet.encapsulated->bytes;
  }
}

}  // namespace
}  // namespace wirehound

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const wirehound::LinkType link = wirehound::kLinks[data[0] % std::size(wirehound::kLinks)];
  const std::size_t missing = std::size_t{data[0]} / std::size(wirehound::kLinks) * 20;
  const auto frame = std::as_bytes(std::span(data, size).subspan(1));
  wirehound::DecodeNested(link, {frame, frame.size() + missing});
  return 0;
}
