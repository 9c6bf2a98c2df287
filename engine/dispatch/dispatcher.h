// SPDX-License-Identifier: Apache-2.0

// Dispatcher: brings each event to the outputs that show it and to the detectors that require it,
// in an order that depends on the input alone: an event before anything derived from it, level n
// before level n+1, the consumers of one event in the order of the graph. Dispatch thread.
//
//   AdvanceTime(now)                  once per record: timers that are due go off, each in a turn
//                                     of its own
//   Emit(base event)… EndOfTurn()     a turn: events that are there together; the detections they
//                                     lead to are dispatched in EndOfTurn. A record has one turn
//                                     or several
//   Adopt(setup)                      between two turns: goes over to other detectors
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

/// Which detectors run, and what for.
struct DispatcherSetup {
  const Plan& plan;  ///< lends its filters and subscriptions until another setup is adopted
  const Catalogue& catalogue;
  std::span<const LoadedDetector* const> detectors;      ///< what plan.detectors are indices of
  const std::map<std::string, DetectorConfig>& configs;  ///< by detector id; none: the defaults
};

class Dispatcher {
 public:
  /// Timers that go off before one record. Policy beyond it: the others wait for the next one.
  /// Only a detector that starts a timer from each of its timers gets there.
  static constexpr std::uint32_t kMaxTimersAtOnce = 100'000;

  struct Counters {
    std::uint64_t base_events = 0;       ///< made from records
    std::uint64_t detector_events = 0;   ///< made by detectors
    std::uint64_t engine_events = 0;     ///< made by the engine about detectors
    std::uint64_t gap_events = 0;        ///< made of gaps
    std::uint64_t shown = 0;             ///< of all four, handed to the outputs
    std::uint64_t hidden = 0;            ///< selected, but a filter of the user held them back
    std::uint64_t out_of_scope = 0;      ///< base events nobody saw, as --scope leaves them out
    std::uint64_t timers = 0;            ///< that went off
    std::uint64_t timers_postponed = 0;  ///< records with more due timers than kMaxTimersAtOnce
  };

  /// Starts the detectors of the plan. One that fails to start is left out, with a line in
  /// start_failures(). What the services and detectors refer to must outlive the dispatcher, the
  /// plan until another one is adopted; configurations and the catalogue itself need not, its
  /// definitions must.
  static std::unique_ptr<Dispatcher> Start(const DispatcherSetup& setup,
                                           const DetectorServices& services,
                                           const std::vector<std::unique_ptr<Output>>& outputs);
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// Goes over to another setup, between two turns. A detector that is in both, with the same
  /// loaded code, configuration and event definitions, goes on with its state, its timers and its
  /// counts. All others are started first; when one fails that did not fail before, nothing has
  /// changed and the error names it. Then, at once, events go where the new plan says, and what is
  /// not in it any more is closed.
  Status Adopt(const DispatcherSetup& setup);

  /// What detectors may do from now on. Between two turns. Whoever is suspended stays so; one that
  /// has failed as often in a row as is allowed now, or more, is suspended at its next failure.
  void SetLimits(const DetectorLimits& limits);

  /// Moves stream time on: timers that are due by then go off first. Between two turns.
  void AdvanceTime(std::uint64_t now_ns) {
    if (now_ns >= parts_.timers.next_ns()) [[unlikely]] {
      FireTimers(now_ns);
    }
    parts_.services.time.Advance(now_ns);
  }

  /// When the next timer is due; 0 when some wait for stream time to begin, which it does at the
  /// next AdvanceTime. Nothing when no timer runs.
  std::optional<std::uint64_t> next_timer_ns() const {
    const std::uint64_t next_ns = parts_.timers.next_ns();
    return next_ns == TimerQueue::kNever ? std::nullopt : std::optional(next_ns);
  }

  /// Takes an event made from the current record.
  void Emit(const Event& event) {
    ++counters_.base_events;
    if (!looks_first_ || IsInScope(event)) {
      Deliver(event);
    }
  }

  /// Takes the event about a gap. A scope says whose packets are wanted; nobody knows whose are
  /// missing, so none holds it back.
  void EmitGap(const Event& event) {
    ++counters_.gap_events;
    Deliver(event);
  }

  /// Records are missing at this place of the stream: detections say so. Between two turns.
  void NoteLoss(std::uint64_t records) { parts_.lost_records += records; }

  /// Whether anything asks about processes: a detector, or a filter that might.
  bool asks_about_processes() const { return notes_processes_; }

  /// Dispatches what the turn's events led to, level by level. After this they may go.
  void EndOfTurn();

  /// Ends every detector. Nothing is emitted afterwards.
  void Close();

  const std::vector<std::string>& start_failures() const { return start_failures_; }

  /// The first failure of an output; nothing is shown there any more.
  const Status& output_status() const { return output_status_; }

  const Counters& counters() const { return counters_; }
  const DetectionQueue& detections() const { return parts_.detections; }
  /// In the order of the graph.
  const std::vector<std::unique_ptr<DetectorInstance>>& detectors() const { return detectors_; }
  /// What those counted that do not run any more, by detector id.
  const std::map<std::string, DetectorInstance::Counters>& past_detectors() const { return past_; }

 private:
  // The detectors of a setup, ready to take over: those that run already, and the new ones.
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
  void DeliverToOthers(const Event& event, std::span<const Consumer> consumers);
  void Show(const Event& event);
  void FireTimers(std::uint64_t now_ns);
  void Fire(Timer& timer, std::uint64_t now_ns);

  const std::vector<std::unique_ptr<Output>>& outputs_;
  DispatchParts parts_;
  RouteTable routes_;
  bool looks_first_ = false;  // base events are not simply delivered: see IsInScope
  bool notes_processes_ = false;
  std::uint64_t noted_sequence_ = 0;  // the last record whose process was noted, and that
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
