// SPDX-License-Identifier: Apache-2.0

#include "engine/cli/main_job.h"

#include <cstdio>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <spdlog/logger.h>

#include "engine/cli/commands.h"
#include "engine/cli/open_ends.h"
#include "engine/log/logging.h"
#include "engine/run/plugin_watcher.h"

namespace wirehound {

namespace {

// The run goes on without a detector that fails to start. It is an error with --strict-plugins, or
// when every detector of the plan has failed.
Status CheckStarted(const Options& options, const Engine& engine) {
  const std::vector<std::string>& failures = engine.dispatcher().start_failures();
  if (failures.empty()) {
    return {};
  }
  if (options.strict_plugins || failures.size() == engine.plan().detectors.size()) {
    return Error(failures.front());
  }
  const auto logger = MakeLogger("wirehound");
  for (const std::string& failure : failures) {
    logger->error("{}", failure);
  }
  return {};
}

// A folder that cannot be watched is only a warning: on SIGHUP the engine still reads it.
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

// Prints the source's notes about processes and sockets, which no sum of the ledger contains.
// Leaves out notes that count 0.
void PrintNotes(const std::vector<SourceNote>& notes) {
  std::string text;
  for (const SourceNote& note : notes) {
    if (note.count != 0) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", note.name, note.count);
    }
  }
  if (!text.empty()) {
    fmt::print(stderr, "wirehound: capture: {}\n", text);
  }
}

}  // namespace

Status MainJob::Prepare() {
  // MakeEngine needs the file: only a recording lets filters ask for the process tree. But errors
  // in the rest of the command line are reported before an error of the file.
  const Status user = FindUser();
  Status file = is_live() ? Status() : OpenFile();
  WIREHOUND_TRY(user);
  WIREHOUND_TRY(LoadDetectorsAndConfiguration());
  WIREHOUND_TRY(MakeEngine());
  WIREHOUND_TRY(ChooseRuntimes());
  WIREHOUND_TRY(std::move(file));
  WIREHOUND_TRY(OpenSourceAndOutputs());
  WIREHOUND_TRY(GiveUpPrivileges());
  return StartDetectors();
}

Status MainJob::FindUser() {
  if (!options_.user.empty()) {
    run_as_ = WIREHOUND_TRY(FindRunAs(options_.user));
  }
  return {};
}

Status MainJob::OpenFile() {
  file_ = WIREHOUND_TRY(CaptureFileSource::Open(options_.read_file));
  return {};
}

Status MainJob::LoadDetectorsAndConfiguration() {
  stray_ = WIREHOUND_TRY(StrayOutput::Start());
  set_ = WIREHOUND_TRY(LoadDetectors(options_));
  AttributeStrayOutput("a plugin that was being loaded");
  if (!options_.config.empty()) {
    config_ = WIREHOUND_TRY(ConfigFile::Read(options_.config));
  }
  configs_ = WIREHOUND_TRY(MakeConfigs(config_, set_->definitions()));
  const auto logger = MakeLogger("wirehound");
  for (const std::string& line : config_.UnknownDetectors(set_->definitions())) {
    logger->warn("{}", line);
  }
  return {};
}

// A capture file knows its processes only when Wirehound recorded it.
Status MainJob::MakeEngine() {
  const bool is_recording = file_ != nullptr && file_->is_recording();
  engine_ = WIREHOUND_TRY(
      Engine::Create({.detectors = *set_,
                      .selection = options_.selection,
                      .configs = std::move(configs_),
                      .limits = config_.limits(),
                      .origin = is_live() ? StoreOrigin::kThisSystem : StoreOrigin::kCaptureFile,
                      .knows_processes = is_live() || is_recording,
                      .system = file_ != nullptr ? file_->system() : std::nullopt,
                      .capture_at_least = options_.write.amount}));
  return {};
}

// Asks runtimes only during live capture: the containers of a capture file may belong to another
// machine.
Status MainJob::ChooseRuntimes() {
  const bool is_given = !options_.runtime_sockets.empty();
  Result<RuntimeChoice> choice =
      ParseRuntimeSockets(is_given ? options_.runtime_sockets : config_.runtime_sockets());
  if (!choice) {
    return std::move(choice).error().WithContext("--runtime-socket");
  }
  if (is_live() && !choice->nobody) {
    runtimes_ = std::make_unique<RuntimeAsker>(RuntimeAsker::Setup{.choice = *std::move(choice)});
  }
  return {};
}

// Opens the source, the recorder and the outputs.
Status MainJob::OpenSourceAndOutputs() {
  WIREHOUND_TRY(CheckCgroup(options_.cgroup));
  command_ = WIREHOUND_TRY(PrepareCommand(options_));
  if (is_live()) {
    const std::string& cgroup = command_ ? command_->cgroup() : options_.cgroup;
    std::unique_ptr<LiveSource> live =
        WIREHOUND_TRY(OpenLiveSource(cgroup, options_, engine_->capture_plan()));
    live_ = live.get();
    engine_->UseSource(std::move(live), cgroup);
  } else {
    engine_->UseSource(std::move(file_));
  }
  if (auto recorder = WIREHOUND_TRY(OpenRecorder(options_, engine_->stores().system.facts()))) {
    engine_->UseRecorder(std::move(recorder));
  }
  std::vector<std::unique_ptr<Output>> outputs = WIREHOUND_TRY(OpenOutputsOf(options_));
  for (std::unique_ptr<Output>& output : outputs) {
    engine_->AddOutput(std::move(output));
  }
  return {};
}

// Must run before detectors see anything, because they handle hostile input, and before any thread
// starts, because capabilities belong to threads. Output writers and the runtime asker start their
// threads only when the first work comes.
Status MainJob::GiveUpPrivileges() {
  PrivilegeNeeds needs = {.is_live = is_live(), .has_command = command_ != nullptr};
  if (live_ != nullptr) {
    needs.can_read_maps = [this] { return live_->CanReadMaps(); };
  }
  const std::string left = WIREHOUND_TRY(DropPrivileges(
      needs, {.user = run_as_, .filters_system_calls = options_.filters_system_calls}));
  MakeLogger("wirehound")->debug("goes on as {}", left);
  return {};
}

Status MainJob::StartDetectors() {
  engine_->Start();
  return CheckStarted(options_, *engine_);
}

int MainJob::Perform() {
  const std::filesystem::path plugins = PluginFolderOf(options_);
  EventLoop loop(*engine_);
  Reloader reloader(*engine_, *set_, {plugins, options_.config}, std::move(config_));
  const auto watcher = WatchPlugins(plugins, loop, reloader);
  ConnectAndRelease(loop, reloader);
  ConnectRuntimes(loop);
  const Status status = loop.Run();
  engine_->Close();
  return PrintLedger(status, reloader, loop.command_status());
}

// Connects everything else that the loop waits for. The command starts here, last, when the loop
// already watches for its end.
void MainJob::ConnectAndRelease(EventLoop& loop, Reloader& reloader) {
  loop.OnHangup([&reloader] { reloader.ReloadAll(); });
  if (is_live()) {
    // A record must not arrive later than the clock allows: 5 times the usual delay is the margin.
    loop.FollowClock(LiveSource::kMaxDelayNs * 5);
  }
  if (engine_->recorder() != nullptr) {
    loop.OnIdle([this] { engine_->recorder()->Flush(); });
  }
  loop.Watch(stray_->poll_fd(), [this] { stray_->Read(); });
  if (command_) {
    loop.Follow(*command_);
    command_->Release();
  }
}

// Asks the runtimes about each container that the store sees for the first time. The event loop
// hands the answers to the engine between two reads, as a source would.
void MainJob::ConnectRuntimes(EventLoop& loop) {
  if (runtimes_ == nullptr) {
    return;
  }
  engine_->stores().containers.OnNew([this](const wirehound_container_info& container) {
    runtimes_->Ask({container.id.data, container.id.size},
                   {container.runtime.data, container.runtime.size});
  });
  loop.Watch(runtimes_->poll_fd(), [this] {
    runtimes_->TakeAnswers(
        [this](const wirehound_container_info& container) { engine_->OnContainer(container); });
  });
}

int MainJob::PrintLedger(const Status& status, const Reloader& reloader,
                         std::optional<int> command_status) {
  Ledger ledger = MakeLedger(*engine_);
  ledger.reloads = reloader.counters();
  ledger.runtimes = runtimes_ == nullptr ? RuntimeCounters{} : runtimes_->counters();
  fmt::print(stderr, "{}", DescribeLedger(ledger));
  PrintNotes(engine_->source()->Notes());
  if (!status) {
    return Report(status.error());
  }
  return options_.strict && !ledger.closes() ? kExitFailed : command_status.value_or(kExitOk);
}

}  // namespace wirehound
