// SPDX-License-Identifier: Apache-2.0

// AmountsOf: what is copied of a packet that is in several classes at once.

#include "probes/control_memory.h"

#include <doctest/doctest.h>

namespace wirehound {
namespace {

constexpr std::uint32_t kUdpDns = WIREHOUND_CLASS_IPV4 | WIREHOUND_CLASS_UDP | WIREHOUND_CLASS_DNS;

TEST_CASE("amounts: nothing is wanted of what no class asks for") {
  for (const std::uint32_t amount : AmountsOf({})) {
    CHECK(amount == 0);
  }
  CHECK(AmountsOf({.tcp = CaptureAmount::kWhole})[kUdpDns] == 0);
  CHECK(AmountsOf(CaptureEverything())[0] == 0);
}

TEST_CASE("amounts: of several classes the largest amount counts, and headers stay whole") {
  const auto amounts = AmountsOf({.udp = CaptureAmount::kHeaders, .dns = AtMost(20)});
  CHECK(amounts[kUdpDns] == (WIREHOUND_AMOUNT_HEADERS | 20));
  CHECK(amounts[WIREHOUND_CLASS_IPV4 | WIREHOUND_CLASS_UDP] == WIREHOUND_AMOUNT_HEADERS);
  CHECK(AmountsOf({.ipv4 = AtMost(90), .dns = AtMost(70)})[kUdpDns] == 90);
}

TEST_CASE("amounts: a whole packet is as much as is ever copied, and no mark of headers") {
  CHECK(AmountsOf({.dns = CaptureAmount::kWhole})[kUdpDns] == kMaxCaptureBytes);
}

}  // namespace
}  // namespace wirehound
