// SPDX-License-Identifier: Apache-2.0

#include "engine/dispatch/instance_timers.h"

namespace wirehound {

InstanceTimers::InstanceTimers(TimerQueue& queue, const StreamTime& time,
                               DetectorInstance& detector)
    : queue_(queue), time_(time), detector_(detector) {
  table_.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_timers, cancel);
  table_.context = this;
  table_.start = &InstanceTimers::StartTimer;
  table_.cancel = &InstanceTimers::CancelTimer;
}

void InstanceTimers::SetPhase(TimerPhase phase) {
  phase_ = phase;
  while (phase == TimerPhase::kClosed && !by_id_.empty()) {
    Timer& timer = *by_id_.begin();
    queue_.Remove(timer);
    Release(timer);
  }
}

// The queue is sorted by this rank too, so a timer must leave it before its rank changes.
void InstanceTimers::SetOrder(std::uint32_t order) {
  order_ = order;
  for (Timer& timer : by_id_) {
    queue_.Remove(timer);
    timer.order = order;
    timer.waits_for_time ? queue_.AddFromBeginning(timer) : queue_.Add(timer);
  }
}

wirehound_timer InstanceTimers::Expire(Timer& timer, std::uint64_t now_ns) {
  wirehound_timer expired{WIREHOUND_STRUCT_SIZE(wirehound_timer, missed), 0, timer.id, timer.due_ns,
                          0};
  queue_.Remove(timer);
  if (timer.period_ns == 0) {
    Release(timer);
    return expired;
  }
  expired.missed = now_ns > timer.due_ns ? (now_ns - timer.due_ns) / timer.period_ns : 0;
  // due + missed * period is at most now, so it cannot overflow. One more period can: SaturatingAdd
  // caps that sum.
  timer.due_ns = SaturatingAdd(timer.due_ns + expired.missed * timer.period_ns, timer.period_ns);
  queue_.Add(timer);
  return expired;
}

std::int32_t InstanceTimers::StartTimer(void* context, std::uint64_t id, std::uint64_t after_ns,
                                        std::uint64_t period_ns) {
  auto& self = *static_cast<InstanceTimers*>(context);
  if (self.phase_ == TimerPhase::kClosed) {
    return WIREHOUND_ERROR_INVALID;
  }
  Timer* timer = self.FindOrCreate(id);
  if (timer == nullptr) {
    ++self.refused_;
    return WIREHOUND_ERROR_LIMIT;
  }
  timer->period_ns = period_ns;
  self.Schedule(*timer, after_ns);
  return WIREHOUND_OK;
}

std::int32_t InstanceTimers::CancelTimer(void* context, std::uint64_t id) {
  auto& self = *static_cast<InstanceTimers*>(context);
  const auto found = self.by_id_.find(id, SmallerId());
  if (found == self.by_id_.end()) {
    return WIREHOUND_ERROR_NOT_FOUND;
  }
  self.queue_.Remove(*found);
  self.Release(*found);
  return WIREHOUND_OK;
}

// The running timer of that id, taken out of the queue, or a new one; null at the limit.
Timer* InstanceTimers::FindOrCreate(std::uint64_t id) {
  if (const auto found = by_id_.find(id, SmallerId()); found != by_id_.end()) {
    queue_.Remove(*found);
    return &*found;
  }
  if (by_id_.size() == WIREHOUND_MAX_TIMERS) {
    return nullptr;
  }
  if (free_.empty()) {
    free_.push_back(&timers_.emplace_back());
  }
  Timer* timer = free_.back();
  free_.pop_back();
  timer->id = id;
  timer->detector = &detector_;
  by_id_.insert(*timer);
  return timer;
}

void InstanceTimers::Schedule(Timer& timer, std::uint64_t after_ns) {
  timer.order = order_;
  timer.sequence = queue_.NextSequence();
  if (phase_ == TimerPhase::kInit) {
    timer.due_ns = after_ns;
    queue_.AddFromBeginning(timer);
  } else {
    timer.due_ns = SaturatingAdd(time_.now_ns, after_ns);
    queue_.Add(timer);
  }
}

void InstanceTimers::Release(Timer& timer) {
  by_id_.erase(by_id_.iterator_to(timer));
  free_.push_back(&timer);
}

}  // namespace wirehound
