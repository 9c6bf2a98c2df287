// SPDX-License-Identifier: Apache-2.0

// What a filter on the process of an event needs besides the event. Dispatch thread.

#pragma once

#include "engine/event/process_tree.h"

namespace wirehound {

/// Null: not available here. A filter that needs it does not compile.
struct ScopeServices {
  ProcessTree* tree = nullptr;
};

}  // namespace wirehound
