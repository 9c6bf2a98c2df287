// SPDX-License-Identifier: Apache-2.0

// ProcessNotices: turns what the kernel tells of a process's life into notices for the sink. Keeps
// nothing of one notice for the next. Dispatch thread.

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

/// Texts separated, or each ended, by a NUL: as the kernel keeps a program's arguments. They view
/// `text`. Pure.
std::vector<wirehound_string> SplitArguments(std::string_view text);

class ProcessNotices {
 public:
  ProcessNotices(BootClock clock, ProcessResolvers resolvers)
      : clock_(clock), resolvers_(std::move(resolvers)) {}

  /// Valid until the next call, and as long as what `told` views.
  ProcessNotice Make(const WireLifecycle& told);

 private:
  BootClock clock_;
  ProcessResolvers resolvers_;
  OwnedProcess process_;
  std::vector<wirehound_string> arguments_;
};

}  // namespace wirehound
