// SPDX-License-Identifier: Apache-2.0

// The link layer: finds the network layer's header in a captured frame. What stands between link
// and IP (VLAN tags, PPPoE, MPLS labels, LLC/SNAP) is in ether_type_decoder.h, wireless frames are
// in ieee80211_decoder.h. Tags, labels and addresses are stepped over, not reported. Pure; any
// thread.

#pragma once

#include <cstddef>
#include <cstdint>

#include "decoders/core/captured_bytes.h"
#include "decoders/core/decode_status.h"

namespace wirehound {

/// What the first captured byte belongs to, by the LINKTYPE_ values of tcpdump.org's registry.
/// Any other value is a link layer that is not decoded.
enum class LinkType : std::uint32_t {
  kNull = 0,           ///< BSD loopback: an address family in the capturing host's byte order
  kEthernet = 1,       ///< an Ethernet II or IEEE 802.3 header
  kPpp = 9,            ///< a PPP protocol number, with or without address and control before it
  kFddi = 10,          ///< FDDI with an LLC header
  kRawIpBsd = 12,      ///< like kRawIp: what DLT_RAW is on most systems
  kRawIpOpenBsd = 14,  ///< like kRawIp: what DLT_RAW is on OpenBSD
  kPppHdlc = 50,       ///< PPP in HDLC-like framing (RFC 1662), or Cisco HDLC
  kPppEther = 51,      ///< a PPPoE session header (RFC 2516)
  kRawIp = 101,        ///< an IPv4 or IPv6 header, told apart by its version
  kCiscoHdlc = 104,    ///< address, control, EtherType
  kIeee80211 = 105,    ///< an IEEE 802.11 header
  kLoop = 108,         ///< OpenBSD loopback: an address family in network byte order
  kLinuxSll = 113,     ///< Linux "cooked" capture, version 1
  kIeee80211Radiotap = 127,  ///< radiotap, then kIeee80211
  kArcnetLinux = 129,        ///< ARCNET as Linux shows it
  kPpi = 192,        ///< Per-Packet Information: a header that names the link type behind it
  kIpv4 = 228,       ///< an IPv4 header
  kIpv6 = 229,       ///< an IPv6 header
  kNflog = 239,      ///< Linux netfilter log messages
  kPktap = 258,      ///< Darwin's PKTAP: a header that names the link type behind it
  kLinuxSll2 = 276,  ///< Linux "cooked" capture, version 2
};

enum class NetworkProtocol : std::uint8_t { kNone, kIpv4, kIpv6 };

inline constexpr std::size_t kEthernetHeaderBytes = 14;

/// What a link layer carries.
struct LinkPayload {
  NetworkProtocol protocol = NetworkProtocol::kNone;
  CapturedBytes bytes;  ///< from the network header on, with any padding behind the packet
};

/// Whether frames of `link` are decoded at all: one of the enumerators.
bool IsDecodedLinkType(LinkType link);

/// Finds the network header in the frame `in`.
/// kUnknown: the link type, EtherType, IP version or kind of frame is not decoded, or there are
/// more than kMaxLinkTags tags; kTruncated or kMalformed: the frame ends inside its own headers.
/// `out` is valid with kOk only.
DecodeStatus DecodeLink(LinkType link, const CapturedBytes& in, LinkPayload& out);

}  // namespace wirehound
