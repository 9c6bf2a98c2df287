// SPDX-License-Identifier: Apache-2.0

// `wirehound …`: the main job. Puts source, pipeline, dispatcher and outputs together, runs them,
// takes them down in order and accounts for every record.

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/cli/commands.h"
#include "engine/config/config_file.h"
#include "engine/log/logging.h"
#include "engine/outputs/output_spec.h"
#include "engine/pipeline/packet_pipeline.h"
#include "engine/plan/capture_needs.h"
#include "engine/plan/selection.h"
#include "engine/privileges/privileges.h"
#include "engine/recording/recorder.h"
#include "engine/run/command_process.h"
#include "engine/run/detector_set.h"
#include "engine/run/event_loop.h"
#include "engine/run/intake.h"
#include "engine/run/ledger.h"
#include "engine/run/plugin_watcher.h"
#include "engine/run/reloader.h"
#include "engine/runtimes/runtime_asker.h"
#include "engine/safety/crash_report.h"
#include "engine/safety/stray_output.h"
#include "engine/sources/capture_file_source.h"
#include "probes/host/running_processes.h"
#include "probes/live/live_source.h"

namespace wirehound {

namespace {

// Beyond them FindRunning counts who was left out.
constexpr std::size_t kMaxRunningProcesses = 65536;

// A source with the two things that differ between live capture and files.
struct OpenedSource {
  std::unique_ptr<Source> source;
  std::function<void()> stop;
  std::function<std::optional<std::uint64_t>()> seen;
  std::function<void(const Plan&)> capture = {};            // live only
  std::function<void(ProcessTelling)> tell_processes = {};  // live only
  std::function<bool()> can_read_maps = {};                 // live only
  std::function<std::vector<LiveNote>()> notes = {};        // live only
  bool is_recording = false;                                // of ours, so it tells of processes
  std::optional<SystemFacts> system = {};                   // that a recording was made on
};

Result<OpenedSource> OpenFileSource(const std::string& path) {
  Result<std::unique_ptr<CaptureFileSource>> file = CaptureFileSource::Open(path);
  if (!file) {
    return std::move(file).error();
  }
  CaptureFileSource* source = file->get();
  return OpenedSource{.source = *std::move(file),
                      .stop = [source] { source->Stop(); },
                      .seen = [] { return std::nullopt; },
                      .is_recording = source->is_recording(),
                      .system = source->system()};
}

// Worth a line is what leaves a need without any hook; 'wirehound doctor' shows the rest.
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

// What the selection needs, and what the recording shall have of it.
CapturePlan WantedBy(const Plan& plan, const WriteOptions& write) {
  CapturePlan wanted = CaptureNeeds(plan);
  CaptureAtLeast(wanted, write.amount);
  return wanted;
}

Result<OpenedSource> OpenLiveSource(const std::string& cgroup, const Options& asked,
                                    const Plan& plan) {
  LiveOptions options;
  options.cgroup = cgroup;
  options.ring_bytes = asked.ring_bytes;
  options.plan = WantedBy(plan, asked.write);
  Result<std::unique_ptr<LiveSource>> live = LiveSource::Open(options);
  if (!live) {
    return std::move(live).error();
  }
  LiveSource* source = live->get();
  LogRefusedHooks(*source);
  return OpenedSource{
      *std::move(live),
      [source] { source->Detach(); },
      [source] { return std::optional(source->Seen()); },
      [source, write = asked.write](const Plan& now) { source->SetPlan(WantedBy(now, write)); },
      [source](ProcessTelling telling) { source->SetProcesses(telling); },
      [source] { return source->CanReadMaps(); },
      [source] { return source->Notes(); }};
}

// Opening the recording empties it, so it must not be what is read.
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
  const auto patience =
      options.read_file.empty() ? SourcePatience::kCannotWait : SourcePatience::kWaits;
  if (!options.outputs.empty()) {
    return OpenOutputs(options.outputs, patience);
  }
  return OpenOutputs({isatty(StandardOutputFd()) != 0 ? "table" : "json"}, patience);
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

// What was noted about processes and sockets, in no sum; nothing where all is 0.
void PrintNotes(const std::vector<LiveNote>& notes) {
  std::string text;
  for (const LiveNote& note : notes) {
    if (note.count != 0) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", note.name, note.count);
    }
  }
  if (!text.empty()) {
    fmt::print(stderr, "wirehound: capture: {}\n", text);
  }
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
  // Nobody knows the parents of whoever made a capture file that is no recording.
  ScopeServices scope_services() {
    return {.tree = is_live() || source_.is_recording ? &stores_.processes : nullptr};
  }

  Status FindUser();
  Status OpenFile();
  Status LoadAll();
  Status OpenEnds();
  Status GiveUpPrivileges();
  Status StartDetectors();
  Status ChooseRuntimes();
  void Attach(EventLoop& loop, Reloader& reloader);
  void AttachRuntimes(EventLoop& loop, Intake& intake);
  void FollowProcesses();
  std::function<void(const Plan&)> CaptureAnew();

  const Options& options_;
  std::unique_ptr<StrayOutput> stray_;
  std::optional<DetectorSet> set_;
  Configuration configuration_;
  std::optional<RunAs> run_as_;
  StreamTime time_;
  Stores stores_;
  Plan plan_;
  std::unique_ptr<CommandProcess> command_;  // null: none
  OpenedSource source_;
  std::string watched_group_;           // directory; "": the whole machine
  std::unique_ptr<Recorder> recorder_;  // null: nothing is recorded
  std::vector<std::unique_ptr<Output>> outputs_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<RuntimeAsker> runtimes_;  // null: nobody is asked
  ProcessTelling telling_ = ProcessTelling::kOff;
};

Status MainJob::Prepare() {
  Status status = FindUser();
  // What can be asked of the stores depends on whether the file is a recording; but what is wrong
  // with the command line is said first.
  Status opened = is_live() ? Status() : OpenFile();
  if (status) {
    status = LoadAll();
  }
  if (status) {
    status = std::move(opened);
  }
  if (status) {
    status = OpenEnds();
  }
  if (status) {
    status = GiveUpPrivileges();
  }
  return status ? StartDetectors() : std::move(status);
}

Status MainJob::FindUser() {
  if (options_.user.empty()) {
    return {};
  }
  Result<RunAs> user = FindRunAs(options_.user);
  if (!user) {
    return std::move(user).error();
  }
  run_as_ = *std::move(user);
  return {};
}

Status MainJob::OpenFile() {
  Result<OpenedSource> source = OpenFileSource(options_.read_file);
  if (!source) {
    return std::move(source).error();
  }
  source_ = *std::move(source);
  if (source_.system) {
    stores_.system.Take(*source_.system);
    stores_.processes.ExpectNotices(BootClock(source_.system->boot_time_ns));
  }
  return {};
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
  return ChooseRuntimes();
}

// The containers of a capture file were another machine's.
Status MainJob::ChooseRuntimes() {
  const bool is_given = !options_.runtime_sockets.empty();
  Result<RuntimeChoice> choice = ParseRuntimeSockets(
      is_given ? options_.runtime_sockets : configuration_.file.runtime_sockets());
  if (!choice) {
    return std::move(choice).error().WithContext("--runtime-socket");
  }
  if (is_live() && !choice->nobody) {
    runtimes_ = std::make_unique<RuntimeAsker>(RuntimeAsker::Setup{.choice = *std::move(choice)});
  }
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
  if (is_live()) {
    Result<OpenedSource> source = OpenLiveSource(cgroup, options_, plan_);
    if (!source) {
      return std::move(source).error();
    }
    source_ = *std::move(source);
  }
  source_.source->UseContainers(stores_.containers.directory());
  watched_group_ = cgroup;
  Result<std::unique_ptr<Recorder>> recorder = OpenRecorder(options_, stores_.system.facts());
  if (!recorder) {
    return std::move(recorder).error();
  }
  recorder_ = *std::move(recorder);
  Result<std::vector<std::unique_ptr<Output>>> outputs = OpenAsAsked(options_);
  if (!outputs) {
    return std::move(outputs).error();
  }
  outputs_ = *std::move(outputs);
  return {};
}

// Before detectors see anything, and before there are threads.
Status MainJob::GiveUpPrivileges() {
  Result<std::string> left =
      DropPrivileges({.is_live = is_live(),
                      .has_command = command_ != nullptr,
                      .can_read_maps = source_.can_read_maps},
                     {.user = run_as_, .filters_system_calls = options_.filters_system_calls});
  if (!left) {
    return std::move(left).error();
  }
  MakeLogger("wirehound")->debug("goes on as {}", *left);
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
  if (recorder_) {
    loop.OnIdle([this] { recorder_->Flush(); });
  }
  loop.Watch(stray_->poll_fd(), [this] { stray_->Read(); });
  if (command_) {
    loop.Follow(*command_);
    command_->Release();
  }
}

// Questions go out as containers are met; answers come in between two reads, like what a source
// tells.
void MainJob::AttachRuntimes(EventLoop& loop, Intake& intake) {
  if (runtimes_ == nullptr) {
    return;
  }
  stores_.containers.OnNew([this](const wirehound_container_info& container) {
    runtimes_->Ask({container.id.data, container.id.size},
                   {container.runtime.data, container.runtime.size});
  });
  loop.Watch(runtimes_->poll_fd(), [this, &intake] {
    runtimes_->TakeAnswers(
        [&intake](const wirehound_container_info& container) { intake.OnContainer(container); });
  });
}

// Who runs already is looked up when processes begin to be told of: after that, so that nobody
// falls between.
void MainJob::FollowProcesses() {
  const ProcessTelling wanted =
      dispatcher_->asks_about_processes() ? ProcessTelling::kOn : ProcessTelling::kOff;
  if (!source_.tell_processes || wanted == telling_) {
    return;
  }
  telling_ = wanted;
  source_.tell_processes(wanted);
  if (wanted == ProcessTelling::kOn) {
    stores_.processes.FindRunning(RunningProcesses(watched_group_, kMaxRunningProcesses));
  }
}

// After a reload; empty when there is nothing to capture.
std::function<void(const Plan&)> MainJob::CaptureAnew() {
  if (!source_.capture) {
    return {};
  }
  return [this](const Plan& plan) {
    source_.capture(plan);
    FollowProcesses();
  };
}

int MainJob::Perform() {
  const std::filesystem::path plugins = PluginFolderOf(options_);
  PacketPipeline pipeline(plan_, set_->catalogue(), *dispatcher_, stores_.dns);
  pipeline.SetOwners([this](std::uint64_t id) { return source_.source->FindOwner(id); });
  Intake intake(pipeline, stores_, recorder_.get());
  if (recorder_) {
    stores_.processes.SetLearned(
        [this](const ProcessNotice& notice) { recorder_->OnProcess(notice); });
  }
  EventLoop loop(*source_.source, intake, *dispatcher_, outputs_, source_.stop);
  Reloader reloader({options_.selection, scope_services(), plugins, options_.config},
                    {*set_, *dispatcher_, pipeline, CaptureAnew()}, std::move(configuration_.file));
  const auto watcher = WatchPlugins(plugins, loop, reloader);
  FollowProcesses();
  Attach(loop, reloader);
  AttachRuntimes(loop, intake);
  const Status status = loop.Run();
  dispatcher_->Close();
  Ledger ledger = MakeLedger(*source_.source, source_.seen(), pipeline, *dispatcher_);
  ledger.reloads = reloader.counters();
  ledger.runtimes = runtimes_ == nullptr ? RuntimeCounters{} : runtimes_->counters();
  if (recorder_) {
    TakeRecording(ledger, recorder_->counters());
  }
  fmt::print(stderr, "{}", DescribeLedger(ledger));
  if (source_.notes) {
    PrintNotes(source_.notes());
  }
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
