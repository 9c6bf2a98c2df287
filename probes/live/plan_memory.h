// SPDX-License-Identifier: Apache-2.0

// PlanMemory: writes the capture plan to where the BPF programs read it. A new plan applies from
// the next packet on. There are two copies and a word that says which is active: the new plan is
// written to the other copy, then the word changes. So a program applies the old plan or the new
// one to a packet, never parts of both. Dispatch thread.

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
  /// Takes the maps `plans` and `prefixes`. `plans_fd` may be closed afterwards; `prefixes_fd` is
  /// borrowed for the lifetime of this object.
  static Result<PlanMemory> Map(int plans_fd, int prefixes_fd);

  /// Makes `plan` the active one; its scope is ignored. From the second call on it waits until the
  /// running programs have ended, up to tens of milliseconds: one of them may still read the copy
  /// that this call overwrites.
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
  std::vector<wirehound_prefix_key> written_[2];  // keys in the map, for each copy of the plan
  bool was_set_ = false;
};

}  // namespace wirehound
