// SPDX-License-Identifier: Apache-2.0

// EventEmitter: hands base events to the dispatcher, record by record. What turns messages into
// events holds a reference to it. Dispatch thread.
//
//   BeginRecord   once per record; timers that are due by then go off
//   Emit…         events that belong together: a packet's layers, a message and its summary
//   EndTurn       dispatches what they led to; after it their objects may be filled again
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

  /// The context of the events that are made from the record itself.
  EventContext BeginRecord(const Record& record);
  /// Stream time goes on without a record. Between two records.
  void AdvanceTime(std::uint64_t now_ns) { dispatcher_.AdvanceTime(now_ns); }
  void EndRecord() { g_crash_context.record = nullptr; }

  /// Records are missing between the one before and the one that follows. The dispatcher notes it
  /// for the detections that follow.
  void BeginGap(const CaptureGap& gap);

  /// Emits an event. Does nothing when no detector and no output wants it.
  void Emit(BaseEvent& event, const EventContext& context) {
    if (event.wanted()) {
      dispatcher_.Emit(event.Fill(time_, context));
      pending_ = true;
    }
  }

  /// The same for the event about a gap, which belongs to no packet and is in every scope.
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
