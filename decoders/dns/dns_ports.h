// SPDX-License-Identifier: Apache-2.0

// Which packets are taken for DNS: by port, as the kernel's capture classes do it too
// (probes/capture/capture_plan.h). Pure.

#pragma once

#include <cstdint>

#include <wirehound/abi/messages.h>

#include "decoders/dns/dns_decoder.h"

namespace wirehound {

inline constexpr std::uint16_t kDnsPort = 53;
inline constexpr std::uint16_t kMdnsPort = 5353;   ///< RFC 6762 section 3, UDP only
inline constexpr std::uint16_t kLlmnrPort = 5355;  ///< RFC 4795 section 2.5

inline bool HasPort(const wirehound_packet_metadata& metadata, std::uint16_t port) {
  return metadata.src_port == port || metadata.dst_port == port;
}

inline bool IsUdpDns(const wirehound_packet_metadata& metadata) {
  return HasPort(metadata, kDnsPort) || HasPort(metadata, kMdnsPort) ||
         HasPort(metadata, kLlmnrPort);
}

inline bool IsTcpDns(const wirehound_packet_metadata& metadata) {
  return HasPort(metadata, kDnsPort) || HasPort(metadata, kLlmnrPort);
}

/// Port 53 at either end is plain DNS, whatever the other port.
inline DnsVariant VariantOf(const wirehound_packet_metadata& metadata) {
  if (HasPort(metadata, kDnsPort)) {
    return DnsVariant::kPlain;
  }
  return HasPort(metadata, kMdnsPort) ? DnsVariant::kMdns : DnsVariant::kLlmnr;
}

}  // namespace wirehound
