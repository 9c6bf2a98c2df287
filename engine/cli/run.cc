// SPDX-License-Identifier: Apache-2.0

// `wirehound …`: the main job. Puts source, pipeline, dispatcher and outputs together, runs them,
// takes them down in order and accounts for every record.

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/cli/commands.h"
#include "engine/command_process.h"
#include "engine/config/config_file.h"
#include "engine/detector_set.h"
#include "engine/event_loop.h"
#include "engine/graph/selection.h"
#include "engine/ledger.h"
#include "engine/logging.h"
#include "engine/outputs/output_spec.h"
#include "engine/pipeline/capture_needs.h"
#include "engine/pipeline/packet_pipeline.h"
#include "engine/reload/plugin_watcher.h"
#include "engine/reload/reloader.h"
#include "engine/safety/crash_report.h"
#include "engine/safety/stray_output.h"
#include "engine/sources/capture_file_source.h"
#include "probes/live_source.h"

namespace wirehound {

namespace {

// A source with the two things that differ between live capture and files.
struct OpenedSource {
  std::unique_ptr<Source> source;
  std::function<void()> stop;
  std::function<std::optional<std::uint64_t>()> seen;
  std::function<void(const Plan&)> capture;  // live only
};

Result<OpenedSource> OpenFileSource(const std::string& path) {
  Result<std::unique_ptr<CaptureFileSource>> file = CaptureFileSource::Open(path);
  if (!file) {
    return std::move(file).error();
  }
  CaptureFileSource* source = file->get();
  return OpenedSource{
      *std::move(file), [source] { source->Stop(); }, [] { return std::nullopt; }, {}};
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
                      [source] { return std::optional(source->Seen()); },
                      [source](const Plan& now) { source->SetPlan(CaptureNeeds(now)); }};
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
  return OpenOutputs({isatty(StandardOutputFd()) != 0 ? "table" : "json"});
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

// The configuration, and what it means for the detectors there are.
struct Configuration {
  ConfigFile file;
  DetectorConfigs configs;
};

Result<Configuration> ReadConfiguration(const Options& options, const DetectorSet& set) {
  Configuration configuration;
  if (!options.config.empty()) {
    Result<ConfigFile> file = ConfigFile::Read(options.config);
    if (!file) {
      return std::move(file).error();
    }
    configuration.file = *std::move(file);
  }
  Result<DetectorConfigs> configs = MakeConfigs(configuration.file, set.definitions());
  if (!configs) {
    return std::move(configs).error();
  }
  configuration.configs = *std::move(configs);
  const auto logger = MakeLogger("wirehound");
  for (const std::string& line : configuration.file.UnknownDetectors(set.definitions())) {
    logger->warn("{}", line);
  }
  return configuration;
}

// Without notices the engine runs all the same; SIGHUP still has it look at the folder.
std::unique_ptr<PluginWatcher> WatchPlugins(const std::filesystem::path& folder, EventLoop& loop,
                                            Reloader& reloader) {
  if (folder.empty()) {
    return nullptr;
  }
  Result<std::unique_ptr<PluginWatcher>> watcher =
      PluginWatcher::Start(loop.io(), folder, [&reloader] { reloader.ReloadPlugins(); });
  if (!watcher) {
    MakeLogger("wirehound")->warn("plugins are not watched: {}", watcher.error().message());
    return nullptr;
  }
  return *std::move(watcher);
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

// The parts of a run, in the order in which they come to be and, backwards, go.
class MainJob {
 public:
  explicit MainJob(const Options& options)
      : options_(options),
        stores_(is_live() ? StoreOrigin::kThisSystem : StoreOrigin::kCaptureFile, time_) {}
  MainJob(const MainJob&) = delete;
  MainJob& operator=(const MainJob&) = delete;

  /// Everything that can be wrong before the first record.
  Status Prepare();

  /// Runs to the end of the source; the exit status.
  int Perform();

 private:
  bool is_live() const { return options_.read_file.empty(); }
  // Nobody knows the parents of whoever made a capture file.
  ScopeServices scope_services() { return {.tree = is_live() ? &stores_.processes : nullptr}; }

  Status LoadAll();
  Status OpenEnds();
  Status StartDetectors();
  void Attach(EventLoop& loop, Reloader& reloader);

  const Options& options_;
  std::unique_ptr<StrayOutput> stray_;
  std::optional<DetectorSet> set_;
  Configuration configuration_;
  StreamTime time_;
  Stores stores_;
  Plan plan_;
  std::unique_ptr<CommandProcess> command_;  // null: none
  OpenedSource source_;
  std::vector<std::unique_ptr<Output>> outputs_;
  std::unique_ptr<Dispatcher> dispatcher_;
};

Status MainJob::Prepare() {
  Status status = LoadAll();
  if (status) {
    status = OpenEnds();
  }
  return status ? StartDetectors() : std::move(status);
}

// The detectors, what they are told, and what of them is wanted.
Status MainJob::LoadAll() {
  Result<std::unique_ptr<StrayOutput>> stray = StrayOutput::Start();
  if (!stray) {
    return std::move(stray).error();
  }
  stray_ = *std::move(stray);
  Result<DetectorSet> set = LoadDetectors(options_);
  if (!set) {
    return std::move(set).error();
  }
  set_ = *std::move(set);
  AttributeStrayOutput("a plugin that was being loaded");
  Result<Configuration> configuration = ReadConfiguration(options_, *set_);
  if (!configuration) {
    return std::move(configuration).error();
  }
  configuration_ = *std::move(configuration);
  Result<Plan> plan = MakePlan(options_.selection, set_->catalogue(), set_->definitions(),
                               set_->graph(), scope_services());
  if (!plan) {
    return std::move(plan).error();
  }
  plan_ = *std::move(plan);
  return {};
}

// Where records come from and where events go.
Status MainJob::OpenEnds() {
  if (Status cgroup = CheckCgroup(options_.cgroup); !cgroup) {
    return cgroup;
  }
  Result<std::unique_ptr<CommandProcess>> command = PrepareCommand(options_);
  if (!command) {
    return std::move(command).error();
  }
  command_ = *std::move(command);
  const std::string& cgroup = command_ ? command_->cgroup() : options_.cgroup;
  Result<OpenedSource> source =
      is_live() ? OpenLiveSource(cgroup, plan_) : OpenFileSource(options_.read_file);
  if (!source) {
    return std::move(source).error();
  }
  source_ = *std::move(source);
  Result<std::vector<std::unique_ptr<Output>>> outputs = OpenAsAsked(options_);
  if (!outputs) {
    return std::move(outputs).error();
  }
  outputs_ = *std::move(outputs);
  return {};
}

Status MainJob::StartDetectors() {
  dispatcher_ = Dispatcher::Start(
      {plan_, set_->catalogue(), set_->detectors(), configuration_.configs},
      {.time = time_, .stores = stores_, .limits = configuration_.file.limits()}, outputs_);
  return CheckStarted(options_, plan_, *dispatcher_);
}

// What else the loop has to look after. The command runs from here on.
void MainJob::Attach(EventLoop& loop, Reloader& reloader) {
  loop.OnHangup([&reloader] { reloader.ReloadAll(); });
  if (is_live()) {
    loop.FollowClock(LiveSource::kMaxDelayNs * 5);
  }
  loop.Watch(stray_->poll_fd(), [this] { stray_->Read(); });
  if (command_) {
    loop.Follow(*command_);
    command_->Release();
  }
}

int MainJob::Perform() {
  const std::filesystem::path plugins = PluginFolderOf(options_);
  PacketPipeline pipeline(plan_, set_->catalogue(), *dispatcher_, stores_.dns);
  EventLoop loop(*source_.source, pipeline, *dispatcher_, outputs_, source_.stop);
  Reloader reloader({options_.selection, scope_services(), plugins, options_.config},
                    {*set_, *dispatcher_, pipeline, source_.capture},
                    std::move(configuration_.file));
  const auto watcher = WatchPlugins(plugins, loop, reloader);
  Attach(loop, reloader);
  const Status status = loop.Run();
  dispatcher_->Close();
  Ledger ledger = MakeLedger(*source_.source, source_.seen(), pipeline, *dispatcher_);
  ledger.reloads = reloader.counters();
  fmt::print(stderr, "{}", DescribeLedger(ledger));
  return ExitStatus(options_, status, ledger, loop.command_status());
}

}  // namespace

int Run(const Options& options) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed output is an error of a write
  SetCrashReplay({.read_file = options.read_file, .plugins_folder = options.plugins});
  MainJob job(options);
  const Status prepared = job.Prepare();
  return prepared ? job.Perform() : Report(prepared.error());
}

}  // namespace wirehound
