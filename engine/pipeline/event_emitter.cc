// SPDX-License-Identifier: Apache-2.0

#include "engine/pipeline/event_emitter.h"

#include "engine/safety/crash_context.h"

namespace wirehound {

EventContext EventEmitter::BeginRecord(const Record& record) {
  EndTurn();  // the timers that AdvanceTime fires run in their own turns
  g_crash_context.record = &record;
  dispatcher_.AdvanceTime(record.timestamp_ns);
  time_ = {record.timestamp_ns, time_.sequence + 1};
  return {.process = record.process,
          .owner_source = record.owner_source,
          .cpu = record.cpu,
          .syscall = syscall_names_.Find(record.syscall)};
}

void EventEmitter::BeginGap(const CaptureGap& gap) {
  EndTurn();
  dispatcher_.AdvanceTime(gap.timestamp_ns);
  dispatcher_.NoteLoss(gap.records);
  time_ = {gap.timestamp_ns, time_.sequence + 1};
}

}  // namespace wirehound
