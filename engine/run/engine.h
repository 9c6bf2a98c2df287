// SPDX-License-Identifier: Apache-2.0

// Engine: one stream from its source to its outputs. It alone owns and connects the plan, stream
// time, the stores, the pipeline, the dispatcher, the outputs and the recorder. The main job,
// `wirehound test`, tests, fuzz targets and benchmarks all use it; they differ only in the source,
// the outputs and the code that drives the engine. Several engines may live in one process and
// share a DetectorSet, because each starts separate detector instances. Dispatch thread.
//
//   Create            makes the plan, so a wrong selection is an error before anything is opened
//   Use…, Add…        set the source, which captures what capture_plan() says, recorder and outputs
//   Start             starts the detectors
//   Read              reads records from the source; without a source the caller passes them to
//                     OnRecord, OnEvent, …
//   Adopt             between two reads: switches to another plan
//   OnEndOfStream     ends the stream
//   Close             closes the detectors

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

/// By detector id; a detector without an entry gets the defaults.
using DetectorConfigs = std::map<std::string, DetectorConfig>;

/// What an engine is made from, besides source, recorder and outputs.
struct EngineSetup {
  const DetectorSet& detectors;  ///< must outlive the engine; may change between two reads
  Selection selection{};
  DetectorConfigs configs{};
  DetectorLimits limits{};
  StoreOrigin origin = StoreOrigin::kCaptureFile;
  /// Whether the source reports processes, so that a filter may ask for the process tree.
  bool knows_processes = false;
  /// The system that the records come from, when it is another system and the source knows it.
  std::optional<SystemFacts> system{};
  /// The least to capture of every packet the plan wants; the recorder may need more than the plan.
  CaptureAmount capture_at_least = CaptureAmount::kNothing;
  PipelineLimits pipeline{};
  ClockFunction clock = &CoarseClock;  ///< measures the time budget of detectors
};

class Engine final : public RecordSink {
 public:
  /// Makes the engine and its plan. The error is a mistake of the user: a name in the selection
  /// that does not exist, or a filter that does not compile.
  static Result<std::unique_ptr<Engine>> Create(EngineSetup setup);

  ~Engine() override;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  const Plan& plan() const { return *plan_; }
  const EngineSetup& setup() const { return setup_; }
  /// What filters may query besides the event.
  ScopeServices services();
  /// What a source has to capture for the plan and the recorder.
  CapturePlan capture_plan() const;

  /// UseSource and UseRecorder: at most once, before Start. Without a source the caller passes
  /// records to OnRecord. For a live source `watched_group` is the control group it watches, "" for
  /// the whole machine; the engine looks up the processes that already run there.
  void UseSource(std::unique_ptr<Source> source, const std::string& watched_group = "");
  void UseRecorder(std::unique_ptr<Recorder> recorder);
  void AddOutput(std::unique_ptr<Output> output);

  /// Starts the detectors of the plan. One that fails to start is left out, with a line in
  /// dispatcher().start_failures().
  void Start();

  /// Reads about `max_records` records from the source (Source::Read).
  Result<SourceState> Read(std::size_t max_records) { return source_->Read(*this, max_records); }

  // What a source reports. The recorder gets it last. While the engine handles a record, the stores
  // may learn of processes and containers and pass them to the recorder; these must come before the
  // record, so that a reader of the recording knows them in time.
  void OnRecord(const Record& record) override;
  void OnProcess(const ProcessNotice& notice) override;
  void OnContainer(const wirehound_container_info& container) override;
  void OnGap(const CaptureGap& gap) override;
  void OnTime(std::uint64_t now_ns) override;
  void OnEndOfStream() override;

  /// Dispatches one event as if it had been made from a record, in a separate turn. The DNS store
  /// learns from its fields before any detector sees it. What the event points to must live until
  /// this returns.
  void OnEvent(const Event& event);

  /// Discards open connections and waiting fragments, with all counters of the pipeline, so that
  /// the records of another capture can follow.
  void RestartPipeline();

  /// Switches to another plan and configuration, between two reads (Dispatcher::Adopt). The source
  /// then captures what the new plan needs. On an error nothing has changed.
  Status Adopt(Plan plan, DetectorConfigs configs);

  /// Sets new limits for detectors (Dispatcher::SetLimits). Between two reads.
  void SetLimits(const DetectorLimits& limits) { dispatcher_->SetLimits(limits); }

  /// Closes every detector; after OnEndOfStream.
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
  std::unique_ptr<const Plan> plan_;  // at a fixed address: the dispatcher points to its filters
  std::unique_ptr<Source> source_;
  std::string watched_group_;
  std::unique_ptr<Recorder> recorder_;
  std::vector<std::unique_ptr<Output>> outputs_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<PacketPipeline> pipeline_;
  ProcessWatch process_watch_ = ProcessWatch::kOff;
};

}  // namespace wirehound
