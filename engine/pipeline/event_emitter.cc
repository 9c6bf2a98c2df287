// SPDX-License-Identifier: Apache-2.0

#include "engine/pipeline/event_emitter.h"

#include "engine/safety/crash_context.h"

namespace wirehound {

EventEmitter::EventEmitter(Dispatcher& dispatcher) : dispatcher_(dispatcher) {
  for (wirehound_event* view : {&of_record_, &of_nobody_}) {
    view->struct_size = kEventViewSize;
    view->process = &UnknownProcess();
    view->owner_source = WIREHOUND_OWNER_NONE;
  }
}

void EventEmitter::BeginRecord(const Record& record) {
  EndTurn();  // timers have turns of their own
  g_crash_context.record = &record;
  dispatcher_.AdvanceTime(record.timestamp_ns);
  of_record_.cpu = record.cpu;
  of_record_.timestamp_ns = record.timestamp_ns;
  ++of_record_.sequence;
  of_record_.process = record.process;
  of_record_.owner_source = record.owner_source;
  of_record_.syscall = syscall_names_.Find(record.syscall);
  of_nobody_.timestamp_ns = of_record_.timestamp_ns;
  of_nobody_.sequence = of_record_.sequence;
  view_ = &of_record_;
  input_ = {};
}

void EventEmitter::BeginGap(const CaptureGap& gap) {
  EndTurn();
  dispatcher_.AdvanceTime(gap.timestamp_ns);
  dispatcher_.NoteLoss(gap.records);
  of_record_.timestamp_ns = gap.timestamp_ns;
  ++of_record_.sequence;
  of_nobody_.timestamp_ns = gap.timestamp_ns;
  of_nobody_.sequence = of_record_.sequence;
  view_ = &of_nobody_;
}

void EventEmitter::SetOwner(std::uint64_t owner_id, std::uint32_t owner_source) {
  const wirehound_process* process = owner_id != 0 && find_owner_ ? find_owner_(owner_id) : nullptr;
  view_ = &of_nobody_;
  if (process != nullptr) {
    of_owner_ = of_nobody_;
    of_owner_.process = process;
    of_owner_.owner_source = owner_source;
    view_ = &of_owner_;
  }
}

}  // namespace wirehound
