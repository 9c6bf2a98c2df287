// SPDX-License-Identifier: Apache-2.0

// DependencyGraph: in which order detectors see events, and which of them cannot run. Built from
// all detectors at once, so the order in which they were loaded does not matter. Pure; control
// thread, at start.
//
// An edge goes from a detector to every detector that requires the event it produces. What is
// left out, in this order: detectors on a cycle, then detectors whose required input nobody
// produces, and so on until nothing changes.

#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/definition.h>

namespace wirehound {

/// A detector that cannot run, and why, in one line.
struct LeftOut {
  std::size_t detector;  ///< index into what was given
  std::string reason;
};

struct DependencyGraph {
  /// Indices of the detectors that can run: each after all it gets events from, those of one
  /// level by id.
  std::vector<std::size_t> order;
  std::vector<LeftOut> left_out;
};

/// `is_base_event` says which names exist without any detector.
DependencyGraph BuildDependencyGraph(std::span<const DetectorDefinition* const> detectors,
                                     const std::function<bool(std::string_view)>& is_base_event);

}  // namespace wirehound
