// SPDX-License-Identifier: Apache-2.0

// Fuzz target for ICMP headers of both versions. Beyond not crashing: the payload is inside the
// input, the header is there exactly when its first bytes are, and every message has a text.
// Input: as captured_input.h says.

#include <cstddef>
#include <cstdint>

#include "decoders/core/protocol_text.h"
#include "decoders/ip/icmp_decoder.h"
#include "tests/fuzz/captured_input.h"

namespace wirehound {
namespace {

constexpr std::size_t kCommonBytes = 4;

template <typename Header>
void Check(CapturedBytes in, DecodeStatus status, const Header& header, CapturedBytes payload,
           NumberText text) {
  const bool has_header = header.struct_size != 0;
  WIREHOUND_FUZZ_CHECK(has_header == (in.bytes.size() >= kCommonBytes));
  WIREHOUND_FUZZ_CHECK(status != DecodeStatus::kOk || has_header);
  WIREHOUND_FUZZ_CHECK(status != DecodeStatus::kUnknown);
  CheckInside(payload, in);
  TextBuffer scratch;
  WIREHOUND_FUZZ_CHECK(!text(std::uint64_t{header.type} << 8 | header.code, scratch).empty());
}

}  // namespace
}  // namespace wirehound

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const wirehound::CapturedBytes in = wirehound::TakeCaptured(data, size);
  wirehound::CapturedBytes payload;
  wirehound_icmp icmp;
  const auto status = wirehound::DecodeIcmp(in, icmp, payload);
  wirehound::Check(in, status, icmp, payload, wirehound::IcmpTypeCodeText);
  wirehound_icmpv6 icmpv6;
  const auto status6 = wirehound::DecodeIcmpv6(in, icmpv6, payload);
  wirehound::Check(in, status6, icmpv6, payload, wirehound::Icmpv6TypeCodeText);
  return 0;
}
