// SPDX-License-Identifier: Apache-2.0

// NoTree: for compiling filters that are only looked at, never asked: nobody descends from anybody.

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
