// SPDX-License-Identifier: Apache-2.0

// Opens what the command line names: where records come from, where events go, the recording, the
// command. The errors are for the user and say what was asked for. Control thread, at start.

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

/// Captures what `plan` asks for from the control group `cgroup` and everything below it; "" is the
/// whole machine. Logs the hooks that this kernel refuses.
Result<std::unique_ptr<LiveSource>> OpenLiveSource(const std::string& cgroup,
                                                   const Options& options, CapturePlan plan);

/// The recording of --write, or null without one. `system` is where the records come from; null:
/// not known.
Result<std::unique_ptr<Recorder>> OpenRecorder(const Options& options, const SystemFacts* system);

/// Whether --cgroup names a control group, if it is given.
Status CheckCgroup(const std::string& directory);

/// The command behind "--", held back in a control group of its own until its Release; null without
/// one.
Result<std::unique_ptr<CommandProcess>> PrepareCommand(const Options& options);

/// The outputs of --output; a table on a terminal, JSON elsewhere when none is named.
Result<std::vector<std::unique_ptr<Output>>> OpenOutputsOf(const Options& options);

}  // namespace wirehound
