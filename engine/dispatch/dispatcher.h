// SPDX-License-Identifier: Apache-2.0

// Dispatcher: brings each event to the outputs that show it and to the detectors that require it,
// in an order that depends on the input alone: an event before anything derived from it, level n
// before level n+1, the consumers of one event in the order of the graph. Dispatch thread.
//
//   Emit(base event)… EndOfTurn()     a turn: events that are there together; the detections they
//                                     lead to are dispatched in EndOfTurn. A record has one turn
//                                     or several
//
// Everything an event points to must live until EndOfTurn returns.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <wirehound/result.h>

#include "engine/catalogue/catalogue.h"
#include "engine/dispatch/detector_instance.h"
#include "engine/dispatch/event.h"
#include "engine/dispatch/finding_queue.h"
#include "engine/graph/selection.h"
#include "engine/outputs/output.h"

namespace wirehound {

class Dispatcher {
 public:
  struct Counters {
    std::uint64_t base_events = 0;      ///< made from records
    std::uint64_t detector_events = 0;  ///< made by detectors
    std::uint64_t shown = 0;            ///< of both, handed to the outputs
  };

  /// Starts the detectors of the plan. One that fails to start is left out, with a line in
  /// start_failures(). Catalogue, detectors and outputs must outlive the dispatcher.
  static std::unique_ptr<Dispatcher> Start(const Plan& plan, const Catalogue& catalogue,
                                           const std::vector<LoadedDetector>& detectors,
                                           const std::vector<std::unique_ptr<Output>>& outputs);

  /// Takes an event made from the current record.
  void Emit(const Event& event) {
    ++counters_.base_events;
    Deliver(event);
  }

  /// Dispatches what the record's events led to, level by level. After this they may go.
  void EndOfTurn();

  /// Ends every detector. Nothing is emitted afterwards.
  void Close();

  const std::vector<std::string>& start_failures() const { return start_failures_; }

  /// The first failure of an output; nothing is shown there any more.
  const Status& output_status() const { return output_status_; }

  const Counters& counters() const { return counters_; }
  const FindingQueue& findings() const { return findings_; }
  const std::vector<std::unique_ptr<DetectorInstance>>& detectors() const { return detectors_; }

 private:
  // Where an event goes, by the index of its id.
  struct Route {
    bool shown = false;
    std::vector<DetectorInstance*> consumers;
  };

  explicit Dispatcher(const std::vector<std::unique_ptr<Output>>& outputs) : outputs_(outputs) {}

  void Subscribe(const Plan& plan, const Catalogue& catalogue);
  void Deliver(const Event& event);
  void Show(const Event& event);

  const std::vector<std::unique_ptr<Output>>& outputs_;
  FindingQueue findings_;
  std::vector<std::unique_ptr<DetectorInstance>> detectors_;  // in the order of the graph
  std::vector<std::string> start_failures_;
  std::vector<Route> routes_;  // by event id
  Status output_status_;
  Counters counters_;
};

}  // namespace wirehound
