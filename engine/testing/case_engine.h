// SPDX-License-Identifier: Apache-2.0

// CaseEngine: the engine as a test case sees it: detectors of a set, all of them running, fed with
// events or with packets, and what came of it. It is the real dispatcher and the real pipeline;
// only source and outputs are others. One thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <wirehound/result.h>

#include "engine/config/detector_config.h"
#include "engine/dispatch/dispatcher.h"
#include "engine/plan/plan.h"
#include "engine/run/detector_set.h"
#include "engine/testing/event_text.h"
#include "probes/capture/record.h"

namespace wirehound {

/// A detection, or what a detector said when it failed.
struct CaseResult {
  std::string name;           ///< of the event; for an error, its text
  std::vector<Word> fields;   ///< FieldWords
  std::vector<Word> process;  ///< ProcessWords
  std::size_t line = 0;       ///< the step that led to it
};

class CaseEngine : private RecordSink {
 public:
  /// Where time begins, unless a capture comes first: the first event comes a step later.
  static constexpr std::uint64_t kStartNs = 1'700'000'000'000'000'000;

  /// Starts every detector of the set. `set` must outlive the engine.
  static Result<std::unique_ptr<CaseEngine>> Start(const DetectorSet& set,
                                                   std::map<std::string, DetectorConfig> configs);

  ~CaseEngine() override;
  CaseEngine(const CaseEngine&) = delete;
  CaseEngine& operator=(const CaseEngine&) = delete;

  /// Shows one event at `time_ns`. An error when no detector requires events of that name.
  Status Show(TextEvent& event, std::uint64_t time_ns);

  /// Shows the packets of a capture file.
  Status Read(const std::string& file);

  /// Lets time pass.
  void Advance(std::uint64_t by_ns);

  std::uint64_t now_ns() const { return now_ns_; }

  /// What came of the steps so far and has not been taken, in order. The case's line is noted with
  /// what comes of the steps behind SetLine.
  std::deque<CaseResult>& detections() { return detections_; }
  std::deque<CaseResult>& errors() { return errors_; }
  void SetLine(std::size_t line) { line_ = line; }
  std::size_t line() const { return line_; }

 private:
  class KeepingOutput;

  CaseEngine(const DetectorSet& set, std::map<std::string, DetectorConfig> configs);

  Status StartDetectors();
  void OnRecord(const Record& record) override;
  void OnEndOfStream() override;
  void MoveTo(std::uint64_t time_ns);
  void LearnNames(const wirehound_event& view);
  void TakeErrors();

  const DetectorSet& set_;
  std::map<std::string, DetectorConfig> configs_;
  StreamTime time_;
  Stores stores_;
  Plan plan_;
  std::vector<std::unique_ptr<Output>> outputs_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<class PacketPipeline> pipeline_;  // of the capture being read
  std::deque<CaseResult> detections_;
  std::deque<CaseResult> errors_;
  std::map<const DetectorInstance*, std::uint64_t> counted_errors_;
  std::uint64_t now_ns_ = kStartNs;
  bool has_begun_ = false;  // something has happened at now_ns_
  std::uint64_t sequence_ = 0;
  std::size_t line_ = 0;
};

}  // namespace wirehound
