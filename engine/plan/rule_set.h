// SPDX-License-Identifier: Apache-2.0

// RuleSet: collects capture rules and reduces their number. A rule that another one covers is left
// out; rules that differ in one list alone become one. When rules are still too many, or lists too
// long, the set drops conditions, which lets more packets pass. Control thread.

#pragma once

#include <utility>
#include <vector>

#include "engine/plan/event_demand.h"
#include "probes/capture/capture_plan.h"

namespace wirehound {

class RuleSet {
 public:
  void Add(CaptureRule rule) { rules_.push_back(std::move(rule)); }

  /// The rules, in the order of their classes, at most kMaxCaptureRules. A line for each class
  /// whose conditions were dropped is added to `engine_filters`.
  std::vector<CaptureRule> Take(std::vector<EngineFilter>& engine_filters);

 private:
  void Join();
  void CapLists(std::vector<EngineFilter>& engine_filters);
  void Widen(std::vector<EngineFilter>& engine_filters);

  std::vector<CaptureRule> rules_;
};

}  // namespace wirehound
