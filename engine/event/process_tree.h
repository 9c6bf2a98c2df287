// SPDX-License-Identifier: Apache-2.0

// ProcessTree: tells filters which process descends from which. The process store implements it; a
// filter does not depend on the store. Dispatch thread.

#pragma once

#include <cstdint>

#include <wirehound/abi/detector_abi.h>

namespace wirehound {

class ProcessTree {
 public:
  virtual ~ProcessTree() = default;
  /// Whether `process` is the process with this id in the initial pid namespace, or descends from
  /// it. Filters on the tree ask this for every event: an implementation should cache its answers.
  virtual bool IsInTree(const wirehound_process& process, std::int32_t root_host_pid) = 0;
};

}  // namespace wirehound
