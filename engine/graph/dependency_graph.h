// SPDX-License-Identifier: Apache-2.0

// DependencyGraph: in which order detectors see events, and which of them cannot run. Built from
// all detectors at once, so the order in which they were loaded does not matter. Pure; control
// thread, at start.
//
// An edge goes from a detector to every detector that requires the event it produces, in a version
// that this event has. The graph leaves out, in this order: detectors that are not for this engine
// or machine, or require something it does not have; detectors on a cycle; detectors whose required
// input no detector produces, and so on until nothing changes.

#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/definition.h>

#include "engine/graph/availability.h"

namespace wirehound {

/// A detector that cannot run, and why, in one line.
struct LeftOut {
  std::size_t detector;  ///< index into what was given
  std::string reason;
  /// It is valid, and made for another version or machine, or it requires such a detector: a note,
  /// not a warning.
  bool is_mismatch = false;
};

struct DependencyGraph {
  /// Indices of the detectors that can run: each after all it gets events from, detectors of one
  /// level by id.
  std::vector<std::size_t> order;
  std::vector<LeftOut> left_out;
};

/// The version of a base event, or nothing when there is none of that name.
using BaseEventVersion = std::function<std::optional<Version>(std::string_view)>;

DependencyGraph BuildDependencyGraph(std::span<const DetectorDefinition* const> detectors,
                                     const BaseEventVersion& base_event_version,
                                     const HostFacts& host = ThisHost());

}  // namespace wirehound
