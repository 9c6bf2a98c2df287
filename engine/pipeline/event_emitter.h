// SPDX-License-Identifier: Apache-2.0

// EventEmitter: hands the base events of the current record to the dispatcher, with the context
// they share: time, process, sequence. What turns messages into events holds a reference to it.
// Dispatch thread.
//
//   BeginRecord   once per record; timers that are due by then go off
//   Emit…         events that belong together: a packet's layers, a message and its summary
//   EndTurn       dispatches what they led to; after it their objects may be filled again
//   EndRecord     once per record

#pragma once

#include <cstdint>

#include "engine/dispatch/dispatcher.h"
#include "engine/pipeline/base_event.h"
#include "engine/pipeline/syscall_names.h"
#include "engine/safety/crash_context.h"
#include "probes/record.h"

namespace wirehound {

class EventEmitter {
 public:
  /// `dispatcher` must outlive the emitter.
  explicit EventEmitter(Dispatcher& dispatcher);

  void BeginRecord(const Record& record);
  void EndRecord() { g_crash_context.record = nullptr; }

  /// Whether the events from here on are of the record's process. The record can bring to light
  /// what concerns others: a connection that has timed out is not that of the next packet. After
  /// the last record nothing is.
  void SetProcessKnown(bool known) { view_ = known ? &of_record_ : &of_nobody_; }

  /// Emits an event. Does nothing when nobody wants it.
  void Emit(BaseEvent& event) {
    if (event.wanted()) {
      dispatcher_.Emit(event.Fill(*view_));
      pending_ = true;
    }
  }

  void EndTurn() {
    if (pending_) {
      dispatcher_.EndOfTurn();
      pending_ = false;
    }
  }

  /// Whose the events are; UnknownProcess() for those of nobody.
  const wirehound_process& process() const { return *view_->process; }

  std::uint64_t timestamp_ns() const { return of_record_.timestamp_ns; }

 private:
  Dispatcher& dispatcher_;
  const SyscallNames syscall_names_;
  wirehound_event of_record_{};
  wirehound_event of_nobody_{};  // the same time and sequence, no process
  const wirehound_event* view_ = &of_nobody_;
  bool pending_ = false;
};

}  // namespace wirehound
