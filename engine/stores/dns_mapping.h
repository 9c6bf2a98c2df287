// SPDX-License-Identifier: Apache-2.0

// What the DNS store keeps: names, addresses, and the mappings that tie them together. Plain data
// that stands in pools; the store alone changes it.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <wirehound/abi/values.h>

#include "base/intrusive_list.h"

namespace wirehound {

inline constexpr std::size_t kMaxDnsNameBytes = 255;  ///< in presentation form
inline constexpr std::size_t kMaxDnsSightings = 8;

/// One process that was seen to receive an answer.
struct DnsSighting {
  std::uint64_t container = 0;  ///< stands for its id; 0: none
  std::uint64_t seen_ns = 0;    ///< stream time
  std::uint32_t entity_id = 0;  ///< of the process; 0: not known
  std::uint32_t ttl = 0;        ///< of the answer, seconds
};

struct DnsNameNode;
struct DnsAddressNode;

struct DnsMapping {
  DnsNameNode* name = nullptr;
  DnsAddressNode* address = nullptr;
  ListLink<DnsMapping> age{};
  ListLink<DnsMapping> of_name{};
  ListLink<DnsMapping> of_address{};
  std::array<DnsSighting, kMaxDnsSightings> sightings{};  ///< newest first, one for each viewer
  std::uint32_t sighting_count = 0;
  std::uint32_t number = 0;
};

/// A name with the addresses it has. There is at least one.
struct DnsNameNode {
  IntrusiveList<DnsMapping, &DnsMapping::of_name> mappings;
  std::uint32_t mapping_count = 0;
  std::uint32_t hash = 0;
  std::uint32_t number = 0;
  std::uint32_t size = 0;
  std::array<char, kMaxDnsNameBytes> bytes{};

  std::string_view text() const { return {bytes.data(), size}; }
};

/// An address with the names it has. There is at least one.
struct DnsAddressNode {
  IntrusiveList<DnsMapping, &DnsMapping::of_address> mappings;
  std::uint32_t mapping_count = 0;
  std::uint32_t hash = 0;
  std::uint32_t number = 0;
  wirehound_address address{};
};

}  // namespace wirehound
