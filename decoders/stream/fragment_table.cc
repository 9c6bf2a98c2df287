// SPDX-License-Identifier: Apache-2.0

// Slots hold the datagrams, found by key through a HashIndex and kept in a list by age.
//
// Overlapping fragments are the oldest way to hide an attack: receivers differ in which copy of a
// byte they take. So the table never guesses silently. It follows one rule for each version of IP
// (see the header), and reports every contradiction it meets.

#include "decoders/stream/fragment_table.h"

#include <algorithm>
#include <cstring>

#include "decoders/ip/ip_payload.h"
#include "decoders/ip/ipv4_decoder.h"

namespace wirehound {
namespace {

constexpr std::size_t kMaxDatagramsEver = std::size_t{1} << 30;
constexpr std::size_t kFragmentUnitBytes = 8;  // offsets count in these
// The most that one call reports, besides the datagrams that it gives up. Reserved in advance, so
// that reports allocate nothing.
constexpr std::size_t kReportsOfFragment = 4;

bool IsIpv6(const FragmentKey& key) { return key.src.family == WIREHOUND_FAMILY_IPV6; }

bool SameAddress(const wirehound_address& a, const wirehound_address& b) {
  return a.family == b.family && std::memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}

bool SameKey(const FragmentKey& a, const FragmentKey& b) {
  return a.id == b.id && a.network_namespace == b.network_namespace && SameAddress(a.src, b.src) &&
         SameAddress(a.dst, b.dst) && (IsIpv6(a) || a.protocol == b.protocol);
}

// The largest payload that fragments can make up. The length of an IPv4 datagram includes its
// header, that of IPv6 does not.
std::size_t MaxPayloadBytes(const FragmentKey& key) {
  return IsIpv6(key) ? kMaxDatagramBytes : kMaxDatagramBytes - kIpv4HeaderBytes;
}

// Whether a fragment contradicts earlier ones about the end of the datagram: two last fragments
// that end at different places, or bytes behind the end.
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
      hasher_(hash_seed),
      chunks_(std::max(limits.max_bytes, kMaxDatagramBytes + 1) / kFragmentChunkBytes),
      slots_(std::clamp<std::size_t>(limits.max_datagrams, 1, kMaxDatagramsEver)),
      pieces_(new FragmentPiece[slots_.available() * kMaxFragmentPieces]),
      index_(2 * slots_.available()),  // sparse: floods of new datagrams search it most
      assembly_(new std::byte[kMaxDatagramBytes]) {
  reports_.reserve(slots_.available() + kReportsOfFragment);
}

FragmentResult FragmentTable::Add(const IpFragment& fragment) {
  reports_.clear();
  ++counters_.fragments;
  IpFragment sound = fragment;
  if (!CheckFragment(sound)) {
    return ResultOf(FragmentFate::kDropped);
  }
  if (sound.offset_bytes == 0 && !sound.more) {
    return CompleteAtomic(sound);
  }
  return AddTo(FindOrAddSlot(sound), sound);
}

// Checks a fragment by itself; counts and reports what is wrong. Hosts cut an IPv4 fragment that is
// not the last one to a multiple of 8 bytes. This does the same, so that a detector sees what the
// host sees. RFC 8200 wants such an IPv6 fragment dropped.
bool FragmentTable::CheckFragment(IpFragment& fragment) {
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

FragmentResult FragmentTable::CompleteAtomic(const IpFragment& fragment) {
  datagram_ = {fragment.bytes, fragment.key.protocol, 1, fragment.timestamp_ns};
  ++counters_.used;
  ++counters_.datagrams;
  return ResultOf(FragmentFate::kCompleted);
}

FragmentResult FragmentTable::AddTo(Slot& slot, const IpFragment& fragment) {
  if (slot.rejected_as != nullptr) {
    return DropFragment(slot.rejected_as);
  }
  const FragmentOverlap overlap = slot.partial.Compare(fragment.offset_bytes, fragment.bytes);
  const bool overlaps = overlap.overlapped_bytes > 0;
  const bool ends_disagree = EndsDisagree(slot.partial, fragment);
  const bool repeats = overlap.is_piece && !overlap.differs;
  const bool strict = IsIpv6(fragment.key);
  if (ends_disagree || overlap.differs || (strict && overlaps && !repeats)) {
    Report(slot.key, AnomalyKind::kIpFragmentOverlap, fragment.offset_bytes,
           overlap.overlapped_bytes);
    if (strict) {
      return RejectDatagram(slot, &FragmentCounters::overlapping);
    }
  }
  // A fragment without new bytes whose bytes differ tries to overwrite: that is no duplicate.
  if (ends_disagree || (overlap.gaps == 0 && overlap.differs)) {
    return DropFragment(&FragmentCounters::overlapping);
  }
  if (overlap.gaps == 0) {
    ++counters_.duplicate;
    return ResultOf(FragmentFate::kDuplicate);
  }
  return Store(slot, fragment, overlap);
}

FragmentResult FragmentTable::Store(Slot& slot, const IpFragment& fragment,
                                    const FragmentOverlap& overlap) {
  if (slot.partial.pieces() + overlap.gaps > kMaxFragmentPieces ||
      !MakeRoom(slot.partial.ChunksNeeded(fragment.offset_bytes, fragment.bytes), slot)) {
    Report(slot.key, AnomalyKind::kIpFragmentIncomplete, 0, slot.partial.received_bytes());
    return RejectDatagram(slot, &FragmentCounters::too_many);
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
    return ResultOf(FragmentFate::kHeld);
  }
  datagram_ = {slot.partial.Assemble(assembly_.get()), slot.protocol, slot.fragments,
               slot.first_ns};
  ++counters_.datagrams;
  RemoveSlot(slot, &FragmentCounters::used);
  return ResultOf(FragmentFate::kCompleted);
}

// Drops a datagram with its fragments, also those still to come (RFC 5722 demands that). The slot
// stays until its timeout: without it, a later fragment would begin a new datagram.
FragmentResult FragmentTable::RejectDatagram(Slot& slot, Counter reason) {
  ForgetFragments(slot, reason);
  slot.rejected_as = reason;
  return DropFragment(reason);
}

FragmentResult FragmentTable::DropFragment(Counter reason) {
  ++(counters_.*reason);
  return ResultOf(FragmentFate::kDropped);
}

FragmentResult FragmentTable::ResultOf(FragmentFate fate) const {
  return {fate, fate == FragmentFate::kCompleted ? &datagram_ : nullptr, reports_};
}

std::span<const FragmentReport> FragmentTable::Expire(std::uint64_t now_ns) {
  reports_.clear();
  while (!by_age_.empty() && Expired(*by_age_.oldest(), now_ns)) {
    GiveUp(*by_age_.oldest(), &FragmentCounters::expired);
  }
  return reports_;
}

std::span<const FragmentReport> FragmentTable::Shutdown() {
  reports_.clear();
  while (!by_age_.empty()) {
    GiveUp(*by_age_.oldest(), &FragmentCounters::shut_down);
  }
  return reports_;
}

FragmentTable::Slot& FragmentTable::FindOrAddSlot(const IpFragment& fragment) {
  const std::uint32_t hash = HashOf(fragment.key);
  const std::uint32_t found = index_.Find(hash, [this, &fragment](std::uint32_t number) {
    return SameKey(slots_.at(number).key, fragment.key);
  });
  if (found == HashIndex::kNone) {
    return AddSlot(fragment, hash);
  }
  Slot& slot = slots_.at(found);
  if (Expired(slot, fragment.timestamp_ns)) {
    GiveUp(slot, &FragmentCounters::expired);
    return AddSlot(fragment, hash);
  }
  return slot;
}

FragmentTable::Slot& FragmentTable::AddSlot(const IpFragment& fragment, std::uint32_t hash) {
  if (slots_.available() == 0) {
    GiveUp(*by_age_.oldest(), &FragmentCounters::evicted);
  }
  // A slot that was never used is the next by number, and gets the pieces of that number for good.
  Slot& slot = *slots_.Take(&pieces_[slots_.peak() * kMaxFragmentPieces]);
  slot.key = fragment.key;
  slot.protocol = fragment.key.protocol;
  slot.first_ns = fragment.timestamp_ns;
  slot.rejected_as = nullptr;
  slot.hash = hash;
  index_.Insert(hash, slot.number);
  by_age_.Append(slot);
  return slot;
}

// Ends an incomplete datagram, and reports it unless its rejection was reported before.
void FragmentTable::GiveUp(Slot& slot, Counter reason) {
  if (slot.rejected_as == nullptr) {
    Report(slot.key, AnomalyKind::kIpFragmentIncomplete, 0, slot.partial.received_bytes());
  }
  RemoveSlot(slot, reason);
}

void FragmentTable::RemoveSlot(Slot& slot, Counter reason) {
  ForgetFragments(slot, reason);
  index_.Erase(slot.hash, slot.number);
  by_age_.Remove(slot);
  slots_.Return(&slot);
}

void FragmentTable::ForgetFragments(Slot& slot, Counter reason) {
  counters_.*reason += slot.fragments;
  held_fragments_ -= slot.fragments;
  slot.fragments = 0;
  slot.partial.Clear(chunks_);
}

// Gives up the oldest datagrams until `chunks` chunks are available; returns whether they are.
// Never gives up `keep`, whose slot the caller is working on.
bool FragmentTable::MakeRoom(std::size_t chunks, const Slot& keep) {
  while (chunks_.available() < chunks) {
    Slot* oldest = by_age_.oldest();
    Slot* victim = oldest == &keep ? decltype(by_age_)::NewerThan(keep) : oldest;
    if (victim == nullptr) {
      return false;
    }
    GiveUp(*victim, &FragmentCounters::evicted);
  }
  return true;
}

// Counted from the first fragment, as RFC 791 and RFC 8200 have it: repeating fragments does not
// keep a datagram alive.
bool FragmentTable::Expired(const Slot& slot, std::uint64_t now_ns) const {
  return now_ns > slot.first_ns && now_ns - slot.first_ns > timeout_ns_;
}

std::uint32_t FragmentTable::HashOf(const FragmentKey& key) const {
  const std::uint64_t id = std::uint64_t{key.id} << 8 | (IsIpv6(key) ? 0 : key.protocol);
  return hasher_.HashPair(hasher_.HashEndpoint(key.src, id), hasher_.HashEndpoint(key.dst, id),
                          key.network_namespace);
}

void FragmentTable::Report(const FragmentKey& key, AnomalyKind kind, std::uint64_t offset,
                           std::uint64_t size) {
  reports_.push_back({key, {kind, offset, size}});
}

}  // namespace wirehound
