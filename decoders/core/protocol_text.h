// SPDX-License-Identifier: Apache-2.0

// Numbers of protocols to the text users see, all with one signature so that a table of fields
// can name its function. Texts with a name are constants; the others are written to the caller's
// buffer. No allocation, no locale. Any thread.

#pragma once

#include <cstdint>
#include <string_view>

namespace wirehound {

/// Scratch room for one number's text, the longest of which is an unnamed ICMP code. A returned
/// view may point into it: keep it as long.
struct TextBuffer {
  char data[48];
};

/// The shape of every function here.
using NumberText = std::string_view (*)(std::uint64_t value, TextBuffer& scratch);

/// "query", "inverse query", "status", "notify", "update"; otherwise "unknown".
std::string_view DnsOpcodeText(std::uint64_t value, TextBuffer& scratch);

/// The header's four bits: "no error", "format error", ...; otherwise "unknown".
std::string_view DnsResponseCodeText(std::uint64_t value, TextBuffer& scratch);

/// The IANA mnemonic: "A", "HTTPS", ...; "ANY" for 255, which IANA writes as "*"; unassigned
/// types as RFC 3597 section 5 has them: "TYPE65280".
std::string_view DnsTypeText(std::uint64_t value, TextBuffer& scratch);

/// "IN", "CS", "CH", "HS", "Any"; otherwise "Unknown", also where an OPT record carries the
/// sender's payload size instead of a class.
std::string_view DnsClassText(std::uint64_t value, TextBuffer& scratch);

/// EDNS option codes: "NSID", "EDNSClientSubnet", "Cookie", ...; otherwise "Unknown".
std::string_view EdnsOptionText(std::uint64_t value, TextBuffer& scratch);

/// IANA protocol numbers: "TCP", "ICMPv6", "IPSecESP", ...; otherwise the number in decimal.
std::string_view IpProtocolText(std::uint64_t value, TextBuffer& scratch);

/// An ICMP type and code, as type << 8 | code: "EchoRequest", "DestinationUnreachable(Port)". A
/// code without a name is a number, "Redirect(Code: 9)", unless it is 0 and the type has no codes
/// at all; so is a type without one, "42(0)".
std::string_view IcmpTypeCodeText(std::uint64_t value, TextBuffer& scratch);

/// The same for ICMPv6: "NeighborSolicitation", "TimeExceeded(HopLimitExceeded)".
std::string_view Icmpv6TypeCodeText(std::uint64_t value, TextBuffer& scratch);

/// WIREHOUND_DIRECTION_*: "ingress", "egress"; otherwise "unknown".
std::string_view DirectionText(std::uint64_t value, TextBuffer& scratch);

}  // namespace wirehound
