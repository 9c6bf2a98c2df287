// SPDX-License-Identifier: Apache-2.0

// ControlMemory: the words the reader shares with the BPF programs while both run. Dispatch thread.

#pragma once

#include <cstdint>
#include <memory>

#include <wirehound/result.h>

#include "probes/bpf/settings.h"

namespace wirehound {

class ControlMemory {
 public:
  /// `control_fd` is the map; it may be closed afterwards.
  static Result<ControlMemory> Map(int control_fd);

  /// Whether the programs may leave the reader asleep: 1 yes, 0 no.
  void SetReaderPolls(std::uint32_t polls);

  /// Packets the programs have lost so far, on all CPUs and for whatever reason.
  std::uint64_t Lost() const;

  /// Whether the programs tell of processes that begin, run another program, or end: 1 yes, 0 no.
  void SetTellsProcesses(std::uint32_t tells);

 private:
  struct Unmap {
    void operator()(wirehound_control* control) const;
  };

  explicit ControlMemory(wirehound_control* control) : control_(control) {}

  std::unique_ptr<wirehound_control, Unmap> control_;
};

}  // namespace wirehound
