// SPDX-License-Identifier: Apache-2.0

// DnsAnswerBuilder: picks the mappings that answer one query: those of a name or address that have
// not expired, those seen by the asking process first. No allocation. Dispatch thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <wirehound/abi/stores_abi.h>

#include "engine/stores/dns_mapping.h"
#include "engine/stores/dns_store.h"

namespace wirehound {

/// Whether any answer that named the mapping may still be used at `now_ns`.
bool IsAlive(const DnsMapping& mapping, std::uint64_t now_ns);

class DnsAnswerBuilder {
 public:
  /// `container` stands for the query's container, as in sightings.
  DnsAnswerBuilder(const DnsQuery& query, std::uint64_t container)
      : query_(query), container_(container) {}

  /// Takes a mapping into account. DnsStore::kMaxMappingsPerName at most.
  void Consider(const DnsMapping& mapping);

  /// Writes the best, and returns how many.
  std::size_t WriteTo(std::span<wirehound_dns_mapping> answer);

 private:
  struct Candidate {
    const DnsMapping* mapping;
    const DnsSighting* sighting;  // the one that counts for the asking process
    std::uint32_t seen_by;
  };

  std::uint32_t SeenBy(const DnsSighting& sighting) const;
  void Write(const Candidate& candidate, wirehound_dns_mapping& mapping) const;

  const DnsQuery query_;
  const std::uint64_t container_;
  std::array<Candidate, DnsStore::kMaxMappingsPerName> candidates_;
  std::size_t count_ = 0;
};

}  // namespace wirehound
