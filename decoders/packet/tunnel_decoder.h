// SPDX-License-Identifier: Apache-2.0

// Tunnel headers: finds the packet that a packet carries. GRE (RFC 2784, 2890; version 1 of RFC
// 2637; ERSPAN) by its protocol number; over UDP, where only a port hints at it, VXLAN (RFC 7348
// and its GPE draft), Geneve (RFC 8926), L2TPv2 (RFC 2661), Teredo (RFC 4380) and GTP-U (3GPP TS
// 29.281). The caller decodes the packet inside as one of its own. Pure; any thread.

#pragma once

#include <cstdint>

#include "decoders/core/captured_bytes.h"
#include "decoders/core/decode_status.h"
#include "decoders/link/link_decoder.h"

namespace wirehound {

/// A packet inside a packet.
struct Encapsulated {
  LinkType link = LinkType::kRawIp;  ///< what `bytes` starts with
  CapturedBytes bytes;
};

/// Extension headers of GTP-U followed before the datagram is taken for plain UDP.
inline constexpr int kMaxGtpExtensionHeaders = 8;

/// Decodes the GRE header at the start of `in`.
/// kOk: `out` is what follows it, with no bytes where the header stands alone (a keepalive or an
/// acknowledgement). kUnknown: a version, option or protocol that is not decoded. kTruncated or
/// kMalformed: `in` ends inside the header.
DecodeStatus DecodeGre(CapturedBytes in, Encapsulated& out);

/// Whether a UDP datagram between these ports is worth a DecodeUdpTunnel.
bool IsUdpTunnelPort(std::uint16_t src_port, std::uint16_t dst_port);

/// Decodes the payload of a UDP datagram as the tunnel its ports stand for. A port proves nothing,
/// so whatever does not look like that tunnel throughout is just UDP.
/// Returns whether it does; `out` has bytes then.
bool DecodeUdpTunnel(std::uint16_t src_port, std::uint16_t dst_port, CapturedBytes in,
                     Encapsulated& out);

}  // namespace wirehound
