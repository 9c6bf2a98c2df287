// SPDX-License-Identifier: Apache-2.0

// DetectorInstance: one running detector: the plugin's instance, how it fares, and when it has
// done enough harm to be suspended. The only place that calls a detector's functions after it is
// loaded. Calls happen on the dispatch thread; the address must not change.
//
// All it knows of a detector is a wirehound_detector table and the pointer that its create gave.
// A table whose functions pass each call on to another process would do just as well: that is
// where detectors in processes of their own fit in.

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
  /// One call in so many is timed exactly.
  static constexpr std::uint64_t kTimedEvery = 128;

  struct Counters {
    std::uint64_t events_in = 0;   ///< shown to it
    std::uint64_t events_out = 0;  ///< detections taken from it
    std::uint64_t errors = 0;      ///< calls that failed
    std::uint64_t skipped = 0;     ///< events not shown to it because it is suspended
    std::uint64_t filtered = 0;    ///< events that its own filters did not let pass
    std::uint64_t refused = 0;     ///< detections refused: they break a rule, or there is no room
    std::uint64_t timers = 0;      ///< timers that went off
    std::uint64_t timers_refused = 0;  ///< not started: too many ran
    std::uint64_t state_refused = 0;   ///< counters and maps not made: too many, or too large
    std::uint64_t state_evicted = 0;   ///< keys and entries of those that made room for others
    std::uint64_t overruns = 0;        ///< calls that took longer than the budget
    // Of one call in kTimedEvery.
    std::uint64_t timed_calls = 0;
    std::uint64_t timed_ns = 0;      ///< all of them together
    std::uint64_t timed_max_ns = 0;  ///< the longest

    void Add(const Counters& other);
  };

  /// Creates and initialises. `parts` must outlive the instance; see InstanceSetup for the rest.
  static Result<std::unique_ptr<DetectorInstance>> Start(const InstanceSetup& setup,
                                                         DispatchParts& parts);

  /// Closes, if that has not been done, and destroys.
  ~DetectorInstance();
  DetectorInstance(const DetectorInstance&) = delete;
  DetectorInstance& operator=(const DetectorInstance&) = delete;

  /// Shows it one event. What goes wrong is counted and logged, and stays here.
  void OnEvent(const Event& event) {
    if (suspended_) {
      ++counters_.skipped;
      return;
    }
    ++counters_.events_in;
    Call({&event.view, &event}, "OnEvent", [&] { return table_.on_event(instance_, &event.view); });
  }

  /// Tells it of a timer that has gone off; `context` is what its detections inherit.
  void OnTimer(const wirehound_timer& timer, const wirehound_event& context);

  void CountFiltered() { ++counters_.filtered; }

  /// Ends it and its timers. An error is logged. Does nothing the second time.
  void Close();

  /// Its place among all detectors.
  void SetOrder(std::uint32_t order) { host_.timers().SetOrder(order); }

  /// Another plan is in force, with equal subscriptions at another place.
  void SetSubscriptions(const Subscriptions& subscriptions) { subscriptions_ = &subscriptions; }

  /// Whether starting it anew would give the same: the same code, configuration and events.
  bool IsSameAs(const InstanceSetup& setup) const;

  const LoadedDetector& detector() const { return detector_; }
  const DetectorDefinition& definition() const { return detector_.definition; }
  const EventDefinition& produced() const { return host_.produced(); }
  const Subscriptions& subscriptions() const { return *subscriptions_; }
  InstanceTimers& timers() { return host_.timers(); }
  Counters counters() const;
  bool suspended() const { return suspended_; }

  /// What the detector says of its last error. Holds until the detector is called again.
  std::string LastError() const;

 private:
  // Says, while it lives, that the detector's code runs: for the last words after a crash.
  class Inside {
   public:
    Inside(const DetectorInstance& self, const char* function, const Event* event) {
      g_crash_context.detector = &self.detector_.definition;
      g_crash_context.file = self.file_.c_str();
      g_crash_context.function = function;
      g_crash_context.event = event;
    }
    ~Inside() {
      g_crash_context.detector = nullptr;
      g_crash_context.event = nullptr;
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
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

  // What every call needs comes first.
  const wirehound_detector& table_;
  void* instance_ = nullptr;
  bool suspended_ = false;
  bool in_trouble_ = false;  // one of the counts in a row is not 0
  bool running_ = false;     // between a successful init and close
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
  std::uint64_t reported_turn_ = UINT64_MAX;  // the last with an event about an overrun
};

template <typename Function>
void DetectorInstance::Call(const DetectionOrigin& origin, const char* name, Function&& function) {
  host_.BeginCall(origin);
  const bool weighs_heap = heap_watch_.Due();
  if (weighs_heap) [[unlikely]] {
    heap_watch_.Begin();
  }
  std::int32_t status = WIREHOUND_OK;
  {
    const Inside inside(*this, name, origin.cause);
    status = calls_++ % kTimedEvery == 0 ? Timed(function) : function();
  }
  if (weighs_heap && heap_watch_.End()) [[unlikely]] {
    WarnOfHeap();
  }
  host_.EndCall();
  const std::uint64_t taken_ns = parts_.clock.Lap();
  if (status != WIREHOUND_OK || taken_ns > parts_.clock.budget_ns() || in_trouble_) [[unlikely]] {
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
