// SPDX-License-Identifier: Apache-2.0

// `wirehound …` without a command word runs the main job (main_job.h). Control thread.

#include <csignal>

#include "engine/cli/commands.h"
#include "engine/cli/main_job.h"
#include "engine/safety/crash_report.h"

namespace wirehound {

int Run(const Options& options) {
  std::signal(SIGPIPE, SIG_IGN);  // a write to a closed output then fails with EPIPE
  SetCrashReplay({.read_file = options.read_file, .plugins_folder = options.plugins});
  MainJob job(options);
  const Status prepared = job.Prepare();
  return prepared ? job.Perform() : Report(prepared.error());
}

}  // namespace wirehound
