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
}

}  // namespace wirehound
