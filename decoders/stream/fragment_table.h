// SPDX-License-Identifier: Apache-2.0

// FragmentTable: puts fragmented IPv4 and IPv6 datagrams together again (RFC 791 section 3.2,
// RFC 815, RFC 8200 section 4.5). Fragments may come in any order and more than once. The table
// takes parts of IP payloads and gives whole payloads; headers and events are the caller's.
//
// Where fragments contradict each other:
// - IPv4: the first copy of a byte counts. Different bytes for one place are reported.
// - IPv6: any overlap but an exact repetition drops the whole datagram, with the fragments that
//   come later (RFC 5722).
// - A fragment that disagrees about the end of its datagram is reported and not used. For IPv6 it
//   drops the datagram as well.
//
// The pools allocate as fragments come, up to the limits, and use their memory again. One thread.
// Invariant: counters().fragments is the sum of the other fragment counters and what is held.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <wirehound/abi/values.h>

#include "base/hash_index.h"
#include "base/intrusive_list.h"
#include "base/pool.h"
#include "decoders/core/anomaly.h"
#include "decoders/core/captured_bytes.h"
#include "decoders/stream/flow_hasher.h"
#include "decoders/stream/partial_datagram.h"

namespace wirehound {

/// What waiting fragments may cost. Beyond a limit the table gives up the datagrams that have
/// waited longest, counts and reports them.
struct FragmentLimits {
  std::size_t max_datagrams = 1024;              ///< at least 1 is taken
  std::size_t max_bytes = std::size_t{4} << 20;  ///< at least 64 KiB is taken
  /// Stream time from a datagram's first fragment on. RFC 791 has 15 s, RFC 8200 has 60 s.
  std::uint64_t timeout_ns = 30'000'000'000;
};

/// Fragments with equal keys are parts of one datagram.
struct FragmentKey {
  wirehound_address src{};
  wirehound_address dst{};
  std::uint32_t id = 0;
  std::uint8_t protocol = 0;            ///< part of the key for IPv4 only
  std::uint64_t network_namespace = 0;  ///< where they were seen; 0 when unknown
};

struct IpFragment {
  FragmentKey key;
  std::uint32_t offset_bytes = 0;  ///< a multiple of 8, below 65536
  bool more = false;               ///< not the last one
  /// Of this fragment only: wire_size is the size of the fragment on the wire, not of the datagram.
  CapturedBytes bytes;
  std::uint64_t timestamp_ns = 0;
};

/// A datagram that is complete.
struct ReassembledDatagram {
  /// From the start up to the first byte that was not captured; whole when all bytes were.
  CapturedBytes bytes;
  std::uint8_t protocol = 0;    ///< that of the first fragment
  std::uint32_t fragments = 0;  ///< how many it was made of
  std::uint64_t first_ns = 0;   ///< time of the fragment that came first
};

/// An anomaly and the datagram it is about. In `anomaly`, offset counts from the start of the
/// datagram's payload; kIpFragmentIncomplete has the bytes that were there as its size.
struct FragmentReport {
  FragmentKey key;
  Anomaly anomaly;
};

/// What the table did with a fragment.
enum class FragmentFate : std::uint8_t {
  kHeld,       ///< it waits for the rest
  kCompleted,  ///< it completed its datagram
  kDuplicate,  ///< all of its bytes had come before
  kDropped,
};

/// The result of one fragment. Points into the table: valid until the next call.
struct FragmentResult {
  FragmentFate fate = FragmentFate::kDropped;
  const ReassembledDatagram* datagram = nullptr;  ///< set with kCompleted only
  std::span<const FragmentReport> reports;        ///< also about datagrams evicted for this one
};

/// Every fragment is in exactly one of these, or held.
struct FragmentCounters {
  std::uint64_t fragments = 0;  ///< all of them
  std::uint64_t used = 0;       ///< in datagrams that were delivered
  std::uint64_t duplicate = 0;
  std::uint64_t malformed = 0;  ///< empty, or not the last one and no multiple of 8 bytes
  std::uint64_t too_large = 0;  ///< ends behind the largest datagram
  std::uint64_t overlapping = 0;
  std::uint64_t too_many = 0;  ///< more pieces than a datagram may have, or no memory
  std::uint64_t expired = 0;
  std::uint64_t evicted = 0;  ///< made room for others
  std::uint64_t shut_down = 0;
  std::uint64_t datagrams = 0;  ///< delivered; counts datagrams, not fragments
};

class FragmentTable {
 public:
  /// `hash_seed` should be a number that senders of packets cannot know.
  explicit FragmentTable(const FragmentLimits& limits, std::uint64_t hash_seed = 0);

  FragmentTable(const FragmentTable&) = delete;
  FragmentTable& operator=(const FragmentTable&) = delete;

  /// Takes one fragment. An atomic fragment, both first and last (RFC 6946), completes at once,
  /// whatever waits under its key; the datagram's bytes are then the fragment's own.
  FragmentResult Add(const IpFragment& fragment);

  /// Gives up datagrams that have waited too long at stream time `now_ns`. Cheap when there are
  /// none. The reports are valid until the next call.
  std::span<const FragmentReport> Expire(std::uint64_t now_ns);

  /// Gives up all datagrams, at the end of the stream.
  std::span<const FragmentReport> Shutdown();

  const FragmentCounters& counters() const { return counters_; }
  std::uint64_t held_fragments() const { return held_fragments_; }
  /// Datagrams in the table, with the rejected ones.
  std::size_t datagrams() const { return by_age_.size(); }

 private:
  using Counter = std::uint64_t FragmentCounters::*;

  // A datagram in the table.
  struct Slot {
    explicit Slot(FragmentPiece* pieces) : partial(pieces) {}

    FragmentKey key;
    ListLink<Slot> age{};  // by the time of the first fragment
    std::uint64_t first_ns = 0;
    std::uint32_t fragments = 0;
    std::uint32_t hash = 0;
    std::uint32_t number = 0;
    std::uint8_t protocol = 0;
    Counter rejected_as = nullptr;  // set: rejected, and where to count later fragments
    PartialDatagram partial;
  };

  bool CheckFragment(IpFragment& fragment);
  FragmentResult CompleteAtomic(const IpFragment& fragment);
  FragmentResult AddTo(Slot& slot, const IpFragment& fragment);
  FragmentResult Store(Slot& slot, const IpFragment& fragment, const FragmentOverlap& overlap);
  FragmentResult RejectDatagram(Slot& slot, Counter reason);
  FragmentResult DropFragment(Counter reason);
  FragmentResult ResultOf(FragmentFate fate) const;

  Slot& FindOrAddSlot(const IpFragment& fragment);
  Slot& AddSlot(const IpFragment& fragment, std::uint32_t hash);
  void GiveUp(Slot& slot, Counter reason);
  void RemoveSlot(Slot& slot, Counter reason);
  void ForgetFragments(Slot& slot, Counter reason);
  bool MakeRoom(std::size_t chunks, const Slot& keep);
  bool Expired(const Slot& slot, std::uint64_t now_ns) const;
  std::uint32_t HashOf(const FragmentKey& key) const;
  void Report(const FragmentKey& key, AnomalyKind kind, std::uint64_t offset, std::uint64_t size);

  std::uint64_t timeout_ns_;
  FlowHasher hasher_;
  FragmentChunks chunks_;
  Pool<Slot> slots_;
  std::unique_ptr<FragmentPiece[]> pieces_;  // kMaxFragmentPieces for each slot
  HashIndex index_;
  IntrusiveList<Slot, &Slot::age> by_age_;
  std::uint64_t held_fragments_ = 0;
  std::unique_ptr<std::byte[]> assembly_;
  ReassembledDatagram datagram_;
  std::vector<FragmentReport> reports_;
  FragmentCounters counters_;
};

}  // namespace wirehound
