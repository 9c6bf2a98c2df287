// SPDX-License-Identifier: Apache-2.0

// Fuzz target for tunnel headers. Beyond not crashing: the inner packet is inside the input and
// smaller than it unless the tunnel has no header, and its link type is a known one.
// Input: one byte that chooses GRE or a port, then as captured_input.h says.

#include <cstddef>
#include <cstdint>
#include <iterator>

#include "decoders/packet/tunnel_decoder.h"
#include "tests/fuzz/captured_input.h"

namespace wirehound {
namespace {

constexpr std::uint16_t kGre = 0;
constexpr std::uint16_t kPorts[] = {kGre, 4789, 8472, 4790, 6081, 1701, 3544, 2152};

void CheckCarried(const Encapsulated& out, CapturedBytes in) {
  WIREHOUND_FUZZ_CHECK(IsDecodedLinkType(out.link));
  CheckInside(out.bytes, in);
  WIREHOUND_FUZZ_CHECK(out.bytes.wire_size <= in.wire_size);
}

void CheckGre(CapturedBytes in) {
  Encapsulated out;
  const DecodeStatus status = DecodeGre(in, out);
  WIREHOUND_FUZZ_CHECK(status == DecodeStatus::kOk || out.bytes.wire_size == 0);
  WIREHOUND_FUZZ_CHECK(status != DecodeStatus::kTruncated || !in.whole());
  CheckCarried(out, in);
  WIREHOUND_FUZZ_CHECK(out.bytes.bytes.size() < in.bytes.size() || in.bytes.empty());
}

void CheckUdp(std::uint16_t port, CapturedBytes in) {
  Encapsulated out;
  if (DecodeUdpTunnel(40000, port, in, out)) {
    WIREHOUND_FUZZ_CHECK(IsUdpTunnelPort(40000, port));
    WIREHOUND_FUZZ_CHECK(!out.bytes.bytes.empty());
    CheckCarried(out, in);
  }
}

}  // namespace
}  // namespace wirehound

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  const std::uint16_t port = wirehound::kPorts[data[0] % std::size(wirehound::kPorts)];
  const wirehound::CapturedBytes in = wirehound::TakeCaptured(data + 1, size - 1);
  if (port == wirehound::kGre) {
    wirehound::CheckGre(in);
  } else {
    wirehound::CheckUdp(port, in);
  }
  return 0;
}
