// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/dns_answer_builder.h"

#include <algorithm>

namespace wirehound {
namespace {

bool IsAlive(const DnsSighting& sighting, std::uint64_t now_ns) {
  constexpr std::uint64_t kSecondNs = 1'000'000'000;
  const std::uint64_t kept_ns = std::max(sighting.ttl * kSecondNs, DnsStore::kLeastKeptNs);
  return now_ns <= sighting.seen_ns || now_ns - sighting.seen_ns <= kept_ns;
}

std::span<const DnsSighting> Sightings(const DnsMapping& mapping) {
  return std::span(mapping.sightings).first(mapping.sighting_count);
}

}  // namespace

bool IsAlive(const DnsMapping& mapping, std::uint64_t now_ns) {
  const auto sightings = Sightings(mapping);
  return std::any_of(sightings.begin(), sightings.end(),
                     [now_ns](const DnsSighting& sighting) { return IsAlive(sighting, now_ns); });
}

std::uint32_t DnsAnswerBuilder::SeenBy(const DnsSighting& sighting) const {
  if (query_.entity_id != 0 && sighting.entity_id == query_.entity_id) {
    return WIREHOUND_DNS_SEEN_BY_PROCESS;
  }
  return container_ != 0 && sighting.container == container_ ? WIREHOUND_DNS_SEEN_BY_CONTAINER
                                                             : WIREHOUND_DNS_SEEN_BY_HOST;
}

// Sightings are newest first, so the first one of a kind is the one that counts.
void DnsAnswerBuilder::Consider(const DnsMapping& mapping) {
  Candidate best = {&mapping, nullptr, WIREHOUND_DNS_SEEN_BY_HOST + 1};
  for (const DnsSighting& sighting : Sightings(mapping)) {
    if (IsAlive(sighting, query_.now_ns) && SeenBy(sighting) < best.seen_by) {
      best.sighting = &sighting;
      best.seen_by = SeenBy(sighting);
    }
  }
  if (best.sighting != nullptr && count_ < candidates_.size()) {
    candidates_[count_++] = best;
  }
}

std::size_t DnsAnswerBuilder::WriteTo(std::span<wirehound_dns_mapping> answer) {
  // Equal in both they keep the order of the list, newest first: the same at every replay.
  const auto is_better = [](const Candidate& a, const Candidate& b) {
    if (a.seen_by != b.seen_by) {
      return a.seen_by < b.seen_by;
    }
    return a.sighting->seen_ns > b.sighting->seen_ns;
  };
  // Insertion keeps that order and allocates nothing; there are few.
  for (std::size_t i = 1; i < count_; ++i) {
    const auto place =
        std::upper_bound(candidates_.begin(), candidates_.begin() + i, candidates_[i], is_better);
    std::rotate(place, candidates_.begin() + i, candidates_.begin() + i + 1);
  }
  const std::size_t written = std::min({count_, answer.size(), DnsStore::kMaxAnswer});
  for (std::size_t i = 0; i < written; ++i) {
    Write(candidates_[i], answer[i]);
  }
  return written;
}

void DnsAnswerBuilder::Write(const Candidate& candidate, wirehound_dns_mapping& mapping) const {
  const std::string_view name = candidate.mapping->name->text();
  const DnsSighting& sighting = *candidate.sighting;
  mapping.name = {name.data(), name.size()};
  mapping.address = candidate.mapping->address->address;
  mapping.age_ns = query_.now_ns > sighting.seen_ns ? query_.now_ns - sighting.seen_ns : 0;
  mapping.ttl = sighting.ttl;
  mapping.seen_by = candidate.seen_by;
}

}  // namespace wirehound
