// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/dns_extension.h"

#include <wirehound/abi/detector_abi.h>
#include <wirehound/views.h>

#include "engine/state/abi_bytes.h"

namespace wirehound {

DnsExtension::DnsExtension(const DnsStore& store) : store_(store), ring_(kKeptMappings) {
  table_.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_dns_store, addresses_of);
  table_.context = this;
  table_.names_of = &NamesOf;
  table_.addresses_of = &AddressesOf;
}

std::int32_t DnsExtension::NamesOf(void* context, const wirehound_address* address,
                                   std::uint32_t entity_id, wirehound_string container_id,
                                   wirehound_list* mappings) {
  auto& self = *static_cast<DnsExtension*>(context);
  if (address == nullptr || mappings == nullptr || !IsSound(container_id)) {
    return WIREHOUND_ERROR_INVALID;
  }
  return self.Give(self.store_.NamesOf(*address, self.Query(entity_id, container_id), self.Room()),
                   mappings);
}

std::int32_t DnsExtension::AddressesOf(void* context, wirehound_string name,
                                       std::uint32_t entity_id, wirehound_string container_id,
                                       wirehound_list* mappings) {
  auto& self = *static_cast<DnsExtension*>(context);
  if (mappings == nullptr || !IsSound(name) || !IsSound(container_id)) {
    return WIREHOUND_ERROR_INVALID;
  }
  return self.Give(
      self.store_.AddressesOf(ToView(name), self.Query(entity_id, container_id), self.Room()),
      mappings);
}

DnsQuery DnsExtension::Query(std::uint32_t entity_id, const wirehound_string& container_id) const {
  return {entity_id, ToView(container_id), store_.now_ns()};
}

// Where the next answer goes: room for the longest, in one piece.
std::span<wirehound_dns_mapping> DnsExtension::Room() {
  if (next_ + DnsStore::kMaxAnswer > ring_.size()) {
    next_ = 0;
  }
  return std::span(ring_).subspan(next_, DnsStore::kMaxAnswer);
}

std::int32_t DnsExtension::Give(std::size_t count, wirehound_list* mappings) {
  if (count == 0) {
    *mappings = {nullptr, 0, sizeof(wirehound_dns_mapping)};
    return WIREHOUND_ERROR_NOT_FOUND;
  }
  *mappings = {&ring_[next_], static_cast<std::uint32_t>(count), sizeof(wirehound_dns_mapping)};
  next_ += count;
  return WIREHOUND_OK;
}

}  // namespace wirehound
