// SPDX-License-Identifier: Apache-2.0

// Fragments to datagrams: slots in a hash table with chained buckets, and in a list by age.

#include "decoders/stream/fragment_table.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "decoders/ip/ip_payload.h"
#include "decoders/ip/ipv4_decoder.h"

namespace wirehound {
namespace {

constexpr std::uint32_t kNone = 0xffffffff;
constexpr std::size_t kFragmentUnitBytes = 8;  // offsets count in these
// What one call may report beside the datagrams that it gives up.
constexpr std::size_t kReportsOfFragment = 4;

bool IsIpv6(const FragmentKey& key) { return key.src.family == WIREHOUND_FAMILY_IPV6; }

bool SameAddress(const wirehound_address& a, const wirehound_address& b) {
  return a.family == b.family && std::memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}

bool SameKey(const FragmentKey& a, const FragmentKey& b) {
  return a.id == b.id && a.network_namespace == b.network_namespace && SameAddress(a.src, b.src) &&
         SameAddress(a.dst, b.dst) && (IsIpv6(a) || a.protocol == b.protocol);
}

std::uint64_t Mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15;
  hash = (hash ^ (hash >> 29)) * 0xbf58476d1ce4e5b9;
  return hash ^ (hash >> 32);
}

std::uint64_t MixAddress(std::uint64_t hash, const wirehound_address& address) {
  std::uint64_t half[2];
  std::memcpy(half, address.bytes, sizeof(half));
  return Mix(Mix(hash, half[0]), half[1]);
}

// The largest payload that fragments can make up. The length of an IPv4 datagram includes its
// header, that of IPv6 does not.
std::size_t MaxPayloadBytes(const FragmentKey& key) {
  return IsIpv6(key) ? kMaxDatagramBytes : kMaxDatagramBytes - kIpv4HeaderBytes;
}

// Whether a fragment and those that came before disagree about where the datagram ends.
bool EndsDisagree(const PartialDatagram& partial, const IpFragment& fragment) {
  const std::size_t end = fragment.offset_bytes + fragment.bytes.wire_size;
  const std::size_t total = partial.total_bytes();
  if (total != 0) {
    return fragment.more ? end >= total : end != total;
  }
  return !fragment.more && end <= partial.end();
}

}  // namespace

FragmentTable::FragmentTable(const FragmentLimits& limits, std::uint64_t hash_seed)
    : timeout_ns_(limits.timeout_ns),
      hash_seed_(hash_seed),
      chunks_(std::max(limits.max_bytes, kMaxDatagramBytes + 1)),
      oldest_(kNone),
      newest_(kNone),
      assembly_(new std::byte[kMaxDatagramBytes]) {
  const std::size_t count = std::clamp<std::size_t>(limits.max_datagrams, 1, kNone / 4);
  pieces_.reset(new FragmentPiece[count * kMaxFragmentPieces]);
  slots_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    slots_.emplace_back(&pieces_[i * kMaxFragmentPieces]);
    slots_.back().next = i + 1 < count ? static_cast<Index>(i + 1) : kNone;
  }
  buckets_.assign(std::bit_ceil(2 * count), kNone);
  reports_.reserve(count + kReportsOfFragment);
}

FragmentResult FragmentTable::Add(const IpFragment& fragment) {
  reports_.clear();
  ++counters_.fragments;
  IpFragment sound = fragment;
  if (!Examine(sound)) {
    return Done(FragmentFate::kDropped);
  }
  if (sound.offset_bytes == 0 && !sound.more) {
    return Whole(sound);
  }
  return AddTo(FindOrOpen(sound), sound);
}

// Checks a fragment by itself; counts and reports what is wrong. An IPv4 fragment that should have
// a multiple of 8 bytes loses the rest, as hosts have it, so that attacks look here as they do
// there; RFC 8200 wants such an IPv6 fragment dropped.
bool FragmentTable::Examine(IpFragment& fragment) {
  const std::size_t size = fragment.bytes.wire_size;
  const std::size_t odd_bytes = fragment.more ? size % kFragmentUnitBytes : 0;
  const std::size_t usable = odd_bytes != 0 && IsIpv6(fragment.key) ? 0 : size - odd_bytes;
  if (usable == 0 || odd_bytes != 0 || fragment.offset_bytes % kFragmentUnitBytes != 0) {
    Report(fragment.key,
           IsIpv6(fragment.key) ? AnomalyKind::kIpv6Malformed : AnomalyKind::kIpv4Malformed,
           fragment.offset_bytes, size);
  }
  if (usable == 0 || fragment.offset_bytes % kFragmentUnitBytes != 0) {
    ++counters_.malformed;
    return false;
  }
  const std::size_t limit = MaxPayloadBytes(fragment.key);
  if (usable > limit || fragment.offset_bytes > limit - usable) {
    ++counters_.too_large;
    Report(fragment.key, AnomalyKind::kIpFragmentTooLarge, fragment.offset_bytes, size);
    return false;
  }
  fragment.bytes = fragment.bytes.First(usable);
  return true;
}

FragmentResult FragmentTable::Whole(const IpFragment& fragment) {
  datagram_ = {fragment.bytes, fragment.key.protocol, 1, fragment.timestamp_ns};
  ++counters_.used;
  ++counters_.datagrams;
  return Done(FragmentFate::kCompleted);
}

FragmentResult FragmentTable::AddTo(Index index, const IpFragment& fragment) {
  Slot& slot = slots_[index];
  if (slot.refused_as != nullptr) {
    return Drop(slot.refused_as);
  }
  const FragmentOverlap overlap =
      slot.partial.Compare(fragment.offset_bytes, fragment.bytes, chunks_);
  const bool overlaps = overlap.overlapped_bytes > 0;
  const bool ends_disagree = EndsDisagree(slot.partial, fragment);
  const bool repeats = overlap.is_piece && !overlap.differs;
  const bool strict = IsIpv6(fragment.key);
  if (ends_disagree || overlap.differs || (strict && overlaps && !repeats)) {
    Report(slot.key, AnomalyKind::kIpFragmentOverlap, fragment.offset_bytes,
           overlap.overlapped_bytes);
    if (strict) {
      return Refuse(index, &FragmentCounters::overlapping);
    }
  }
  if (ends_disagree) {
    return Drop(&FragmentCounters::overlapping);
  }
  if (overlap.gaps == 0 && overlap.differs) {
    return Drop(&FragmentCounters::overlapping);
  }
  if (overlap.gaps == 0) {
    ++counters_.duplicate;
    return Done(FragmentFate::kDuplicate);
  }
  return Keep(index, fragment, overlap);
}

FragmentResult FragmentTable::Keep(Index index, const IpFragment& fragment,
                                   const FragmentOverlap& overlap) {
  Slot& slot = slots_[index];
  if (slot.partial.pieces() + overlap.gaps > kMaxFragmentPieces ||
      !MakeRoom(slot.partial.ChunksNeeded(fragment.offset_bytes, fragment.bytes), index)) {
    Report(slot.key, AnomalyKind::kIpFragmentIncomplete, 0, slot.partial.received_bytes());
    return Refuse(index, &FragmentCounters::too_many);
  }
  slot.partial.Store(fragment.offset_bytes, fragment.bytes, chunks_);
  ++slot.fragments;
  ++held_fragments_;
  if (fragment.offset_bytes == 0) {
    slot.protocol = fragment.key.protocol;
  }
  if (!fragment.more) {
    slot.partial.set_total_bytes(fragment.offset_bytes + fragment.bytes.wire_size);
  }
  if (!slot.partial.complete()) {
    return Done(FragmentFate::kHeld);
  }
  datagram_ = {slot.partial.Assemble(assembly_.get(), chunks_), slot.protocol, slot.fragments,
               slot.first_ns};
  ++counters_.datagrams;
  Release(index, &FragmentCounters::used);
  return Done(FragmentFate::kCompleted);
}

// Drops a datagram with all that has come and will come of it. The slot stays until its time is
// over, to know those that come.
FragmentResult FragmentTable::Refuse(Index index, Counter reason) {
  Slot& slot = slots_[index];
  ForgetFragments(slot, reason);
  slot.refused_as = reason;
  return Drop(reason);
}

FragmentResult FragmentTable::Drop(Counter reason) {
  ++(counters_.*reason);
  return Done(FragmentFate::kDropped);
}

FragmentResult FragmentTable::Done(FragmentFate fate) const {
  return {fate, fate == FragmentFate::kCompleted ? &datagram_ : nullptr, reports_};
}

std::span<const FragmentReport> FragmentTable::Expire(std::uint64_t now_ns) {
  reports_.clear();
  while (oldest_ != kNone && Expired(slots_[oldest_], now_ns)) {
    GiveUp(oldest_, &FragmentCounters::expired);
  }
  return reports_;
}

std::span<const FragmentReport> FragmentTable::Shutdown() {
  reports_.clear();
  while (oldest_ != kNone) {
    GiveUp(oldest_, &FragmentCounters::shut_down);
  }
  return reports_;
}

FragmentTable::Index FragmentTable::FindOrOpen(const IpFragment& fragment) {
  const std::uint32_t bucket = BucketOf(fragment.key);
  const Index found = Find(fragment.key, bucket);
  if (found == kNone) {
    return Open(fragment, bucket);
  }
  if (Expired(slots_[found], fragment.timestamp_ns)) {
    GiveUp(found, &FragmentCounters::expired);
    return Open(fragment, bucket);
  }
  return found;
}

FragmentTable::Index FragmentTable::Find(const FragmentKey& key, std::uint32_t bucket) const {
  Index index = buckets_[bucket];
  while (index != kNone && !SameKey(slots_[index].key, key)) {
    index = slots_[index].next;
  }
  return index;
}

FragmentTable::Index FragmentTable::Open(const IpFragment& fragment, std::uint32_t bucket) {
  if (free_ == kNone) {
    GiveUp(oldest_, &FragmentCounters::evicted);
  }
  const Index index = free_;
  Slot& slot = slots_[index];
  free_ = slot.next;
  slot.key = fragment.key;
  slot.protocol = fragment.key.protocol;
  slot.first_ns = fragment.timestamp_ns;
  slot.refused_as = nullptr;
  slot.bucket = bucket;
  slot.next = buckets_[bucket];
  buckets_[bucket] = index;
  slot.older = newest_;
  slot.newer = kNone;
  (newest_ == kNone ? oldest_ : slots_[newest_].newer) = index;
  newest_ = index;
  ++datagram_count_;
  return index;
}

// Ends an incomplete datagram, and says so unless its drop was reported before.
void FragmentTable::GiveUp(Index index, Counter reason) {
  const Slot& slot = slots_[index];
  if (slot.refused_as == nullptr) {
    Report(slot.key, AnomalyKind::kIpFragmentIncomplete, 0, slot.partial.received_bytes());
  }
  Release(index, reason);
}

void FragmentTable::Release(Index index, Counter reason) {
  Slot& slot = slots_[index];
  ForgetFragments(slot, reason);
  Index* link = &buckets_[slot.bucket];
  while (*link != index) {
    link = &slots_[*link].next;
  }
  *link = slot.next;
  (slot.older == kNone ? oldest_ : slots_[slot.older].newer) = slot.newer;
  (slot.newer == kNone ? newest_ : slots_[slot.newer].older) = slot.older;
  slot.next = free_;
  free_ = index;
  --datagram_count_;
}

void FragmentTable::ForgetFragments(Slot& slot, Counter reason) {
  counters_.*reason += slot.fragments;
  held_fragments_ -= slot.fragments;
  slot.fragments = 0;
  slot.partial.Clear(chunks_);
}

// Gives up the oldest datagrams but `keep` until there are `chunks` chunks. Whether there are.
bool FragmentTable::MakeRoom(std::size_t chunks, Index keep) {
  while (chunks_.available() < chunks) {
    const Index victim = oldest_ == keep ? slots_[keep].newer : oldest_;
    if (victim == kNone) {
      return false;
    }
    GiveUp(victim, &FragmentCounters::evicted);
  }
  return true;
}

bool FragmentTable::Expired(const Slot& slot, std::uint64_t now_ns) const {
  return now_ns > slot.first_ns && now_ns - slot.first_ns > timeout_ns_;
}

std::uint32_t FragmentTable::BucketOf(const FragmentKey& key) const {
  std::uint64_t hash = MixAddress(hash_seed_, key.src);
  hash = Mix(MixAddress(hash, key.dst), key.network_namespace);
  hash = Mix(hash, std::uint64_t{key.id} << 8 | (IsIpv6(key) ? 0 : key.protocol));
  return static_cast<std::uint32_t>(hash & (buckets_.size() - 1));
}

void FragmentTable::Report(const FragmentKey& key, AnomalyKind kind, std::uint64_t offset,
                           std::uint64_t size) {
  reports_.push_back({key, {kind, offset, size}});
}

}  // namespace wirehound
