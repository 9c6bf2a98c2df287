// SPDX-License-Identifier: Apache-2.0

// CapturePlan: which packets the kernel hands over and how much of each. The engine derives it
// from what is selected, so that nothing is copied that nobody decodes. Plain data, any thread.

#pragma once

#include <cstdint>

namespace wirehound {

/// How much of a packet to copy, from the IP header on. Any number of bytes may be asked for with
/// `AtMost`; a packet is never copied beyond kMaxCaptureBytes.
enum class CaptureAmount : std::uint32_t {
  kNothing = 0,          ///< the class is not wanted
  kHeaders = 1,          ///< IP header (options and extension headers too) and TCP/UDP/ICMP header
  kWhole = 0xffffffffu,  ///< the whole packet
};

/// At most `bytes` of each packet, which must be above 1.
constexpr CaptureAmount AtMost(std::uint32_t bytes) { return static_cast<CaptureAmount>(bytes); }

/// The most that is ever copied of one packet. Packets are seen before they are cut into what fits
/// the wire, so on loopback and fast interfaces they are longer than any link allows.
inline constexpr std::uint32_t kMaxCaptureBytes = 524288;

/// One amount per class of packets. A packet may be in several classes: it is handed over when any
/// of them is wanted, with the largest amount among them. The default plan captures nothing.
struct CapturePlan {
  CaptureAmount ipv4 = CaptureAmount::kNothing;    ///< every IPv4 packet
  CaptureAmount ipv6 = CaptureAmount::kNothing;    ///< every IPv6 packet
  CaptureAmount tcp = CaptureAmount::kNothing;     ///< over IPv4 or IPv6
  CaptureAmount udp = CaptureAmount::kNothing;     ///< over IPv4 or IPv6
  CaptureAmount icmp = CaptureAmount::kNothing;    ///< ICMP for IPv4
  CaptureAmount icmpv6 = CaptureAmount::kNothing;  ///< ICMP for IPv6
  /// UDP or TCP with port 53 at either end, and fragments, whose ports cannot be known.
  CaptureAmount dns = CaptureAmount::kNothing;
  /// UDP with port 5353 (mDNS) or 5355 (LLMNR), TCP with port 5355.
  CaptureAmount link_local_dns = CaptureAmount::kNothing;
};

/// Every packet, whole.
constexpr CapturePlan CaptureEverything() {
  return {.ipv4 = CaptureAmount::kWhole, .ipv6 = CaptureAmount::kWhole};
}

}  // namespace wirehound
