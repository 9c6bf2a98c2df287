// SPDX-License-Identifier: Apache-2.0

// Engine: one stream from its source to its outputs. Owns the plan, stream time, the stores, the
// pipeline, the dispatcher, the outputs and the recorder, and wires them; nobody else does. The
// main job, `wirehound test`, tests, fuzz targets and benchmarks differ in the source, the outputs
// and who drives the engine, and in nothing else. Several engines may live in one process, and may
// share a DetectorSet: each starts instances of its own. Dispatch thread.
//
//   Create       makes the plan: what is wrong with the selection is known before anything is
//   opened Use…, Add…   the ends: a source that captures what capture_plan() says, outputs, a
//   recorder Start        detectors run from here on Read         records from the source; or
//   OnRecord, OnEvent, … from whoever has them Adopt        between two reads: goes over to another
//   plan OnEndOfStream, Close

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <wirehound/result.h>

#include "engine/config/detector_config.h"
#include "engine/config/detector_limits.h"
#include "engine/dispatch/dispatcher.h"
#include "engine/event/output.h"
#include "engine/event/stream_time.h"
#include "engine/filters/scope_services.h"
#include "engine/pipeline/packet_pipeline.h"
#include "engine/plan/plan.h"
#include "engine/plan/selection.h"
#include "engine/recording/recorder.h"
#include "engine/run/detector_set.h"
#include "engine/stores/stores.h"
#include "probes/capture/capture_plan.h"
#include "probes/capture/source.h"

namespace wirehound {

using DetectorConfigs = std::map<std::string, DetectorConfig>;  ///< by detector id; none: defaults

/// What an engine is made of, besides its ends.
struct EngineSetup {
  const DetectorSet& detectors;  ///< must outlive the engine; may change between two reads
  Selection selection{};
  DetectorConfigs configs{};
  DetectorLimits limits{};
  StoreOrigin origin = StoreOrigin::kCaptureFile;
  /// Whether the source tells of processes, so that a filter may ask who descends from whom.
  bool knows_processes = false;
  /// The system the records come from, when it is not this one and the source knows it.
  std::optional<SystemFacts> system{};
  /// The least that is captured of every packet the plan wants: what a recorder is to have.
  CaptureAmount capture_at_least = CaptureAmount::kNothing;
  PipelineLimits pipeline{};
  ClockFunction clock = &CoarseClock;  ///< what the time budget of detectors is measured with
};

class Engine final : public RecordSink {
 public:
  /// The error is the user's: a selection that names what does not exist, or a filter that does not
  /// compile.
  static Result<std::unique_ptr<Engine>> Create(EngineSetup setup);

  ~Engine() override;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  const Plan& plan() const { return *plan_; }
  const EngineSetup& setup() const { return setup_; }
  /// What filters may ask besides the event.
  ScopeServices services();
  /// What a source has to capture for the plan and the recorder.
  CapturePlan capture_plan() const;

  /// Each at most once, before Start. Without a source records come through OnRecord. For a live
  /// source `watched_group` is the control group it watches, "" for the whole machine: processes
  /// that run there already are looked up.
  void UseSource(std::unique_ptr<Source> source, const std::string& watched_group = "");
  void UseRecorder(std::unique_ptr<Recorder> recorder);
  void AddOutput(std::unique_ptr<Output> output);

  /// Starts the detectors of the plan. One that fails to start is left out, with a line in
  /// dispatcher().start_failures().
  void Start();

  /// Reads about so many records from the source (Source::Read).
  Result<SourceState> Read(std::size_t max_records) { return source_->Read(*this, max_records); }

  // What a source tells. The recorder gets each after the rest of the engine: what the stores learn
  // on that occasion comes before it in the recording, so whoever reads it back knows as much.
  void OnRecord(const Record& record) override;
  void OnProcess(const ProcessNotice& notice) override;
  void OnContainer(const wirehound_container_info& container) override;
  void OnGap(const CaptureGap& gap) override;
  void OnTime(std::uint64_t now_ns) override;
  void OnEndOfStream() override;

  /// Takes one event as if a record had led to it, in a turn of its own. The DNS store learns from
  /// its fields before any detector sees it. What it points to must live until this returns.
  void OnEvent(const Event& event);

  /// Forgets connections and fragments that are under way, with their counters, so that the records
  /// of another capture can follow.
  void RestartPipeline();

  /// Goes over to another plan and configuration, between two reads (Dispatcher::Adopt). The source
  /// captures what the new plan needs. On an error nothing has changed.
  Status Adopt(Plan plan, DetectorConfigs configs);

  /// What detectors may do from now on. Between two reads.
  void SetLimits(const DetectorLimits& limits) { dispatcher_->SetLimits(limits); }

  /// Ends every detector; after OnEndOfStream.
  void Close() { dispatcher_->Close(); }

  // After Start.
  Dispatcher& dispatcher() { return *dispatcher_; }
  const Dispatcher& dispatcher() const { return *dispatcher_; }
  const PacketPipeline& pipeline() const { return *pipeline_; }

  Source* source() { return source_.get(); }              ///< null: none
  const Source* source() const { return source_.get(); }  ///< null: none
  Recorder* recorder() { return recorder_.get(); }        ///< null: nothing is recorded
  const Recorder* recorder() const { return recorder_.get(); }
  const std::vector<std::unique_ptr<Output>>& outputs() const { return outputs_; }
  Stores& stores() { return stores_; }
  const Stores& stores() const { return stores_; }
  const StreamTime& time() const { return time_; }

 private:
  explicit Engine(EngineSetup setup);

  DispatcherSetup DispatcherSetupFor(const Plan& plan, const DetectorConfigs& configs) const;
  void FollowProcesses();

  EngineSetup setup_;
  StreamTime time_;
  Stores stores_;
  std::unique_ptr<const Plan> plan_;  // at a fixed address: the dispatcher uses its filters
  std::unique_ptr<Source> source_;
  std::string watched_group_;
  std::unique_ptr<Recorder> recorder_;
  std::vector<std::unique_ptr<Output>> outputs_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<PacketPipeline> pipeline_;
  ProcessWatch process_watch_ = ProcessWatch::kOff;
};

}  // namespace wirehound
