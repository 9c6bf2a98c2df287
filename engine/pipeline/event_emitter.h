// SPDX-License-Identifier: Apache-2.0

// EventEmitter: hands base events to the dispatcher, record by record. Each part of the pipeline
// that turns messages into events holds a reference to it. Dispatch thread.
//
//   BeginRecord   once per record; the dispatcher first fires the timers that are due by then
//   Emit…         events that belong together: a packet's layers, a message and its summary
//   EndTurn       dispatches the detections they led to; then their objects may be filled again
//   EndRecord     once per record

#pragma once

#include <cstdint>

#include "engine/dispatch/dispatcher.h"
#include "engine/event/event_context.h"
#include "engine/pipeline/base_event.h"
#include "engine/pipeline/syscall_names.h"
#include "engine/safety/crash_context.h"
#include "probes/capture/record.h"

namespace wirehound {

class EventEmitter {
 public:
  /// `dispatcher` must outlive the emitter.
  explicit EventEmitter(Dispatcher& dispatcher) : dispatcher_(dispatcher) {}

  /// Returns the context of the events that are made from the record itself.
  EventContext BeginRecord(const Record& record);
  /// Moves stream time on without a record. Call it between two records.
  void AdvanceTime(std::uint64_t now_ns) { dispatcher_.AdvanceTime(now_ns); }
  void EndRecord() { g_crash_context.record = nullptr; }

  /// Records are missing between the last record and the next one. The dispatcher marks the next
  /// detection of each detector with the loss.
  void BeginGap(const CaptureGap& gap);

  /// Emits an event. Does nothing when no detector and no output wants it.
  void Emit(BaseEvent& event, const EventContext& context) {
    if (event.wanted()) {
      dispatcher_.Emit(event.Fill(time_, context));
      pending_ = true;
    }
  }

  /// Emits the event about a gap. It belongs to no packet, so it is in every scope.
  void EmitGap(BaseEvent& event) {
    if (event.wanted()) {
      dispatcher_.EmitGap(event.Fill(time_, {}));
      pending_ = true;
    }
  }

  void EndTurn() {
    if (pending_) {
      dispatcher_.EndOfTurn();
      pending_ = false;
    }
  }

  /// Of the current record or gap.
  std::uint64_t timestamp_ns() const { return time_.timestamp_ns; }

 private:
  Dispatcher& dispatcher_;
  const SyscallNames syscall_names_;
  EventTime time_;
  bool pending_ = false;
};

}  // namespace wirehound
