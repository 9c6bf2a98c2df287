// SPDX-License-Identifier: Apache-2.0

// DnsExtension: the DNS store as a detector reaches it (abi/stores_abi.h). Keeps the answers it
// gave in a ring, so that several of them can be held at once. Dispatch thread.

#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <wirehound/abi/stores_abi.h>

#include "engine/stores/dns_store.h"

namespace wirehound {

class DnsExtension {
 public:
  /// Mappings in the ring: at least 63 more answers come before one is written over.
  static constexpr std::size_t kKeptMappings = 64 * DnsStore::kMaxAnswer;

  /// `store` must outlive this.
  explicit DnsExtension(const DnsStore& store);
  DnsExtension(const DnsExtension&) = delete;
  DnsExtension& operator=(const DnsExtension&) = delete;

  /// Its address never changes.
  const wirehound_dns_store& table() const { return table_; }

 private:
  static std::int32_t NamesOf(void* context, const wirehound_address* address,
                              std::uint32_t entity_id, wirehound_string container_id,
                              wirehound_list* mappings);
  static std::int32_t AddressesOf(void* context, wirehound_string name, std::uint32_t entity_id,
                                  wirehound_string container_id, wirehound_list* mappings);

  DnsQuery Query(std::uint32_t entity_id, const wirehound_string& container_id) const;
  std::span<wirehound_dns_mapping> Room();
  std::int32_t Give(std::size_t count, wirehound_list* mappings);

  wirehound_dns_store table_{};
  const DnsStore& store_;
  std::vector<wirehound_dns_mapping> ring_;
  std::size_t next_ = 0;
};

}  // namespace wirehound
