// SPDX-License-Identifier: Apache-2.0

// TimerQueue: the timers of all detectors in the order in which they fire: earliest first; timers
// due at the same time in the order of their detectors, then of their start. Owns no timer and
// allocates nothing. A timer is in one of two sets: it waits for its due time, or, when a detector
// started it in Init, for stream time to begin. Dispatch thread.

#pragma once

#include <cstdint>
#include <tuple>

#include <boost/intrusive/set.hpp>

namespace wirehound {

class DetectorInstance;

struct TimersByTime;  // tags of the two intrusive sets that hold a timer: TimerQueue's,
struct TimersById;    // and InstanceTimers'

/// A running timer. InstanceTimers owns it.
struct Timer : boost::intrusive::set_base_hook<boost::intrusive::tag<TimersByTime>>,
               boost::intrusive::set_base_hook<boost::intrusive::tag<TimersById>> {
  std::uint64_t id = 0;         ///< chosen by the plugin
  std::uint64_t due_ns = 0;     ///< stream time; while waits_for_time, the delay from its beginning
  std::uint64_t period_ns = 0;  ///< 0: fires once
  std::uint64_t sequence = 0;   ///< counts the starts of all timers
  std::uint32_t order = 0;      ///< rank of its detector in the graph
  bool waits_for_time = false;
  DetectorInstance* detector = nullptr;
};

class TimerQueue {
 public:
  static constexpr std::uint64_t kNever = UINT64_MAX;

  /// Adds a timer whose due_ns is a stream time.
  void Add(Timer& timer);
  /// Adds a timer whose due_ns is a delay from the beginning of stream time.
  void AddFromBeginning(Timer& timer);
  /// Removes a timer from the set it is in.
  void Remove(Timer& timer);

  /// Stream time begins: turns the delays of the waiting timers into due times.
  void Begin(std::uint64_t now_ns);

  /// The timer that fires next, or null.
  Timer* First() { return by_time_.empty() ? nullptr : &*by_time_.begin(); }

  /// When the queue next needs attention: the due time of the first timer, 0 when timers wait for
  /// stream time to begin, kNever when there is no timer.
  std::uint64_t next_ns() const { return next_ns_; }

  std::uint64_t NextSequence() { return ++sequence_; }

 private:
  struct Earlier {
    bool operator()(const Timer& a, const Timer& b) const {
      return std::tie(a.due_ns, a.order, a.sequence) < std::tie(b.due_ns, b.order, b.sequence);
    }
  };
  using Set = boost::intrusive::set<Timer,
                                    boost::intrusive::base_hook<boost::intrusive::set_base_hook<
                                        boost::intrusive::tag<TimersByTime>>>,
                                    boost::intrusive::compare<Earlier>>;

  void Update();

  Set by_time_;
  Set from_beginning_;
  std::uint64_t sequence_ = 0;
  std::uint64_t next_ns_ = kNever;
};

/// The sum, capped below kNever, which must not look like a due time.
inline std::uint64_t SaturatingAdd(std::uint64_t now_ns, std::uint64_t after_ns) {
  constexpr std::uint64_t kLast = TimerQueue::kNever - 1;
  return after_ns > kLast - (now_ns < kLast ? now_ns : kLast) ? kLast : now_ns + after_ns;
}

}  // namespace wirehound
