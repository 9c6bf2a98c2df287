// SPDX-License-Identifier: Apache-2.0

// The DNS store: names of an address and addresses of a name, learnt from the DNS answers on this
// host or in this capture. The definition must name the store: requirements.data_stores =
// {{"dns"}}.
//
//   for (const DnsMappingView mapping : dns_.NamesOf(metadata.dst_ip(), event)) { … }

#pragma once

#include <cstdint>
#include <string_view>

#include <wirehound/abi/stores_abi.h>
#include <wirehound/detector.h>

WIREHOUND_NAMESPACE_BEGIN

enum class DnsSeenBy : std::uint32_t {
  kProcess = WIREHOUND_DNS_SEEN_BY_PROCESS,
  kContainer = WIREHOUND_DNS_SEEN_BY_CONTAINER,
  kHost = WIREHOUND_DNS_SEEN_BY_HOST,
};

/// A name and an address that a DNS answer connects.
class DnsMappingView {
 public:
  explicit DnsMappingView(const wirehound_dns_mapping& mapping) : mapping_(&mapping) {}
  std::string_view name() const { return ToView(mapping_->name); }  ///< lower case, no final dot
  Address address() const { return Address(mapping_->address); }
  std::uint64_t age_ns() const { return mapping_->age_ns; }
  std::uint32_t ttl() const { return mapping_->ttl; }  ///< seconds
  DnsSeenBy seen_by() const { return static_cast<DnsSeenBy>(mapping_->seen_by); }

 private:
  const wirehound_dns_mapping* mapping_;
};

using DnsMappings = ListView<wirehound_dns_mapping, DnsMappingView>;

/// The store "dns". Mappings that the event's process received come first, then those of its
/// container, then the others. Empty when there are none; valid until OnEvent returns.
class DnsLookup {
 public:
  /// Call it once, in Init.
  Status Create(const InitContext& context) {
    store_ =
        static_cast<const wirehound_dns_store*>(context.Extension(WIREHOUND_DNS_STORE_EXTENSION));
    return store_ != nullptr ? Status()
                             : Error(ErrorCode::kFailed,
                                     "dns store: the definition does not name the store \"dns\"");
  }

  DnsMappings NamesOf(const wirehound_address& address, const EventView& event) const {
    wirehound_list list{};
    if (store_ != nullptr) {
      const wirehound_process& process = *event.abi().process;
      store_->names_of(store_->context, &address, process.process_entity_id, process.container_id,
                       &list);
    }
    return DnsMappings(list);
  }
  DnsMappings NamesOf(const Address& address, const EventView& event) const {
    return NamesOf(address.abi(), event);
  }
  /// Case and a final dot do not matter.
  DnsMappings AddressesOf(std::string_view name, const EventView& event) const {
    wirehound_list list{};
    if (store_ != nullptr) {
      const wirehound_process& process = *event.abi().process;
      store_->addresses_of(store_->context, FromView(name), process.process_entity_id,
                           process.container_id, &list);
    }
    return DnsMappings(list);
  }

 private:
  const wirehound_dns_store* store_ = nullptr;
};

WIREHOUND_NAMESPACE_END
