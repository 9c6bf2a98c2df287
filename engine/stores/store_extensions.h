// SPDX-License-Identifier: Apache-2.0

// StoreExtensions: the tables through which one detector asks the stores (abi/stores_abi.h), only
// those that its definition names. Nothing that a plugin passes in is trusted: null pointers are
// refused, and no exception leaves. Dispatch thread.

#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <wirehound/definition.h>

#include "engine/stores/dns_extension.h"
#include "engine/stores/shared_extension.h"
#include "engine/stores/stores.h"

namespace wirehound {

class StoreExtensions {
 public:
  /// `stores` must outlive this.
  StoreExtensions(Stores& stores, const DetectorDefinition& definition);
  StoreExtensions(const StoreExtensions&) = delete;
  StoreExtensions& operator=(const StoreExtensions&) = delete;

  /// The table of an extension ("wirehound.dns/1"), or null. Its address never changes.
  const void* Find(std::string_view extension) const;

 private:
  struct Offer {
    std::string_view store;      // as a definition names it
    std::string_view extension;  // as a detector asks for it
    const void* table;
  };

  wirehound_process_store processes_;
  wirehound_container_store containers_;
  wirehound_system_store system_;
  std::optional<DnsExtension> dns_;  // keeps answers: only where it is asked for
  SharedExtension shared_;
  std::vector<Offer> offers_;  // of the stores that the definition names
};

}  // namespace wirehound
