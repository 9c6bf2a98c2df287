// SPDX-License-Identifier: Apache-2.0

// Fuzz target for frames. Beyond not crashing: the payload is inside the frame and behind the
// headers, presence and statuses agree, and cutting a frame never makes more of it.
// Input: one byte that chooses the link layer and how much more was on the wire, then the frame.

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

#include "decoders/address_text.h"
#include "decoders/packet_decoder.h"
#include "tests/fuzz/fuzz_check.h"

namespace wirehound {
namespace {

// The last one stands for all that are not decoded.
constexpr LinkType kLinks[] = {LinkType::kRawIp, LinkType::kEthernet, static_cast<LinkType>(0)};

void CheckPayload(const Packet& packet, std::span<const std::byte> frame) {
  const std::span<const std::byte> payload = packet.payload.bytes;
  WIREHOUND_FUZZ_CHECK(packet.payload.wire_size >= payload.size());
  if (payload.empty()) {
    return;
  }
  WIREHOUND_FUZZ_CHECK(payload.data() > frame.data());
  WIREHOUND_FUZZ_CHECK(payload.data() + payload.size() <= frame.data() + frame.size());
  WIREHOUND_FUZZ_CHECK(packet.has_ipv4() || packet.has_ipv6());
}

void CheckLayers(const Packet& packet, DecodeStatus status) {
  WIREHOUND_FUZZ_CHECK(packet.result_count >= 1 && packet.result_count <= kMaxPacketLayers);
  WIREHOUND_FUZZ_CHECK(packet.layers()[0].layer == PacketLayer::kLink);
  bool all_ok = true;
  for (const LayerResult& result : packet.layers()) {
    all_ok = all_ok && result.status == DecodeStatus::kOk;
  }
  WIREHOUND_FUZZ_CHECK(all_ok == (status == DecodeStatus::kOk));
}

void CheckHeaders(const Packet& packet) {
  WIREHOUND_FUZZ_CHECK(!(packet.has_ipv4() && packet.has_ipv6()));
  WIREHOUND_FUZZ_CHECK(!(packet.has_tcp() && packet.has_udp()));
  const bool has_network = packet.has_ipv4() || packet.has_ipv6();
  const bool has_transport = packet.has_tcp() || packet.has_udp();
  WIREHOUND_FUZZ_CHECK(has_network == (packet.family() != WIREHOUND_FAMILY_NONE));
  WIREHOUND_FUZZ_CHECK(has_network || !has_transport);
  WIREHOUND_FUZZ_CHECK(packet.fragment != Fragment::kLater || !has_transport);
  WIREHOUND_FUZZ_CHECK(has_transport ||
                       (packet.metadata.src_port == 0 && packet.metadata.dst_port == 0));
  char buffer[kAddressTextBytes];
  WIREHOUND_FUZZ_CHECK(FormatAddress(packet.metadata.src_ip, buffer).empty() == !has_network);
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
  wirehound::Packet packet;
  const wirehound::DecodeStatus status =
      wirehound::DecodePacket(link, frame, frame.size() + missing, packet);
  wirehound::CheckPayload(packet, frame);
  wirehound::CheckLayers(packet, status);
  wirehound::CheckHeaders(packet);
  return 0;
}
