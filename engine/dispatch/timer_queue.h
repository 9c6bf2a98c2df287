// SPDX-License-Identifier: Apache-2.0

// TimerQueue: the timers of all detectors in the order in which they go off: the earliest first,
// those due together in the order of the detectors and then of their start. Owns none of them and
// allocates nothing. Each is in one of two sets: waiting for its time, or, started in Init, for
// stream time to begin. Dispatch thread.

#pragma once

#include <cstdint>
#include <tuple>

#include <boost/intrusive/set.hpp>

namespace wirehound {

class DetectorInstance;

struct TimersByTime;  // tags of the two sets a timer is in
struct TimersById;

/// A timer that runs. Belongs to the InstanceTimers that started it.
struct Timer : boost::intrusive::set_base_hook<boost::intrusive::tag<TimersByTime>>,
               boost::intrusive::set_base_hook<boost::intrusive::tag<TimersById>> {
  std::uint64_t id = 0;      ///< the plugin's
  std::uint64_t due_ns = 0;  ///< stream time; before it has begun, time from its beginning
  std::uint64_t period_ns = 0;
  std::uint64_t sequence = 0;  ///< of its start, among all
  std::uint32_t order = 0;     ///< of its detector
  bool waits_for_time = false;
  DetectorInstance* detector = nullptr;
};

class TimerQueue {
 public:
  static constexpr std::uint64_t kNever = UINT64_MAX;

  /// Puts in a timer that is due at a stream time.
  void Add(Timer& timer);
  /// Puts in one that is due so long after the next time there is.
  void AddFromBeginning(Timer& timer);
  /// Takes one out, whichever way it came in.
  void Remove(Timer& timer);

  /// Gives those that wait for stream time their due times.
  void Begin(std::uint64_t now_ns);

  /// The next to go off, or null.
  Timer* First() { return by_time_.empty() ? nullptr : &*by_time_.begin(); }

  /// No later than this there is something to do: the time at which the first is due, 0 when some
  /// wait for stream time to begin, kNever when there is none.
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

/// The sum, or the largest number short of kNever when it does not fit.
inline std::uint64_t LaterBy(std::uint64_t now_ns, std::uint64_t after_ns) {
  constexpr std::uint64_t kLast = TimerQueue::kNever - 1;
  return after_ns > kLast - (now_ns < kLast ? now_ns : kLast) ? kLast : now_ns + after_ns;
}

}  // namespace wirehound
