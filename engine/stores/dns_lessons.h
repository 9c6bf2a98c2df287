// SPDX-License-Identifier: Apache-2.0

// DNS lessons: the pairs of name and address that a response gives: an address record of the name
// in the question, or of a name that its aliases lead to; the name of an address in the question.
// Records that answer no question are skipped. Pure.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <wirehound/abi/messages.h>

namespace wirehound {

inline constexpr std::size_t kMaxDnsLessons = 64;  ///< of one message; further ones are ignored
inline constexpr std::size_t kMaxDnsLessonRecords = 256;  ///< of one section, likewise
inline constexpr std::size_t kMaxDnsAliases = 8;          ///< in a row

struct DnsLesson {
  std::string_view name;  ///< as in the message, without regard to case
  wirehound_address address;
  std::uint32_t ttl;  ///< seconds: the least on the way
};

/// The lessons of `message`, as many as `lessons` has room for. None when it is not a response to a
/// query; of several questions only the first counts. A response of multicast DNS has no question:
/// each of its address records counts for its own name, additional records too.
std::size_t ReadDnsLessons(const wirehound_dns& message, std::span<DnsLesson> lessons);

/// The address of a name for reverse lookup: "1.0.0.10.in-addr.arpa", 32 digits under "ip6.arpa".
std::optional<wirehound_address> ParseReverseName(std::string_view name);

/// Whether two names are one: without regard to the case of ASCII letters.
bool IsSameDnsName(std::string_view a, std::string_view b);

}  // namespace wirehound
