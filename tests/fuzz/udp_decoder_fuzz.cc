// SPDX-License-Identifier: Apache-2.0

// Fuzz target for UDP headers. Beyond not crashing: the payload is inside
// the input, and the header is there exactly when its bytes are.
// Input: as captured_input.h says.

#include <cstddef>
#include <cstdint>

#include "decoders/transport/udp_decoder.h"
#include "tests/fuzz/captured_input.h"

namespace wirehound {
namespace {

void Check(CapturedBytes in) {
  wirehound_udp header;
  CapturedBytes payload;
  const DecodeStatus status = DecodeUdp(in, header, payload);
  const bool has_header = header.struct_size != 0;
  WIREHOUND_FUZZ_CHECK(has_header == (in.bytes.size() >= kUdpHeaderBytes));
  WIREHOUND_FUZZ_CHECK(status != DecodeStatus::kOk || has_header);
  WIREHOUND_FUZZ_CHECK(status != DecodeStatus::kUnknown);
  WIREHOUND_FUZZ_CHECK(status != DecodeStatus::kTruncated || !in.whole());
  CheckInside(payload, in);
}

}  // namespace
}  // namespace wirehound

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0) {
    wirehound::Check(wirehound::TakeCaptured(data, size));
  }
  return 0;
}
