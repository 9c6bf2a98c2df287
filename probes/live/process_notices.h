// SPDX-License-Identifier: Apache-2.0

// ProcessNotices: turns LIFECYCLE records into notices for the sink. Each notice is made from its
// record alone: nothing is remembered between two. Dispatch thread.

#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include <wirehound/abi/detector_abi.h>

#include "probes/capture/record.h"
#include "probes/host/boot_clock.h"
#include "probes/live/process_table.h"
#include "probes/live/wire_reader.h"

namespace wirehound {

/// The arguments of a program in the kernel's form: each ended by a NUL, the last perhaps cut. The
/// results view `text`. Pure.
std::vector<wirehound_string> SplitArguments(std::string_view text);

class ProcessNotices {
 public:
  ProcessNotices(BootClock clock, ProcessResolvers resolvers)
      : clock_(clock), resolvers_(std::move(resolvers)) {}

  /// The notice for a record. Valid until the next call, and while the bytes that `record` views
  /// are.
  ProcessNotice Make(const WireLifecycle& record);

 private:
  BootClock clock_;
  ProcessResolvers resolvers_;
  OwnedProcess process_;
  std::vector<wirehound_string> arguments_;
};

}  // namespace wirehound
