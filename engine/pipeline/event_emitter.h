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
#include <functional>
#include <utility>

#include "engine/dispatch/dispatcher.h"
#include "engine/pipeline/base_event.h"
#include "engine/pipeline/syscall_names.h"
#include "engine/safety/crash_context.h"
#include "probes/capture/record.h"

namespace wirehound {

/// The process behind an owner id, or null. Valid until the record has been dealt with.
using OwnerFinder = std::function<const wirehound_process*(std::uint64_t owner_id)>;

class EventEmitter {
 public:
  /// `dispatcher` must outlive the emitter.
  explicit EventEmitter(Dispatcher& dispatcher);

  void BeginRecord(const Record& record);
  /// Stream time goes on without a record. Between two records.
  void AdvanceTime(std::uint64_t now_ns) { dispatcher_.AdvanceTime(now_ns); }
  void EndRecord() { g_crash_context.record = nullptr; }

  /// Between two records some are missing: what comes until the next one is of nobody. The
  /// dispatcher learns of it, for the detections that follow.
  void BeginGap(const CaptureGap& gap);

  /// What the events from here on are made of is cut: its record is too short. Until the next
  /// packet.
  void SetTruncated(bool truncated) { input_.truncated = truncated; }

  /// The events from here on are of a connection that has lost some of its bytes, or are not.
  void SetStreamGap(bool gap) { input_.stream_gap = gap; }

  /// Whether the events from here on are of the record's process. The record can bring to light
  /// what concerns others: a connection that has timed out is not that of the next packet. After
  /// the last record nothing is.
  void SetProcessKnown(bool known) { view_ = known ? &of_record_ : &of_nobody_; }

  /// The events from here on are of the process that earlier records named by this id, if whoever
  /// made the records still knows it, and else of nobody.
  void SetOwner(std::uint64_t owner_id, std::uint32_t owner_source);

  /// Whether the current record says whose it is, be it the kernel.
  bool record_has_owner() const {
    return of_record_.owner_source != WIREHOUND_OWNER_NONE ||
           of_record_.process != &UnknownProcess();
  }

  /// Who knows processes by the owner ids of records (Source::FindOwner). It must stay valid.
  void SetOwners(OwnerFinder find_owner) { find_owner_ = std::move(find_owner); }

  /// Emits an event. Does nothing when nobody wants it.
  void Emit(BaseEvent& event) {
    if (event.wanted()) {
      dispatcher_.Emit(event.Fill(*view_, input_));
      pending_ = true;
    }
  }

  /// The same for the event about a gap, which is of no packet and in every scope.
  void EmitGap(BaseEvent& event) {
    if (event.wanted()) {
      dispatcher_.EmitGap(event.Fill(*view_));
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
  wirehound_event of_owner_{};   // and the process of SetOwner
  OwnerFinder find_owner_;
  const wirehound_event* view_ = &of_nobody_;
  Completeness input_;
  bool pending_ = false;
};

}  // namespace wirehound
