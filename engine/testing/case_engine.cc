// SPDX-License-Identifier: Apache-2.0

#include "engine/testing/case_engine.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/event/output.h"
#include "engine/sources/capture_file_source.h"

namespace wirehound {

// Keeps the detections as words. Ignores base events and the events of the engine about detectors.
class CaseEngine::KeepingOutput : public Output {
 public:
  explicit KeepingOutput(CaseEngine& engine) : engine_(engine) {}

  Status OnEvent(const Event& event) override {
    if (event.detector != nullptr) {
      engine_.detections_.push_back(
          {event.definition->name, FieldWords(event), ProcessWords(event), engine_.line_});
    }
    return {};
  }
  Status Flush() override { return {}; }

 private:
  CaseEngine& engine_;
};

CaseEngine::CaseEngine(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {
  engine_->AddOutput(std::make_unique<KeepingOutput>(*this));
}

CaseEngine::~CaseEngine() = default;

Result<std::unique_ptr<CaseEngine>> CaseEngine::Start(const DetectorSet& set,
                                                      DetectorConfigs configs) {
  EngineSetup setup = {.detectors = set,
                       .selection = {.detectors = {"all"}},
                       .configs = std::move(configs),
                       .origin = StoreOrigin::kTest,
                       .knows_processes = true};
  setup.limits.time_budget_ns = 0;  // off: a case must not fail because the machine is slow
  std::unique_ptr<CaseEngine> engine(
      new CaseEngine(WIREHOUND_TRY(Engine::Create(std::move(setup)))));
  engine->engine_->Start();
  const std::vector<std::string>& failures = engine->engine_->dispatcher().start_failures();
  if (!failures.empty()) {
    return Error(failures.front());
  }
  return engine;
}

Status CaseEngine::Show(TextEvent& event, std::uint64_t time_ns) {
  wirehound_event& view = event.event.view;
  if (engine_->plan().needed.count(view.event_id) == 0) {
    return Error(ErrorCode::kInvalidInput,
                 fmt::format("no detector here requires {}", event.event.definition->name));
  }
  AdvanceTo(time_ns);
  view.timestamp_ns = now_ns_;
  view.sequence = ++sequence_;
  engine_->OnEvent(event.event);
  CollectErrors();
  return {};
}

Status CaseEngine::Read(const std::string& file) {
  constexpr std::size_t kBatch = 256;
  const std::unique_ptr<CaptureFileSource> source = WIREHOUND_TRY(CaptureFileSource::Open(file));
  engine_->RestartPipeline();
  Result<SourceState> state = SourceState::kMore;
  while (state && *state == SourceState::kMore) {
    state = source->Read(*this, kBatch);
  }
  engine_->OnEndOfStream();
  CollectErrors();
  return state ? Status() : std::move(state).error();
}

// If a capture comes first, its first record sets the time. Later, time never goes back.
void CaseEngine::OnRecord(const Record& record) {
  now_ns_ = has_begun_ ? std::max(now_ns_, record.timestamp_ns) : record.timestamp_ns;
  has_begun_ = true;
  engine_->OnRecord(record);
  CollectErrors();
}

// Before the first event the dispatcher has no time yet, and timers started in Init count from the
// first time it gets. So it gets the start of the case first.
void CaseEngine::Advance(std::uint64_t by_ns) {
  if (!has_begun_) {
    AdvanceTo(now_ns_);
  }
  AdvanceTo(now_ns_ + by_ns);
}

void CaseEngine::AdvanceTo(std::uint64_t time_ns) {
  has_begun_ = true;
  now_ns_ = std::max(now_ns_, time_ns);
  engine_->OnTime(now_ns_);
  CollectErrors();
}

// A detector keeps its last error until it is called again, so errors are collected after each
// step. If one step makes a detector fail several times, only the last error is kept.
void CaseEngine::CollectErrors() {
  for (const auto& detector : engine_->dispatcher().detectors()) {
    std::uint64_t& counted = counted_errors_[detector.get()];
    if (detector->counters().errors != counted) {
      counted = detector->counters().errors;
      errors_.push_back({detector->LastError(), {}, {}, line_});
    }
  }
}

}  // namespace wirehound
