// SPDX-License-Identifier: Apache-2.0

// DnsStore: names for an address and addresses for a name, as DNS responses paired them, with the
// processes that received those responses. Learns from decoded messages, in stream time, so it
// works for capture files too; there the receiving process is unknown. Dispatch thread.
//
// Bounded: below 12 MiB, reserved as mappings come. Beyond its limits the store drops the mapping
// seen longest ago and counts it. DNS on the wire can be forged: the store repeats the responses
// that this host received.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/abi/stores_abi.h>

#include "base/hash_index.h"
#include "base/keyed_digest.h"
#include "base/pool.h"
#include "engine/event/stream_time.h"
#include "engine/stores/dns_lessons.h"
#include "engine/stores/dns_mapping.h"

namespace wirehound {

/// The process that asks, and when. 0 and "": no process in particular.
struct DnsQuery {
  std::uint32_t entity_id = 0;
  std::string_view container_id;
  std::uint64_t now_ns = 0;
};

class DnsStore {
 public:
  static constexpr std::uint32_t kMaxMappings = 16384;
  static constexpr std::uint32_t kMaxMappingsPerName = 64;       ///< and per address
  static constexpr std::size_t kMaxAnswer = 16;                  ///< mappings in one answer
  static constexpr std::uint64_t kLeastKeptNs = 30'000'000'000;  ///< even if the TTL is shorter

  struct Counters {
    std::uint64_t learnt = 0;     ///< mappings that messages named, new or known
    std::uint64_t expired = 0;    ///< that made room and had expired
    std::uint64_t evicted = 0;    ///< that made room and had not expired
    std::uint64_t unusable = 0;   ///< names too long to be kept
    std::uint64_t cut_short = 0;  ///< messages with more records than the limits
  };

  /// `time` must outlive this.
  explicit DnsStore(const StreamTime& time, std::uint32_t max_mappings = kMaxMappings);
  DnsStore(const DnsStore&) = delete;
  DnsStore& operator=(const DnsStore&) = delete;

  /// Learns from a message that `process` received at `now_ns`. Call it before the message's events
  /// are emitted, so that a detector that sees them finds the mappings.
  void OnMessage(const wirehound_dns& message, const wirehound_process& process,
                 std::uint64_t now_ns);

  /// Fills `answer`, at most kMaxAnswer of it, and returns how many mappings there are: what the
  /// asking process saw first, then what its container saw, then the rest; the newest first among
  /// equals; each pair of name and address once. Texts are valid until the next OnMessage.
  std::size_t NamesOf(const wirehound_address& address, const DnsQuery& query,
                      std::span<wirehound_dns_mapping> answer) const;
  /// Case and a final dot do not matter.
  std::size_t AddressesOf(std::string_view name, const DnsQuery& query,
                          std::span<wirehound_dns_mapping> answer) const;

  std::uint64_t now_ns() const { return time_.now_ns; }
  std::size_t size() const { return mappings_.in_use(); }
  const Counters& counters() const { return counters_; }

 private:
  void Learn(const DnsLesson& lesson, const DnsSighting& sighting);
  DnsMapping& Create(std::string_view name, const wirehound_address& address, std::uint64_t now_ns);
  void MakeRoom(std::uint64_t now_ns);
  void Release(DnsMapping& mapping, std::uint64_t now_ns);
  std::uint64_t DigestOfContainer(std::string_view id) const;

  std::uint32_t HashOf(std::string_view name) const;
  std::uint32_t HashOf(const wirehound_address& address) const;
  const DnsNameNode* FindName(std::string_view name) const;
  const DnsAddressNode* FindAddress(const wirehound_address& address) const;
  DnsNameNode& NodeOf(std::string_view name);
  DnsAddressNode& NodeOf(const wirehound_address& address);

  const StreamTime& time_;
  const KeyedDigest digest_;
  Pool<DnsMapping> mappings_;
  Pool<DnsNameNode> names_;
  Pool<DnsAddressNode> addresses_;
  HashIndex name_index_;
  HashIndex address_index_;
  IntrusiveList<DnsMapping, &DnsMapping::age> by_age_;
  Counters counters_;
};

}  // namespace wirehound
