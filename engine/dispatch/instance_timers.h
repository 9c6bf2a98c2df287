// SPDX-License-Identifier: Apache-2.0

// InstanceTimers: the timers of one detector: the functions of abi/timers_abi.h and what they
// keep, bounded by WIREHOUND_MAX_TIMERS. Memory grows to the most timers that ran at once and is
// used again. Dispatch thread.

#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include <boost/intrusive/set.hpp>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/abi/timers_abi.h>

#include "engine/dispatch/timer_queue.h"
#include "engine/event/stream_time.h"

namespace wirehound {

/// When a detector may start timers.
enum class TimerPhase : std::uint8_t {
  kClosed,   ///< not at all: none run
  kInit,     ///< from the beginning of stream time
  kRunning,  ///< from now
};

class InstanceTimers {
 public:
  /// `queue` and `time` must outlive this; `detector` is who is told when one goes off.
  InstanceTimers(TimerQueue& queue, const StreamTime& time, DetectorInstance& detector);
  ~InstanceTimers() { SetPhase(TimerPhase::kClosed); }
  InstanceTimers(const InstanceTimers&) = delete;
  InstanceTimers& operator=(const InstanceTimers&) = delete;

  /// Closing stops all of them.
  void SetPhase(TimerPhase phase);

  /// The place of the detector among all.
  void SetOrder(std::uint32_t order);

  /// Takes note that a timer goes off while the time moves on to `now_ns`: a periodic one is set
  /// for its next time after that, any other one is over. What the detector is to be told.
  wirehound_timer Expire(Timer& timer, std::uint64_t now_ns);

  /// The extension table; its address never changes.
  const wirehound_timers& table() const { return table_; }

  std::size_t running() const { return by_id_.size(); }
  /// Timers that were not started because WIREHOUND_MAX_TIMERS ran.
  std::uint64_t refused() const { return refused_; }

 private:
  struct SmallerId {
    bool operator()(const Timer& a, const Timer& b) const { return a.id < b.id; }
    bool operator()(std::uint64_t a, const Timer& b) const { return a < b.id; }
    bool operator()(const Timer& a, std::uint64_t b) const { return a.id < b; }
  };
  using Set =
      boost::intrusive::set<Timer,
                            boost::intrusive::base_hook<
                                boost::intrusive::set_base_hook<boost::intrusive::tag<TimersById>>>,
                            boost::intrusive::compare<SmallerId>>;

  static std::int32_t StartTimer(void* context, std::uint64_t id, std::uint64_t after_ns,
                                 std::uint64_t period_ns);
  static std::int32_t CancelTimer(void* context, std::uint64_t id);

  Timer* Take(std::uint64_t id);
  void Schedule(Timer& timer, std::uint64_t after_ns);
  void Release(Timer& timer);

  wirehound_timers table_{};
  TimerQueue& queue_;
  const StreamTime& time_;
  DetectorInstance& detector_;
  std::uint32_t order_ = 0;
  TimerPhase phase_ = TimerPhase::kClosed;
  std::deque<Timer> timers_;  // addresses never change
  std::vector<Timer*> free_;
  Set by_id_;
  std::uint64_t refused_ = 0;
};

}  // namespace wirehound
