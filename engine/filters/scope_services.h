// SPDX-License-Identifier: Apache-2.0

// What filters on the process of an event must ask of others. Dispatch thread.

#pragma once

#include <cstdint>

#include <wirehound/abi/detector_abi.h>

namespace wirehound {

/// Who descends from whom.
class ProcessTree {
 public:
  virtual ~ProcessTree() = default;
  /// Whether `process` is the process with this id in the initial pid namespace, or descends from
  /// it. Asked for every event that a filter on the tree sees: answers are to be remembered.
  virtual bool IsInTree(const wirehound_process& process, std::int32_t root_host_pid) = 0;
};

/// Whatever is null is not available: a filter that needs it does not compile.
struct ScopeServices {
  ProcessTree* tree = nullptr;
};

}  // namespace wirehound
