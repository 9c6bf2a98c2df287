// SPDX-License-Identifier: Apache-2.0

// Fuzz target for IPv6 headers. Beyond not crashing: payload and fragment are
// inside the input, and presence, status and version agree.
// Input: as captured_input.h says.

#include <cstddef>
#include <cstdint>

#include "decoders/ip/ipv6_decoder.h"
#include "tests/fuzz/captured_input.h"

namespace wirehound {
namespace {

void Check(CapturedBytes in) {
  wirehound_ipv6 header;
  IpPayload payload;
  const DecodeStatus status = DecodeIpv6(in, header, payload);
  const bool has_header = header.struct_size != 0;
  WIREHOUND_FUZZ_CHECK(status != DecodeStatus::kOk || (payload.located && has_header));
  WIREHOUND_FUZZ_CHECK(!has_header || in.bytes.size() >= kIpv6HeaderBytes);
  WIREHOUND_FUZZ_CHECK(!has_header || header.version == 6);
  if (payload.located) {
    CheckInside(payload.bytes, in);
  }
  WIREHOUND_FUZZ_CHECK(payload.fragment == Fragment::kNone || payload.fragment_info.is_fragment);
  CheckInside(payload.fragment_info.bytes, in);
}

}  // namespace
}  // namespace wirehound

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0) {
    wirehound::Check(wirehound::TakeCaptured(data, size));
  }
  return 0;
}
