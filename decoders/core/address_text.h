// SPDX-License-Identifier: Apache-2.0

// IP addresses as text: dotted IPv4, RFC 5952 IPv6. On the path of every event that is written,
// hence by hand. No allocation, no locale. Any thread.

#pragma once

#include <cstddef>
#include <string_view>

#include <wirehound/abi/values.h>

namespace wirehound {

/// Room for every address, as INET6_ADDRSTRLEN has it.
inline constexpr std::size_t kAddressTextBytes = 46;

/// Writes the text of `address` without a NUL, nothing for WIREHOUND_FAMILY_NONE, and returns the
/// place behind it. Wants kAddressTextBytes of room, whatever it writes.
/// The same text as inet_ntop of glibc: lower case, the first longest run of two or more zero
/// groups as "::", IPv4-mapped and IPv4-compatible addresses with their last four bytes dotted.
char* WriteAddress(const wirehound_address& address, char* out);

/// The same into `buffer`, as a view of what was written.
inline std::string_view FormatAddress(const wirehound_address& address,
                                      char (&buffer)[kAddressTextBytes]) {
  return {buffer, static_cast<std::size_t>(WriteAddress(address, buffer) - buffer)};
}

}  // namespace wirehound
