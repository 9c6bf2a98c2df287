// SPDX-License-Identifier: Apache-2.0

// SharedExtension: the shared maps as a detector reaches them (abi/stores_abi.h). Dispatch thread.

#pragma once

#include <wirehound/abi/stores_abi.h>

#include "engine/stores/shared_maps.h"

namespace wirehound {

class SharedExtension {
 public:
  /// `maps` must outlive this.
  explicit SharedExtension(SharedMaps& maps);

  /// Its address changes with that of this object.
  const wirehound_shared_store& table() const { return table_; }

 private:
  wirehound_shared_store table_{};
};

}  // namespace wirehound
