// SPDX-License-Identifier: Apache-2.0

#include "engine/dispatch/timer_queue.h"

namespace wirehound {

void TimerQueue::Add(Timer& timer) {
  timer.waits_for_time = false;
  by_time_.insert(timer);
  Update();
}

void TimerQueue::AddFromBeginning(Timer& timer) {
  timer.waits_for_time = true;
  from_beginning_.insert(timer);
  Update();
}

void TimerQueue::Remove(Timer& timer) {
  Set& set = timer.waits_for_time ? from_beginning_ : by_time_;
  set.erase(set.iterator_to(timer));
  Update();
}

void TimerQueue::Begin(std::uint64_t now_ns) {
  while (!from_beginning_.empty()) {
    Timer& timer = *from_beginning_.begin();
    from_beginning_.erase(from_beginning_.begin());
    timer.due_ns = SaturatingAdd(now_ns, timer.due_ns);
    Add(timer);
  }
}

void TimerQueue::Update() {
  next_ns_ = !from_beginning_.empty() ? 0 : by_time_.empty() ? kNever : by_time_.begin()->due_ns;
}

}  // namespace wirehound
