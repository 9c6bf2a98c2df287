// SPDX-License-Identifier: Apache-2.0

// CapturePlan: which packets the kernel hands over and how much of each. The engine derives it
// from what is selected, so that nothing is copied that nobody decodes. Plain data, any thread.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <wirehound/abi/values.h>

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

/// Kinds of packets. A packet may be of several: a DNS query over IPv4 is of kIpv4, kUdp and kDns.
enum class PacketClass : std::uint8_t {
  kIpv4,
  kIpv6,
  kTcp,  ///< over IPv4 or IPv6, as all that follow
  kUdp,
  kIcmp,
  kIcmpv6,
  /// UDP or TCP with port 53 at either end, and fragments, whose ports cannot be known.
  kDns,
  /// UDP with port 5353 (mDNS) or 5355 (LLMNR), TCP with port 5355.
  kLinkLocalDns,
  /// TCP connections that speak HTTP, recognised by content on any port: heads whole, of bodies the
  /// packet headers alone. HTTP/2 whole. What else is needed to follow such a connection (SYN, FIN,
  /// RST, acknowledgements) comes as headers. The amount says how much of the rest of a body to
  /// copy: kHeaders nothing, kWhole all of it.
  kHttp,
};
inline constexpr std::size_t kPacketClassCount = 9;

/// Which way packets go, seen from the process.
enum class CaptureDirections : std::uint8_t { kBoth, kIngress, kEgress };

/// Ports from `first` to `last`, both included. Host byte order.
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  friend bool operator==(const PortRange&, const PortRange&) = default;
};

/// The addresses that begin with the first `length` bits of `address`.
struct AddressPrefix {
  wirehound_address address{};
  std::uint8_t length = 0;  ///< at most 32 or 128
};

/// Packets of one class that somebody wants. Every list that is not empty has to hold what the
/// packet has; an empty one asks nothing. A fragment that is not the first has no ports and passes
/// every list of ports. `either_*` is for connections: the packet's other direction passes too.
struct CaptureRule {
  PacketClass packets = PacketClass::kIpv4;
  CaptureAmount amount = CaptureAmount::kNothing;
  CaptureDirections directions = CaptureDirections::kBoth;
  std::vector<PortRange> src_ports{};
  std::vector<PortRange> dst_ports{};
  std::vector<PortRange> either_ports{};
  std::vector<AddressPrefix> src_addresses{};
  std::vector<AddressPrefix> dst_addresses{};
  std::vector<AddressPrefix> either_addresses{};
};

/// The most rules the kernel takes. Whoever makes more has to merge some into a wider one.
inline constexpr std::size_t kMaxCaptureRules = 32;

/// Numbers from `first` to `last`, both included.
struct IdRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  friend bool operator==(const IdRange&, const IdRange&) = default;
};

/// Whose packets are wanted. Every list that is not empty has to hold the owner's value, or, where
/// `excludes`, must not. With any list an owner nobody knows is not wanted. The default: everybody.
struct CaptureScope {
  template <typename Value>
  struct List {
    std::vector<Value> values{};
    bool excludes = false;
    bool empty() const { return values.empty(); }
  };
  List<IdRange> uids;
  List<std::string> comms;      ///< whole names of threads, at most 15 bytes each
  List<std::uint64_t> cgroups;  ///< ids of groups; those below them too

  bool empty() const { return uids.empty() && comms.empty() && cgroups.empty(); }
};

inline constexpr std::size_t kMaxScopeValues = 64;  ///< in each list

/// What to hand over: a packet is wanted when any rule wants it and its owner is in scope, with the
/// largest amount among the rules. Rules and scope may let more pass than is needed in the end,
/// never less: whoever made them asks again. The default plan captures nothing.
struct CapturePlan {
  std::vector<CaptureRule> rules;
  CaptureScope scope;  ///< only as LiveSource::Open gets it: it does not change later
};

}  // namespace wirehound
