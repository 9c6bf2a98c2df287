// SPDX-License-Identifier: Apache-2.0

#include "engine/testing/case_engine.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/event/output.h"
#include "engine/sources/capture_file_source.h"

namespace wirehound {

// Keeps the detections as words. What was shown to the detectors is not kept, nor is what the
// engine says of itself.
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
  setup.limits.time_budget_ns = 0;  // the same on a slow machine
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
  MoveTo(time_ns);
  view.timestamp_ns = now_ns_;
  view.sequence = ++sequence_;
  engine_->OnEvent(event.event);
  TakeErrors();
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
  TakeErrors();
  return state ? Status() : std::move(state).error();
}

// A capture that comes first says when it is.
void CaseEngine::OnRecord(const Record& record) {
  now_ns_ = has_begun_ ? std::max(now_ns_, record.timestamp_ns) : record.timestamp_ns;
  has_begun_ = true;
  engine_->OnRecord(record);
  TakeErrors();
}

// Time that is to pass before there was an event begins where cases begin: timers started in Init
// count from there.
void CaseEngine::Advance(std::uint64_t by_ns) {
  if (!has_begun_) {
    MoveTo(now_ns_);
  }
  MoveTo(now_ns_ + by_ns);
}

void CaseEngine::MoveTo(std::uint64_t time_ns) {
  has_begun_ = true;
  now_ns_ = std::max(now_ns_, time_ns);
  engine_->OnTime(now_ns_);
  TakeErrors();
}

// A detector's last error holds until it is called again, which is the next step.
void CaseEngine::TakeErrors() {
  for (const auto& detector : engine_->dispatcher().detectors()) {
    std::uint64_t& counted = counted_errors_[detector.get()];
    if (detector->counters().errors != counted) {
      counted = detector->counters().errors;
      errors_.push_back({detector->LastError(), {}, {}, line_});
    }
  }
}

}  // namespace wirehound
