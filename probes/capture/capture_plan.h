// SPDX-License-Identifier: Apache-2.0

// CapturePlan: which packets the kernel hands over and how many bytes of each. The engine derives
// it from the selected events, so that the kernel copies only what a decoder reads. For example,
// a selection of DNS events becomes one rule {kDns, kWhole}. Plain data, any thread.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <wirehound/abi/values.h>

namespace wirehound {

/// How much of a packet to copy, counted from the IP header. `AtMost` makes an amount of any number
/// of bytes. The kernel never copies more than kMaxCaptureBytes of a packet.
enum class CaptureAmount : std::uint32_t {
  kNothing = 0,          ///< the class is not wanted
  kHeaders = 1,          ///< IP header (options and extension headers too) and TCP/UDP/ICMP header
  kWhole = 0xffffffffu,  ///< the whole packet
};

/// At most `bytes` of each packet, which must be above 1.
constexpr CaptureAmount AtMost(std::uint32_t bytes) { return static_cast<CaptureAmount>(bytes); }

/// The most bytes that are copied of one packet. The hooks see a packet before segmentation offload
/// (GSO) cuts it to the link's size, so it may be longer than any link allows.
inline constexpr std::uint32_t kMaxCaptureBytes = 524288;

/// Classes of packets. A packet may be in several: a DNS query over IPv4 is kIpv4, kUdp and kDns.
enum class PacketClass : std::uint8_t {
  kIpv4,
  kIpv6,
  kTcp,  ///< over IPv4 or IPv6; so are all classes below
  kUdp,
  kIcmp,
  kIcmpv6,
  /// UDP or TCP with port 53 at either end. Also every UDP or TCP fragment but the first, whose
  /// ports are in another packet.
  kDns,
  /// UDP with port 5353 (mDNS) or 5355 (LLMNR), TCP with port 5355; and the same fragments.
  kLinkLocalDns,
  /// TCP connections that speak HTTP, recognised by content on any port. Message heads and HTTP/2
  /// are copied whole, SYN, FIN and RST as headers. The amount says how much to copy of a packet
  /// that carries only body: kHeaders the packet headers alone, kWhole all of it. See
  /// probes/bpf/http.bpf.h for what this can miss.
  kHttp,
};
inline constexpr std::size_t kPacketClassCount = 9;

/// The direction of packets, seen from the process: ingress is received, egress is sent.
enum class CaptureDirections : std::uint8_t { kBoth, kIngress, kEgress };

/// The ports from `first` to `last`, both included. Host byte order.
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

/// The packets of one class that fulfil all conditions below. For example, {kTcp, kHeaders} with
/// dst_ports {443} asks for the headers of TCP packets to port 443.
///
/// A list that is not empty is a condition: it must contain the packet's value. An empty list is no
/// condition. An `either_*` list must contain the source or the destination, so it covers both
/// directions of a connection. A fragment that is not the first has no ports: it passes every
/// condition on ports.
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

/// The most rules with conditions on ports or addresses that the kernel can hold. A plan with
/// more of them loses the conditions of the rest: merge rules into wider ones before that.
inline constexpr std::size_t kMaxCaptureRules = 32;

/// The ids from `first` to `last`, both included.
struct IdRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  friend bool operator==(const IdRange&, const IdRange&) = default;
};

/// The owners whose packets are wanted. A list that is not empty must contain the owner's value or,
/// with `excludes`, must not contain it. With any such list a packet without a known owner is not
/// wanted. An empty scope wants the packets of every owner.
struct CaptureScope {
  template <typename Value>
  struct List {
    std::vector<Value> values{};
    bool excludes = false;
    bool empty() const { return values.empty(); }
  };
  List<IdRange> uids;
  List<std::string> comms;      ///< whole names of threads, at most 15 bytes each
  List<std::uint64_t> cgroups;  ///< ids of control groups; each includes the groups below it

  bool empty() const { return uids.empty() && comms.empty() && cgroups.empty(); }
};

inline constexpr std::size_t kMaxScopeValues = 64;  ///< in each list

/// A packet is handed over when at least one rule wants it and its owner is in scope, with the
/// largest amount among those rules. The kernel may hand over more than the plan asks for, never
/// less: the engine applies its filters again. The default plan captures nothing.
struct CapturePlan {
  std::vector<CaptureRule> rules;
  CaptureScope scope;  ///< used by LiveSource::Open, ignored by LiveSource::SetPlan
};

}  // namespace wirehound
