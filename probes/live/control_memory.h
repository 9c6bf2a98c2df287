// SPDX-License-Identifier: Apache-2.0

// ControlMemory: the words that the reader shares with the BPF programs while both run, mapped into
// memory: each is read and written atomically, without a system call. Dispatch thread.

#pragma once

#include <cstdint>
#include <memory>

#include <wirehound/result.h>

#include "probes/bpf/settings.h"

namespace wirehound {

class ControlMemory {
 public:
  /// `control_fd` is the map `control`; it may be closed afterwards.
  static Result<ControlMemory> Map(int control_fd);

  /// 1: the reader polls, so the programs need not wake it; 0: they wake it for the next record.
  void SetReaderPolls(std::uint32_t polls);

  /// Packets the programs have lost so far, on all CPUs and for all reasons.
  std::uint64_t Lost() const;

  /// 1: the programs send LIFECYCLE records, when a process begins, runs another program, or ends;
  /// 0: they do not.
  void SetSendsLifecycle(std::uint32_t sends);

 private:
  struct Unmap {
    void operator()(wirehound_control* control) const;
  };

  explicit ControlMemory(wirehound_control* control) : control_(control) {}

  std::unique_ptr<wirehound_control, Unmap> control_;
};

}  // namespace wirehound
