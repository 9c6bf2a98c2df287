// SPDX-License-Identifier: Apache-2.0

#include "engine/cli/open_ends.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <spdlog/logger.h>

#include "engine/log/logging.h"
#include "engine/outputs/output_spec.h"
#include "engine/safety/stray_output.h"
#include "probes/host/cgroup.h"

namespace wirehound {

namespace {

// Logs a refused hook at level info when no attached hook serves the same need, otherwise at level
// debug. 'wirehound doctor' shows all of them.
void LogRefusedHooks(const LiveSource& source) {
  const auto logger = MakeLogger("wirehound");
  const std::vector<HookReport>& hooks = source.hooks();
  for (const HookReport& hook : hooks) {
    if (hook.state != HookState::kRefused) {
      continue;
    }
    const bool served = std::any_of(hooks.begin(), hooks.end(), [&hook](const HookReport& other) {
      return other.need == hook.need && other.state == HookState::kAttached;
    });
    logger->log(served ? spdlog::level::debug : spdlog::level::info, "hook {} refused ({}): {}",
                hook.name, hook.reason, hook.costs);
  }
}

}  // namespace

Result<std::unique_ptr<LiveSource>> OpenLiveSource(const std::string& cgroup,
                                                   const Options& options, CapturePlan plan) {
  LiveOptions live;
  live.cgroup = cgroup;
  live.ring_bytes = options.ring_bytes;
  live.plan = std::move(plan);
  std::unique_ptr<LiveSource> source = WIREHOUND_TRY(LiveSource::Open(live));
  LogRefusedHooks(*source);
  return source;
}

// Opening the recording empties the file, so it must not be the file that --read names.
Result<std::unique_ptr<Recorder>> OpenRecorder(const Options& options, const SystemFacts* system) {
  if (options.write.path.empty()) {
    return std::unique_ptr<Recorder>();
  }
  std::error_code ignored;
  if (!options.read_file.empty() &&
      std::filesystem::equivalent(options.read_file, options.write.path, ignored)) {
    return Error(ErrorCode::kInvalidInput,
                 "--write " + options.write.path + " is the file that --read reads");
  }
  return Recorder::Open(
      options.write,
      MakeRecordingOrigin(system == nullptr ? std::nullopt : std::optional(*system)));
}

Status CheckCgroup(const std::string& directory) {
  Result<std::uint64_t> id = directory.empty() ? 0 : CgroupId(directory);
  return id ? Status() : Error(ErrorCode::kInvalidInput, "--cgroup: " + id.error().message());
}

// The control group of the command is made below the group of --cgroup, otherwise below the group
// of this process.
Result<std::unique_ptr<CommandProcess>> PrepareCommand(const Options& options) {
  if (options.command.empty()) {
    return std::unique_ptr<CommandProcess>();
  }
  const std::string parent =
      WIREHOUND_TRY(options.cgroup.empty() ? OwnCgroup() : Result<std::string>(options.cgroup));
  Result<CommandProcess> command = CommandProcess::Prepare(parent, options.command);
  if (!command && geteuid() != 0 && command.error().code() != ErrorCode::kInvalidInput) {
    return Error(ErrorCode::kNotPermitted,
                 command.error().message() +
                     "; run as root, or as a user who may write to that group and has CAP_BPF, "
                     "CAP_NET_ADMIN and CAP_PERFMON; capture files can be read with --read "
                     "without privileges");
  }
  return std::make_unique<CommandProcess>(WIREHOUND_TRY(std::move(command)));
}

Result<std::vector<std::unique_ptr<Output>>> OpenOutputsOf(const Options& options) {
  const auto patience =
      options.read_file.empty() ? SourcePatience::kCannotWait : SourcePatience::kWaits;
  if (!options.outputs.empty()) {
    return OpenOutputs(options.outputs, patience);
  }
  return OpenOutputs({isatty(StandardOutputFd()) != 0 ? "table" : "json"}, patience);
}

}  // namespace wirehound
