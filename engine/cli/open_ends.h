// SPDX-License-Identifier: Apache-2.0

// Opens what the command line names: the live source, the outputs, the recording and the command.
// Errors are for the user and name the option. Control thread, at start.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include <wirehound/result.h>

#include "engine/cli/options.h"
#include "engine/event/output.h"
#include "engine/recording/recorder.h"
#include "engine/run/command_process.h"
#include "probes/capture/capture_plan.h"
#include "probes/live/live_source.h"

namespace wirehound {

/// Opens live capture of what `plan` asks for, for the control group `cgroup` and everything below
/// it; "" is the whole machine. Logs the hooks that this kernel refuses.
Result<std::unique_ptr<LiveSource>> OpenLiveSource(const std::string& cgroup,
                                                   const Options& options, CapturePlan plan);

/// Opens the recording of --write; null without that option. `system` describes the machine that
/// the records come from; null: not known.
Result<std::unique_ptr<Recorder>> OpenRecorder(const Options& options, const SystemFacts* system);

/// Checks that --cgroup, if given, names a control group.
Status CheckCgroup(const std::string& directory);

/// Prepares the command after "--": a process in a new control group that waits for Release. Null
/// without a command.
Result<std::unique_ptr<CommandProcess>> PrepareCommand(const Options& options);

/// Opens the outputs of --output. Without that option: a table on a terminal, JSON elsewhere.
Result<std::vector<std::unique_ptr<Output>>> OpenOutputsOf(const Options& options);

}  // namespace wirehound
