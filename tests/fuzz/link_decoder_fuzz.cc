// SPDX-License-Identifier: Apache-2.0

// Fuzz target for link layers, all of them. Beyond not crashing: a found packet is inside the
// frame, and so is the same one when the capture cut off its last byte.
// Input: one byte that chooses the link layer, then as captured_input.h says.

#include <cstddef>
#include <cstdint>
#include <iterator>

#include "decoders/link/link_decoder.h"
#include "tests/fuzz/captured_input.h"

namespace wirehound {
namespace {

constexpr LinkType kLinks[] = {
    LinkType::kNull,        LinkType::kEthernet,     LinkType::kPpp,
    LinkType::kFddi,        LinkType::kPppHdlc,      LinkType::kPppEther,
    LinkType::kRawIp,       LinkType::kCiscoHdlc,    LinkType::kIeee80211,
    LinkType::kLinuxSll,    LinkType::kLinuxSll2,    LinkType::kIeee80211Radiotap,
    LinkType::kArcnetLinux, LinkType::kPpi,          LinkType::kNflog,
    LinkType::kPktap,       static_cast<LinkType>(2)};

void Check(LinkType link, CapturedBytes in) {
  LinkPayload out;
  const DecodeStatus status = DecodeLink(link, in, out);
  WIREHOUND_FUZZ_CHECK(IsDecodedLinkType(link) || status == DecodeStatus::kUnknown);
  WIREHOUND_FUZZ_CHECK(status != DecodeStatus::kTruncated || !in.whole());
  if (status != DecodeStatus::kOk) {
    return;
  }
  WIREHOUND_FUZZ_CHECK(out.protocol != NetworkProtocol::kNone);
  CheckInside(out.bytes, in);
  const CapturedBytes cut(in.bytes.first(in.bytes.size() - 1), in.wire_size);
  LinkPayload again;
  const DecodeStatus cut_status = DecodeLink(link, cut, again);
  WIREHOUND_FUZZ_CHECK(cut_status == DecodeStatus::kOk || cut_status == DecodeStatus::kTruncated);
  if (cut_status == DecodeStatus::kOk) {
    WIREHOUND_FUZZ_CHECK(again.bytes.bytes.data() == out.bytes.bytes.data());
    WIREHOUND_FUZZ_CHECK(again.bytes.wire_size == out.bytes.wire_size);
  }
}

}  // namespace
}  // namespace wirehound

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size >= 3) {
    const auto link = wirehound::kLinks[data[0] % std::size(wirehound::kLinks)];
    wirehound::Check(link, wirehound::TakeCaptured(data + 1, size - 1));
  }
  return 0;
}
