// SPDX-License-Identifier: Apache-2.0

#include "engine/run/engine.h"

#include <span>
#include <utility>

#include "engine/plan/capture_needs.h"
#include "engine/recording/write_options.h"
#include "probes/host/boot_clock.h"
#include "probes/host/running_processes.h"

namespace wirehound {

namespace {

// ProcessStore::FindRunning counts the processes beyond this number.
constexpr std::size_t kMaxRunningProcesses = 65536;

}  // namespace

Engine::Engine(EngineSetup setup) : setup_(std::move(setup)), stores_(setup_.origin, time_) {
  if (setup_.system) {
    stores_.system.Take(*setup_.system);
    stores_.processes.ExpectNotices(BootClock(setup_.system->boot_time_ns));
  }
}

Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::Create(EngineSetup setup) {
  std::unique_ptr<Engine> engine(new Engine(std::move(setup)));
  const EngineSetup& kept = engine->setup_;
  engine->plan_ = std::make_unique<const Plan>(WIREHOUND_TRY(
      MakePlan(kept.selection, kept.detectors.catalogue(), kept.detectors.definitions(),
               kept.detectors.graph(), engine->services())));
  return engine;
}

ScopeServices Engine::services() {
  return {.tree = setup_.knows_processes ? &stores_.processes : nullptr};
}

CapturePlan Engine::capture_plan() const {
  CapturePlan wanted = CaptureNeeds(*plan_);
  CaptureAtLeast(wanted, setup_.capture_at_least);
  return wanted;
}

void Engine::UseSource(std::unique_ptr<Source> source, const std::string& watched_group) {
  source_ = std::move(source);
  watched_group_ = watched_group;
  source_->UseContainers(stores_.containers.directory());
}

void Engine::UseRecorder(std::unique_ptr<Recorder> recorder) {
  recorder_ = std::move(recorder);
  stores_.containers.OnLearnt(
      [this](const wirehound_container_info& container) { recorder_->OnContainer(container); });
  stores_.processes.SetLearned(
      [this](const ProcessNotice& notice) { recorder_->OnProcess(notice); });
}

void Engine::AddOutput(std::unique_ptr<Output> output) { outputs_.push_back(std::move(output)); }

DispatcherSetup Engine::DispatcherSetupFor(const Plan& plan, const DetectorConfigs& configs) const {
  return {plan, setup_.detectors.catalogue(), setup_.detectors.detectors(), configs};
}

void Engine::Start() {
  dispatcher_ = Dispatcher::Start(
      DispatcherSetupFor(*plan_, setup_.configs),
      {.time = time_, .stores = stores_, .limits = setup_.limits, .clock = setup_.clock}, outputs_);
  RestartPipeline();
  FollowProcesses();
}

void Engine::RestartPipeline() {
  pipeline_ = std::make_unique<PacketPipeline>(*plan_, setup_.detectors.catalogue(), *dispatcher_,
                                               stores_.dns, setup_.pipeline);
  if (source_ != nullptr) {
    pipeline_->SetOwnerFinder([this](std::uint64_t id) { return source_->FindOwner(id); });
  }
}

Status Engine::Adopt(Plan plan, DetectorConfigs configs) {
  // The old plan is freed only when dispatcher and pipeline no longer point into it.
  auto adopted = std::make_unique<const Plan>(std::move(plan));
  WIREHOUND_TRY(dispatcher_->Adopt(DispatcherSetupFor(*adopted, configs)));
  plan_ = std::move(adopted);
  setup_.configs = std::move(configs);
  pipeline_->SetPlan(*plan_);
  if (source_ != nullptr) {
    source_->SetPlan(capture_plan());
  }
  FollowProcesses();
  return {};
}

// The source watches processes first, then the store reads the running ones. So a process that
// starts in between is reported twice; in the other order nothing would report it.
void Engine::FollowProcesses() {
  const ProcessWatch wanted =
      dispatcher_->asks_about_processes() ? ProcessWatch::kOn : ProcessWatch::kOff;
  if (source_ == nullptr || wanted == process_watch_ || !source_->WatchProcesses(wanted)) {
    return;
  }
  process_watch_ = wanted;
  if (wanted == ProcessWatch::kOn) {
    stores_.processes.FindRunning(RunningProcesses(watched_group_, kMaxRunningProcesses));
  }
}

void Engine::OnRecord(const Record& record) {
  pipeline_->OnRecord(record);
  if (recorder_ != nullptr) {
    recorder_->OnRecord(record);
  }
}

void Engine::OnProcess(const ProcessNotice& notice) {
  stores_.processes.Take(notice);
  if (recorder_ != nullptr) {
    recorder_->OnProcess(notice);
  }
}

void Engine::OnContainer(const wirehound_container_info& container) {
  stores_.containers.Take(container);
  if (recorder_ != nullptr) {
    recorder_->OnContainer(container);
  }
}

void Engine::OnGap(const CaptureGap& gap) {
  pipeline_->OnGap(gap);
  if (recorder_ != nullptr) {
    recorder_->OnGap(gap);
  }
}

void Engine::OnTime(std::uint64_t now_ns) {
  pipeline_->OnTime(now_ns);
  if (recorder_ != nullptr) {
    recorder_->OnTime(now_ns);
  }
}

void Engine::OnEndOfStream() {
  pipeline_->OnEndOfStream();
  if (recorder_ != nullptr) {
    recorder_->OnEndOfStream();
  }
}

void Engine::OnEvent(const Event& event) {
  const wirehound_event& view = event.view;
  dispatcher_->AdvanceTime(view.timestamp_ns);
  for (const wirehound_field& field : std::span(view.fields, view.field_count)) {
    const bool is_message = field.type == WIREHOUND_TYPE_DNS && field.value.message != nullptr;
    if (is_message && (field.flags & WIREHOUND_FIELD_ABSENT) == 0) {
      stores_.dns.OnMessage(*static_cast<const wirehound_dns*>(field.value.message), *view.process,
                            view.timestamp_ns);
    }
  }
  dispatcher_->Emit(event);
  dispatcher_->EndOfTurn();
}

}  // namespace wirehound
