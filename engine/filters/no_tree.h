// SPDX-License-Identifier: Apache-2.0

// NoTree: the process tree where none is kept: no process descends from another. For filters that
// are only checked or shown, and for detectors that run where no process is known.

#pragma once

#include "engine/filters/scope_services.h"

namespace wirehound {

class NoTree : public ProcessTree {
 public:
  bool IsInTree(const wirehound_process& /*process*/, std::int32_t /*root_host_pid*/) override {
    return false;
  }
};

}  // namespace wirehound
