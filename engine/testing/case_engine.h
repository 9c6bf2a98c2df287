// SPDX-License-Identifier: Apache-2.0

// CaseEngine: an Engine that the steps of a test case drive. It runs every detector of a set, shows
// them the events and packets of the steps, and keeps their detections as words. One thread.

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

/// A detection, or the error of a detector that failed.
struct CaseResult {
  std::string name;           ///< name of the event, or text of the error
  std::vector<Word> fields;   ///< see FieldWords
  std::vector<Word> process;  ///< see ProcessWords
  std::size_t line = 0;       ///< the step that led to it
};

class CaseEngine : private RecordSink {
 public:
  /// Stream time at the start of a case. The first event comes one step later. If a capture comes
  /// first, time starts with its first record instead.
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

  /// Moves stream time on, which fires the timers that are due.
  void Advance(std::uint64_t by_ns);

  std::uint64_t now_ns() const { return now_ns_; }

  /// The detections and errors of the steps so far, in order. The runner removes those that it has
  /// compared. Each carries the line that SetLine gave last.
  std::deque<CaseResult>& detections() { return detections_; }
  std::deque<CaseResult>& errors() { return errors_; }
  void SetLine(std::size_t line) { line_ = line; }
  std::size_t line() const { return line_; }

 private:
  class KeepingOutput;

  explicit CaseEngine(std::unique_ptr<Engine> engine);

  void OnRecord(const Record& record) override;
  void AdvanceTo(std::uint64_t time_ns);
  void CollectErrors();

  std::unique_ptr<Engine> engine_;
  std::deque<CaseResult> detections_;
  std::deque<CaseResult> errors_;
  std::map<const DetectorInstance*, std::uint64_t> counted_errors_;
  std::uint64_t now_ns_ = kStartNs;
  bool has_begun_ = false;  // false until the first event, record or Advance
  std::uint64_t sequence_ = 0;
  std::size_t line_ = 0;
};

}  // namespace wirehound
