// SPDX-License-Identifier: Apache-2.0

// ControlMemory: the words the reader shares with the BPF programs while both run: whether the
// reader comes by itself, and how much to copy of which packet. A change holds for the next packet;
// no program is loaded again. Dispatch thread.

#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include <wirehound/result.h>

#include "probes/capture_plan.h"
#include "probes/settings.h"

namespace wirehound {

/// What to copy of a packet that is in several classes, by the sum of WIREHOUND_CLASS_*.
std::array<std::uint32_t, WIREHOUND_CLASS_SETS> AmountsOf(const CapturePlan& plan);

class ControlMemory {
 public:
  /// `control_fd` is the map; it may be closed afterwards.
  static Result<ControlMemory> Map(int control_fd);

  /// Whether the programs may leave the reader asleep: 1 yes, 0 no.
  void SetReaderPolls(std::uint32_t polls);

  /// From now on these packets are wanted. Each word changes on its own: while this runs a packet
  /// may still be treated as before.
  void SetPlan(const CapturePlan& plan);

 private:
  struct Unmap {
    void operator()(wirehound_control* control) const;
  };

  explicit ControlMemory(wirehound_control* control) : control_(control) {}

  std::unique_ptr<wirehound_control, Unmap> control_;
};

}  // namespace wirehound
