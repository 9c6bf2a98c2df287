// SPDX-License-Identifier: Apache-2.0

// DetectorInstance: one running detector. It owns the plugin's instance, counts its events, errors
// and overruns, and suspends it when too many calls in a row fail. The only place that calls a
// detector's functions once the plugin is loaded. All calls happen on the dispatch thread. Its
// address must not change.
//
// It knows a detector only as a wirehound_detector table and the pointer that `create` returned.
// A table whose functions forward each call to another process would work as well: out-of-process
// detectors would be added there.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/result.h>

#include "engine/dispatch/detector_host.h"
#include "engine/dispatch/dispatch_parts.h"
#include "engine/event/event.h"
#include "engine/plan/subscription.h"
#include "engine/safety/crash_context.h"
#include "engine/safety/heap_watch.h"

namespace wirehound {

class DetectorInstance {
 public:
  /// One call in this many is timed with the exact clock.
  static constexpr std::uint64_t kTimedEvery = 128;

  struct Counters {
    std::uint64_t events_in = 0;       ///< events shown to the detector
    std::uint64_t events_out = 0;      ///< detections accepted from it
    std::uint64_t errors = 0;          ///< calls that failed
    std::uint64_t skipped = 0;         ///< events not shown to it because it is suspended
    std::uint64_t filtered = 0;        ///< events that the filters of its requirements rejected
    std::uint64_t refused = 0;         ///< detections that broke a rule or found the queue full
    std::uint64_t timers = 0;          ///< timers that fired
    std::uint64_t timers_refused = 0;  ///< timers not started: too many were running
    std::uint64_t state_refused = 0;   ///< counters and maps not made: too many, or too large
    std::uint64_t state_evicted = 0;   ///< keys and entries evicted from counters and maps
    std::uint64_t overruns = 0;        ///< calls that took longer than the budget
    // Only the calls that were timed exactly, one in kTimedEvery.
    std::uint64_t timed_calls = 0;
    std::uint64_t timed_ns = 0;      ///< their total
    std::uint64_t timed_max_ns = 0;  ///< the longest

    void Add(const Counters& other);
  };

  /// Creates and initialises the detector. `parts` must outlive the instance; InstanceSetup says
  /// how long the rest must live.
  static Result<std::unique_ptr<DetectorInstance>> Start(const InstanceSetup& setup,
                                                         DispatchParts& parts);

  /// Closes the detector, unless Close has done so, and destroys it.
  ~DetectorInstance();
  DetectorInstance(const DetectorInstance&) = delete;
  DetectorInstance& operator=(const DetectorInstance&) = delete;

  /// Shows one event to the detector. A failure is counted and logged; the caller never sees it.
  void OnEvent(const Event& event) {
    if (suspended_) {
      ++counters_.skipped;
      return;
    }
    ++counters_.events_in;
    Call({&event.view, &event}, "OnEvent", [&] { return table_.on_event(instance_, &event.view); });
  }

  /// Calls OnTimer of the detector for a timer that has fired. Detections made in that call inherit
  /// from `context`.
  void OnTimer(const wirehound_timer& timer, const wirehound_event& context);

  void CountFiltered() { ++counters_.filtered; }

  /// Stops the timers and calls Close of the detector. An error is logged. A second call does
  /// nothing.
  void Close();

  /// Sets the rank of the detector in the graph, which decides between timers due at the same time.
  void SetOrder(std::uint32_t order) { host_.timers().SetOrder(order); }

  /// Points the instance at the equal subscriptions of a new plan; the old plan is about to go.
  void SetSubscriptions(const Subscriptions& subscriptions) { subscriptions_ = &subscriptions; }

  /// Whether an instance started from `setup` would be the same: equal code, configuration and
  /// event definitions.
  bool IsSameAs(const InstanceSetup& setup) const;

  const LoadedDetector& detector() const { return detector_; }
  const DetectorDefinition& definition() const { return detector_.definition; }
  const EventDefinition& produced() const { return host_.produced(); }
  const Subscriptions& subscriptions() const { return *subscriptions_; }
  InstanceTimers& timers() { return host_.timers(); }
  Counters counters() const;
  bool suspended() const { return suspended_; }

  /// The text that the detector gives for its last error, made printable.
  std::string LastError() const;

 private:
  // While it lives, g_crash_context names the detector whose code runs, for the crash report.
  class CrashScope {
   public:
    CrashScope(const DetectorInstance& self, const char* function, const Event* event) {
      g_crash_context.detector = &self.detector_.definition;
      g_crash_context.file = self.file_.c_str();
      g_crash_context.function = function;
      g_crash_context.event = event;
    }
    ~CrashScope() {
      g_crash_context.detector = nullptr;
      g_crash_context.event = nullptr;
    }
    CrashScope(const CrashScope&) = delete;
    CrashScope& operator=(const CrashScope&) = delete;
  };

  DetectorInstance(const InstanceSetup& setup, DispatchParts& parts);

  Status Init();
  template <typename Function>
  void Call(const DetectionOrigin& origin, const char* name, Function&& function);
  template <typename Function>
  std::int32_t Timed(Function&& function);
  void WarnOfHeap();
  void CountOutcome(std::int32_t status, std::uint64_t taken_ns, const DetectionOrigin& origin);
  void CountError(std::int32_t status, const DetectionOrigin& origin);
  void CountOverrun(std::uint64_t taken_ns, const DetectionOrigin& origin);
  void Suspend(const DetectorSuspended& reason, const DetectionOrigin& origin);
  bool CanHaveTimers() const;

  // The members that every call uses come first, so that they share cache lines.
  const wirehound_detector& table_;
  void* instance_ = nullptr;
  bool suspended_ = false;
  bool last_call_failed_ = false;  // one of the counts in a row is not 0
  bool running_ = false;           // between a successful Init and Close
  std::uint64_t calls_ = 0;
  HeapWatch heap_watch_;
  Counters counters_;
  DispatchParts& parts_;
  const LoadedDetector& detector_;
  const std::string file_;
  DetectorHost host_;
  const Subscriptions* subscriptions_;  // of the plan in force
  std::uint32_t errors_in_a_row_ = 0;
  std::uint32_t overruns_in_a_row_ = 0;
  std::uint64_t next_error_report_ = 1;
  std::uint64_t next_overrun_report_ = 1;
  std::uint64_t reported_turn_ = UINT64_MAX;  // the last turn with an event about an overrun
};

template <typename Function>
void DetectorInstance::Call(const DetectionOrigin& origin, const char* name, Function&& function) {
  host_.BeginCall(origin);
  const bool measures_heap = heap_watch_.Due();
  if (measures_heap) [[unlikely]] {
    heap_watch_.Begin();
  }
  std::int32_t status = WIREHOUND_OK;
  {
    const CrashScope scope(*this, name, origin.cause);
    status = calls_++ % kTimedEvery == 0 ? Timed(function) : function();
  }
  if (measures_heap && heap_watch_.End()) [[unlikely]] {
    WarnOfHeap();
  }
  host_.EndCall();
  const std::uint64_t taken_ns = parts_.clock.EndCall();
  // After a failure the next call counts too: a success resets the counts in a row.
  if (status != WIREHOUND_OK || taken_ns > parts_.clock.budget_ns() || last_call_failed_)
      [[unlikely]] {
    CountOutcome(status, taken_ns, origin);
  }
}

template <typename Function>
std::int32_t DetectorInstance::Timed(Function&& function) {
  const std::uint64_t start_ns = ExactClock();
  const std::int32_t status = function();
  const std::uint64_t taken_ns = ExactClock() - start_ns;
  ++counters_.timed_calls;
  counters_.timed_ns += taken_ns;
  counters_.timed_max_ns = taken_ns > counters_.timed_max_ns ? taken_ns : counters_.timed_max_ns;
  return status;
}

}  // namespace wirehound
