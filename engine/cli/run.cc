// SPDX-License-Identifier: Apache-2.0

// `wirehound …`: the main job. Puts source, pipeline, dispatcher and outputs together, runs them,
// takes them down in order and accounts for every record.

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "engine/cli/commands.h"
#include "engine/command_process.h"
#include "engine/detector_set.h"
#include "engine/event_loop.h"
#include "engine/graph/selection.h"
#include "engine/ledger.h"
#include "engine/logging.h"
#include "engine/outputs/output_spec.h"
#include "engine/pipeline/capture_needs.h"
#include "engine/pipeline/packet_pipeline.h"
#include "engine/sources/capture_file_source.h"
#include "probes/live_source.h"

namespace wirehound {

namespace {

// A source with the two things that differ between live capture and files.
struct OpenedSource {
  std::unique_ptr<Source> source;
  std::function<void()> stop;
  std::function<std::optional<std::uint64_t>()> seen;
};

Result<OpenedSource> OpenFileSource(const std::string& path) {
  Result<std::unique_ptr<CaptureFileSource>> file = CaptureFileSource::Open(path);
  if (!file) {
    return std::move(file).error();
  }
  CaptureFileSource* source = file->get();
  return OpenedSource{*std::move(file), [source] { source->Stop(); }, [] { return std::nullopt; }};
}

void LogRefusedHooks(const LiveSource& source) {
  const auto logger = MakeLogger("wirehound");
  for (const HookReport& hook : source.hooks()) {
    if (hook.state == HookState::kRefused) {
      logger->info("hook {} refused ({}): {}", hook.name, hook.reason, hook.costs);
    }
  }
}

Result<OpenedSource> OpenLiveSource(const std::string& cgroup, const Plan& plan) {
  LiveOptions options;
  options.cgroup = cgroup;
  options.plan = CaptureNeeds(plan);
  Result<std::unique_ptr<LiveSource>> live = LiveSource::Open(options);
  if (!live) {
    return std::move(live).error();
  }
  LiveSource* source = live->get();
  LogRefusedHooks(*source);
  return OpenedSource{*std::move(live), [source] { source->Detach(); },
                      [source] { return std::optional(source->Seen()); }};
}

Status CheckCgroup(const std::string& directory) {
  Result<std::uint64_t> id = directory.empty() ? 0 : CgroupId(directory);
  return id ? Status() : Error(ErrorCode::kInvalidInput, "--cgroup: " + id.error().message());
}

// Where the command's own group goes: below the one that is watched, or ours.
Result<std::unique_ptr<CommandProcess>> PrepareCommand(const Options& options) {
  if (options.command.empty()) {
    return std::unique_ptr<CommandProcess>();
  }
  Result<std::string> parent =
      options.cgroup.empty() ? OwnCgroup() : Result<std::string>(options.cgroup);
  if (!parent) {
    return std::move(parent).error();
  }
  Result<CommandProcess> command = CommandProcess::Prepare(*parent, options.command);
  if (!command && geteuid() != 0 && command.error().code() != ErrorCode::kInvalidInput) {
    return Error(ErrorCode::kNotPermitted,
                 command.error().message() +
                     "; run as root, or as a user who may write to that group and has CAP_BPF, "
                     "CAP_NET_ADMIN and CAP_PERFMON; capture files can be read with --read "
                     "without privileges");
  }
  if (!command) {
    return std::move(command).error();
  }
  return std::make_unique<CommandProcess>(*std::move(command));
}

Result<std::vector<std::unique_ptr<Output>>> OpenAsAsked(const Options& options) {
  if (!options.outputs.empty()) {
    return OpenOutputs(options.outputs);
  }
  return OpenOutputs({isatty(STDOUT_FILENO) != 0 ? "table" : "json"});
}

// A detector that fails to start does not keep the others from running; only when none is left,
// or --strict-plugins asks for it, is that the end.
Status CheckStarted(const Options& options, const Plan& plan, const Dispatcher& dispatcher) {
  const std::vector<std::string>& failures = dispatcher.start_failures();
  if (failures.empty()) {
    return {};
  }
  if (options.strict_plugins || failures.size() == plan.detectors.size()) {
    return Error(failures.front());
  }
  const auto logger = MakeLogger("wirehound");
  for (const std::string& failure : failures) {
    logger->error("{}", failure);
  }
  return {};
}

int ExitStatus(const Options& options, const Status& status, const Ledger& ledger,
               std::optional<int> command_status) {
  if (!status) {
    return Report(status.error());
  }
  if (options.strict && !ledger.closes()) {
    return kExitFailed;
  }
  return command_status.value_or(kExitOk);
}

}  // namespace

int Run(const Options& options) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed output is an error of a write
  Result<DetectorSet> set = LoadDetectors(options);
  if (!set) {
    return Report(set.error());
  }
  Result<Plan> plan =
      MakePlan(options.selection, set->catalogue(), set->definitions(), set->graph());
  if (!plan) {
    return Report(plan.error());
  }
  if (Status cgroup = CheckCgroup(options.cgroup); !cgroup) {
    return Report(cgroup.error());
  }
  Result<std::unique_ptr<CommandProcess>> command = PrepareCommand(options);
  if (!command) {
    return Report(command.error());
  }
  const std::string& cgroup = *command ? (*command)->cgroup() : options.cgroup;
  Result<OpenedSource> source =
      options.read_file.empty() ? OpenLiveSource(cgroup, *plan) : OpenFileSource(options.read_file);
  if (!source) {
    return Report(source.error());
  }
  Result<std::vector<std::unique_ptr<Output>>> outputs = OpenAsAsked(options);
  if (!outputs) {
    return Report(outputs.error());
  }
  const std::unique_ptr<Dispatcher> dispatcher =
      Dispatcher::Start(*plan, set->catalogue(), set->detectors(), *outputs);
  if (Status started = CheckStarted(options, *plan, *dispatcher); !started) {
    return Report(started.error());
  }
  PacketPipeline pipeline(*plan, set->catalogue(), *dispatcher);
  EventLoop loop(*source->source, pipeline, *dispatcher, *outputs, source->stop);
  if (*command) {
    loop.Follow(**command);
    (*command)->Release();
  }
  const Status status = loop.Run();
  dispatcher->Close();
  const Ledger ledger = MakeLedger(*source->source, source->seen(), pipeline, *dispatcher);
  fmt::print(stderr, "{}", DescribeLedger(ledger));
  return ExitStatus(options, status, ledger, loop.command_status());
}

}  // namespace wirehound
