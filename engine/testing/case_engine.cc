// SPDX-License-Identifier: Apache-2.0

#include "engine/testing/case_engine.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "engine/event/output.h"
#include "engine/pipeline/packet_pipeline.h"
#include "engine/plan/selection.h"
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

CaseEngine::CaseEngine(const DetectorSet& set, std::map<std::string, DetectorConfig> configs)
    : set_(set), configs_(std::move(configs)), stores_(StoreOrigin::kTest, time_) {
  outputs_.push_back(std::make_unique<KeepingOutput>(*this));
}

CaseEngine::~CaseEngine() = default;

Result<std::unique_ptr<CaseEngine>> CaseEngine::Start(
    const DetectorSet& set, std::map<std::string, DetectorConfig> configs) {
  std::unique_ptr<CaseEngine> engine(new CaseEngine(set, std::move(configs)));
  if (Status started = engine->StartDetectors(); !started) {
    return std::move(started).error();
  }
  return engine;
}

Status CaseEngine::StartDetectors() {
  Selection everything;
  everything.detectors = {"all"};
  Result<Plan> plan = MakePlan(everything, set_.catalogue(), set_.definitions(), set_.graph(),
                               {.tree = &stores_.processes});
  if (!plan) {
    return std::move(plan).error();
  }
  plan_ = *std::move(plan);
  DetectorServices services{.time = time_, .stores = stores_};
  services.limits.time_budget_ns = 0;  // the same on a slow machine
  dispatcher_ =
      Dispatcher::Start({plan_, set_.catalogue(), set_.detectors(), configs_}, services, outputs_);
  return dispatcher_->start_failures().empty() ? Status()
                                               : Error(dispatcher_->start_failures().front());
}

Status CaseEngine::Show(TextEvent& event, std::uint64_t time_ns) {
  wirehound_event& view = event.event.view;
  if (plan_.needed.count(view.event_id) == 0) {
    return Error(ErrorCode::kInvalidInput,
                 fmt::format("no detector here requires {}", event.event.definition->name));
  }
  MoveTo(time_ns);
  view.timestamp_ns = now_ns_;
  view.sequence = ++sequence_;
  LearnNames(view);
  dispatcher_->Emit(event.event);
  dispatcher_->EndOfTurn();
  TakeErrors();
  return {};
}

// As the pipeline does: before the event is shown.
void CaseEngine::LearnNames(const wirehound_event& view) {
  for (const wirehound_field& field : std::span(view.fields, view.field_count)) {
    const bool is_message = field.type == WIREHOUND_TYPE_DNS && field.value.message != nullptr;
    if (is_message && (field.flags & WIREHOUND_FIELD_ABSENT) == 0) {
      stores_.dns.OnMessage(*static_cast<const wirehound_dns*>(field.value.message), *view.process,
                            now_ns_);
    }
  }
}

Status CaseEngine::Read(const std::string& file) {
  constexpr std::size_t kBatch = 256;
  Result<std::unique_ptr<CaptureFileSource>> source = CaptureFileSource::Open(file);
  if (!source) {
    return std::move(source).error();
  }
  pipeline_ = std::make_unique<PacketPipeline>(plan_, set_.catalogue(), *dispatcher_, stores_.dns);
  Result<SourceState> state = SourceState::kMore;
  while (state && *state == SourceState::kMore) {
    state = (*source)->Read(*this, kBatch);
  }
  pipeline_->OnEndOfStream();
  TakeErrors();
  return state ? Status() : std::move(state).error();
}

// A capture that comes first says when it is.
void CaseEngine::OnRecord(const Record& record) {
  now_ns_ = has_begun_ ? std::max(now_ns_, record.timestamp_ns) : record.timestamp_ns;
  has_begun_ = true;
  pipeline_->OnRecord(record);
  TakeErrors();
}

void CaseEngine::OnEndOfStream() {}

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
  dispatcher_->AdvanceTime(now_ns_);
  TakeErrors();
}

// A detector's last error holds until it is called again, which is the next step.
void CaseEngine::TakeErrors() {
  for (const auto& detector : dispatcher_->detectors()) {
    std::uint64_t& counted = counted_errors_[detector.get()];
    if (detector->counters().errors != counted) {
      counted = detector->counters().errors;
      errors_.push_back({detector->LastError(), {}, {}, line_});
    }
  }
}

}  // namespace wirehound
