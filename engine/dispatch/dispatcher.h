// SPDX-License-Identifier: Apache-2.0

// Dispatcher: shows each event to the outputs that print it and to the detectors that require it.
// The order depends on the input alone: an event before anything derived from it, level n before
// level n+1, the consumers of one event in the order of the graph. Dispatch thread.
//
//   AdvanceTime(now)                  once per record: fires the timers that are due, each in a
//                                     turn of its own
//   Emit(base event)… EndOfTurn()     a turn: the events that exist together. EndOfTurn dispatches
//                                     the detections made from them. A record has one turn or
//                                     several
//   Adopt(setup)                      between two turns: switches to other detectors
//
// Everything an event points to must live until EndOfTurn returns.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <wirehound/result.h>

#include "engine/catalogue/catalogue.h"
#include "engine/config/detector_config.h"
#include "engine/dispatch/detector_instance.h"
#include "engine/dispatch/detector_services.h"
#include "engine/dispatch/dispatch_parts.h"
#include "engine/dispatch/route_table.h"
#include "engine/event/event.h"
#include "engine/event/output.h"
#include "engine/plan/plan.h"

namespace wirehound {

/// The detectors to run, with the plan that says which events they see.
struct DispatcherSetup {
  const Plan& plan;  ///< its filters and subscriptions are used until another setup is adopted
  const Catalogue& catalogue;
  std::span<const LoadedDetector* const> detectors;      ///< plan.detectors are indices into it
  const std::map<std::string, DetectorConfig>& configs;  ///< by detector id; missing: the defaults
};

class Dispatcher {
 public:
  /// The most timers that fire before one record; the others wait for the next record. Only
  /// detectors whose timers keep starting timers that are due at once are likely to reach it.
  static constexpr std::uint32_t kMaxTimersAtOnce = 100'000;

  struct Counters {
    std::uint64_t base_events = 0;       ///< events made from records
    std::uint64_t detector_events = 0;   ///< detections
    std::uint64_t engine_events = 0;     ///< events the engine made about detectors
    std::uint64_t gap_events = 0;        ///< events about gaps
    std::uint64_t shown = 0;             ///< events of all four kinds given to the outputs
    std::uint64_t hidden = 0;            ///< selected events that a filter of the user rejected
    std::uint64_t out_of_scope = 0;      ///< base events dropped because of --scope
    std::uint64_t timers = 0;            ///< timers that fired
    std::uint64_t timers_postponed = 0;  ///< records with more due timers than kMaxTimersAtOnce
  };

  /// Starts the detectors of the plan. One that fails to start is left out, with a line in
  /// start_failures(). The services, the loaded detectors, the outputs and the event definitions
  /// must outlive the dispatcher; the plan must live until another one is adopted. The
  /// configurations and the catalogue object itself are not used after this returns.
  static std::unique_ptr<Dispatcher> Start(const DispatcherSetup& setup,
                                           const DetectorServices& services,
                                           const std::vector<std::unique_ptr<Output>>& outputs);
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// Switches to another setup, between two turns. A detector in both setups, with the same loaded
  /// code, configuration and event definitions, keeps its state, timers and counts. The dispatcher
  /// starts all other detectors first. When one fails that did not fail before, nothing changes and
  /// the error names it. Otherwise the new plan takes effect at once, and the detectors that are no
  /// longer in it are closed.
  Status Adopt(const DispatcherSetup& setup);

  /// Sets new limits, between two turns. A suspended detector stays suspended. A detector whose
  /// failures in a row have already reached the new limit is suspended at its next failure.
  void SetLimits(const DetectorLimits& limits);

  /// Fires the timers that are due by `now_ns`, then advances stream time. Between two turns.
  void AdvanceTime(std::uint64_t now_ns) {
    if (now_ns >= parts_.timers.next_ns()) [[unlikely]] {
      FireTimers(now_ns);
    }
    parts_.services.time.Advance(now_ns);
  }

  /// When the next timer is due; nothing when no timer runs. 0 when timers wait for stream time to
  /// begin; the next AdvanceTime begins it.
  std::optional<std::uint64_t> next_timer_ns() const {
    const std::uint64_t next_ns = parts_.timers.next_ns();
    return next_ns == TimerQueue::kNever ? std::nullopt : std::optional(next_ns);
  }

  /// Delivers an event made from the current record.
  void Emit(const Event& event) {
    ++counters_.base_events;
    if (!checks_base_events_ || IsInScope(event)) {
      Deliver(event);
    }
  }

  /// Delivers an event about a gap. It ignores the scope: a scope selects the packets of certain
  /// processes, and the owners of the missing packets are unknown.
  void EmitGap(const Event& event) {
    ++counters_.gap_events;
    Deliver(event);
  }

  /// Notes that records are missing at this place of the stream; detections report it. Between two
  /// turns.
  void NoteLoss(std::uint64_t records) { parts_.lost_records += records; }

  /// Whether a detector or a filter may ask the process store.
  bool asks_about_processes() const { return notes_processes_; }

  /// Dispatches the detections made from the turn's events, level by level. Afterwards the caller
  /// may free the events.
  void EndOfTurn();

  /// Closes every detector. None can emit afterwards.
  void Close();

  const std::vector<std::string>& start_failures() const { return start_failures_; }

  /// The first failure of an output.
  const Status& output_status() const { return output_status_; }

  const Counters& counters() const { return counters_; }
  const DetectionQueue& detections() const { return parts_.detections; }
  /// In the order of the graph.
  const std::vector<std::unique_ptr<DetectorInstance>>& detectors() const { return detectors_; }
  /// Counters of detectors that an Adopt has closed, by detector id.
  const std::map<std::string, DetectorInstance::Counters>& past_detectors() const { return past_; }

 private:
  // The detectors of a setup, ready for SwitchTo: `order` holds all of them, `started` owns the new
  // ones. Destroying it closes the new ones, which is how a failed Adopt is undone.
  struct Prepared {
    std::vector<std::pair<DetectorInstance*, const Subscriptions*>> order;
    std::vector<std::unique_ptr<DetectorInstance>> started;
    std::map<std::string, std::string> failures;  // by detector id
  };

  Dispatcher(const DetectorServices& services, const std::vector<std::unique_ptr<Output>>& outputs);

  Prepared Prepare(const DispatcherSetup& setup);
  void SwitchTo(const DispatcherSetup& setup, Prepared prepared);
  void Retire(const std::vector<std::unique_ptr<DetectorInstance>>& detectors);
  DetectorInstance* FindRunning(const InstanceSetup& setup) const;
  bool NeedsProcesses() const;

  bool IsInScope(const Event& event);
  void Deliver(const Event& event);
  void DeliverToAllButSubject(const Event& event, std::span<const Consumer> consumers);
  void SendToOutputs(const Event& event);
  void FireTimers(std::uint64_t now_ns);
  void Fire(Timer& timer, std::uint64_t now_ns);

  const std::vector<std::unique_ptr<Output>>& outputs_;
  DispatchParts parts_;
  RouteTable routes_;
  bool checks_base_events_ = false;   // base events pass through IsInScope first
  bool notes_processes_ = false;      // IsInScope notes processes in the store
  std::uint64_t noted_sequence_ = 0;  // the last record whose process was noted, and that process
  const wirehound_process* noted_process_ = nullptr;
  wirehound_event timer_context_{};
  Counters counters_;
  Status output_status_;
  std::vector<std::unique_ptr<DetectorInstance>> detectors_;  // in the order of the graph
  std::vector<std::string> start_failures_;
  std::map<std::string, std::string> failed_;  // the same, by detector id
  std::map<std::string, DetectorInstance::Counters> past_;
};

}  // namespace wirehound
