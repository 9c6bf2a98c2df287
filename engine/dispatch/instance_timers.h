// SPDX-License-Identifier: Apache-2.0

// InstanceTimers: the timers of one detector, and the functions of abi/timers_abi.h that start and
// cancel them. WIREHOUND_MAX_TIMERS bounds how many run at once. Memory grows to the largest number
// that ran at once and is reused. Dispatch thread.

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

/// What happens when a detector starts a timer.
enum class TimerPhase : std::uint8_t {
  kClosed,   ///< it is refused, and no timer runs
  kInit,     ///< its time counts from the beginning of stream time
  kRunning,  ///< its time counts from now
};

class InstanceTimers {
 public:
  /// `queue` and `time` must outlive this; the dispatcher calls OnTimer of `detector`.
  InstanceTimers(TimerQueue& queue, const StreamTime& time, DetectorInstance& detector);
  ~InstanceTimers() { SetPhase(TimerPhase::kClosed); }
  InstanceTimers(const InstanceTimers&) = delete;
  InstanceTimers& operator=(const InstanceTimers&) = delete;

  /// kClosed stops all timers.
  void SetPhase(TimerPhase phase);

  /// Sets the rank of the detector in the graph, which decides between timers due at the same time.
  void SetOrder(std::uint32_t order);

  /// Takes a timer that fires while stream time advances to `now_ns`. Sets a periodic timer for its
  /// first due time after `now_ns`; releases any other. Returns what OnTimer receives.
  wirehound_timer Expire(Timer& timer, std::uint64_t now_ns);

  /// The extension table; its address never changes.
  const wirehound_timers& table() const { return table_; }

  std::size_t running() const { return by_id_.size(); }
  /// Timers refused because WIREHOUND_MAX_TIMERS were running.
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

  Timer* FindOrCreate(std::uint64_t id);
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
