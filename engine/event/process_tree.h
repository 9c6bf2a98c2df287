// SPDX-License-Identifier: Apache-2.0

// ProcessTree: the question which process descends from which, for filters. The process store
// answers it; a filter need not know where the answer comes from. Dispatch thread.

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

}  // namespace wirehound
