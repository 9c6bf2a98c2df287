// SPDX-License-Identifier: Apache-2.0

// What filters on the process of an event must ask of others. Dispatch thread.

#pragma once

#include "engine/event/process_tree.h"

namespace wirehound {

/// Whatever is null is not available: a filter that needs it does not compile.
struct ScopeServices {
  ProcessTree* tree = nullptr;
};

}  // namespace wirehound
