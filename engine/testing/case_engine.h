// SPDX-License-Identifier: Apache-2.0

// CaseEngine: an Engine as a test case drives it: every detector of a set runs, events and packets
// come from the steps of the case, and detections are kept as words. One thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <wirehound/result.h>

#include "engine/run/engine.h"
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
  static Result<std::unique_ptr<CaseEngine>> Start(const DetectorSet& set, DetectorConfigs configs);

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

  explicit CaseEngine(std::unique_ptr<Engine> engine);

  void OnRecord(const Record& record) override;
  void MoveTo(std::uint64_t time_ns);
  void TakeErrors();

  std::unique_ptr<Engine> engine_;
  std::deque<CaseResult> detections_;
  std::deque<CaseResult> errors_;
  std::map<const DetectorInstance*, std::uint64_t> counted_errors_;
  std::uint64_t now_ns_ = kStartNs;
  bool has_begun_ = false;  // something has happened at now_ns_
  std::uint64_t sequence_ = 0;
  std::size_t line_ = 0;
};

}  // namespace wirehound
