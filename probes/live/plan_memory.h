// SPDX-License-Identifier: Apache-2.0

// PlanMemory: the capture plan where the BPF programs read it. A change holds from the next packet
// on, and each packet is judged by the old plan or the new one. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <wirehound/result.h>

#include "probes/bpf/settings.h"
#include "probes/capture/capture_plan.h"
#include "probes/live/plan_tables.h"

namespace wirehound {

class PlanMemory {
 public:
  /// `plans_fd` may be closed afterwards; `prefixes_fd` is borrowed.
  static Result<PlanMemory> Map(int plans_fd, int prefixes_fd);

  /// From the second time on it first waits for the programs that run: one of them may still go by
  /// the plan before the last.
  void Set(const CapturePlan& plan);

 private:
  struct Unmap {
    void operator()(wirehound_plans* plans) const;
  };

  PlanMemory(wirehound_plans* plans, int prefixes_fd) : plans_(plans), prefixes_fd_(prefixes_fd) {}

  bool WritePrefixes(std::uint32_t number, const std::vector<PlanPrefix>& prefixes);
  void DropPrefixes(std::uint32_t number);

  std::unique_ptr<wirehound_plans, Unmap> plans_;
  int prefixes_fd_;
  std::vector<wirehound_prefix_key> written_[2];  // by the number of the plan
  bool was_set_ = false;
};

}  // namespace wirehound
