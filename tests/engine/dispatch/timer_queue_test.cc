// SPDX-License-Identifier: Apache-2.0

// TimerQueue, which holds all timers, and the timers of one detector, used through the C table that
// a plugin gets.

#include "engine/dispatch/timer_queue.h"

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine/dispatch/instance_timers.h"

namespace wirehound::test {
namespace timer_queue_test {

// The queue never dereferences a detector: it only returns the address.
DetectorInstance& Nobody() {
  static std::uint64_t place = 0;
  return reinterpret_cast<DetectorInstance&>(place);
}

// The timers of a running detector, which has this place in the order of detectors.
class Timers {
 public:
  Timers(TimerQueue& queue, const StreamTime& time, std::uint32_t order)
      : timers_(queue, time, Nobody()) {
    timers_.SetOrder(order);
    timers_.SetPhase(TimerPhase::kRunning);
  }
  std::int32_t Start(std::uint64_t id, std::uint64_t after_ns, std::uint64_t period_ns = 0) {
    const wirehound_timers& table = timers_.table();
    return table.start(table.context, id, after_ns, period_ns);
  }
  std::int32_t Cancel(std::uint64_t id) {
    const wirehound_timers& table = timers_.table();
    return table.cancel(table.context, id);
  }
  InstanceTimers& get() { return timers_; }

 private:
  InstanceTimers timers_;
};

// Fires every timer that is due by `now_ns`. Returns "id@due" of each.
std::string Run(TimerQueue& queue, Timers& owner, std::uint64_t now_ns) {
  std::string text;
  for (Timer* timer = queue.First(); timer != nullptr && timer->due_ns <= now_ns;
       timer = queue.First()) {
    const wirehound_timer told = owner.get().Expire(*timer, now_ns);
    text += std::to_string(told.id) + "@" + std::to_string(told.due_ns);
    text += told.missed == 0 ? " " : "+" + std::to_string(told.missed) + " ";
  }
  return text;
}

TEST_CASE("timers: the earliest fires first, and timers due together in the order of their start") {
  TimerQueue queue;
  StreamTime time{1000};
  Timers timers(queue, time, 0);
  timers.Start(1, 50);
  timers.Start(2, 20);
  timers.Start(3, 50);
  timers.Start(4, 0);
  CHECK(queue.next_ns() == 1000);
  CHECK(Run(queue, timers, 1049) == "4@1000 2@1020 ");
  CHECK(Run(queue, timers, 1050) == "1@1050 3@1050 ");
  CHECK(queue.next_ns() == TimerQueue::kNever);
}

TEST_CASE("timers: timers due together fire in the order of their detectors") {
  TimerQueue queue;
  StreamTime time;
  Timers second(queue, time, 2);
  Timers first(queue, time, 1);
  second.Start(20, 5);
  first.Start(10, 5);
  CHECK(queue.First()->id == 10);
  SUBCASE("also after that order changes") {
    first.get().SetOrder(3);
    CHECK(queue.First()->id == 20);
  }
  SUBCASE("and closing one detector keeps the timers of the others") {
    first.get().SetPhase(TimerPhase::kClosed);
    CHECK(queue.First()->id == 20);
    CHECK(first.Start(10, 5) == WIREHOUND_ERROR_INVALID);
  }
}

TEST_CASE("timers: a timer that is started again fires once, counted from the second start") {
  TimerQueue queue;
  StreamTime time;
  Timers timers(queue, time, 0);
  timers.Start(1, 10);
  time.Advance(5);
  timers.Start(1, 10);
  CHECK(timers.get().running() == 1);
  CHECK(Run(queue, timers, 100) == "1@15 ");
}

TEST_CASE("timers: a stopped timer does not fire, and a second stop finds none") {
  TimerQueue queue;
  StreamTime time;
  Timers timers(queue, time, 0);
  timers.Start(1, 10);
  timers.Start(2, 10);
  CHECK(timers.Cancel(1) == WIREHOUND_OK);
  CHECK(timers.Cancel(1) == WIREHOUND_ERROR_NOT_FOUND);
  CHECK(Run(queue, timers, 100) == "2@10 ");
  CHECK(timers.Cancel(2) == WIREHOUND_ERROR_NOT_FOUND);
}

TEST_CASE("timers: a periodic timer keeps its phase and reports how many times it missed") {
  TimerQueue queue;
  StreamTime time{3};
  Timers timers(queue, time, 0);
  timers.Start(1, 7, 10);
  CHECK(Run(queue, timers, 9).empty());
  CHECK(Run(queue, timers, 10) == "1@10 ");
  CHECK(Run(queue, timers, 29) == "1@20 ");
  CHECK(Run(queue, timers, 59) == "1@30+2 ");
  CHECK(queue.next_ns() == 60);
}

TEST_CASE("timers: a due time beyond the largest number does not overflow") {
  TimerQueue queue;
  StreamTime time{100};
  Timers timers(queue, time, 0);
  timers.Start(1, UINT64_MAX);
  timers.Start(2, 1, UINT64_MAX);
  timers.Start(3, 1, 1);
  CHECK(Run(queue, timers, 101) == "2@101 3@101 ");
  CHECK(Run(queue, timers, UINT64_MAX - 2) == "3@102+" + std::to_string(UINT64_MAX - 104) + " ");
  CHECK(timers.get().running() == 3);
  CHECK(queue.next_ns() != TimerQueue::kNever);
}

TEST_CASE("timers: the number of timers of one detector is limited") {
  TimerQueue queue;
  StreamTime time;
  Timers timers(queue, time, 0);
  for (std::uint64_t id = 0; id < WIREHOUND_MAX_TIMERS; ++id) {
    REQUIRE(timers.Start(id * 7919, 10) == WIREHOUND_OK);
  }
  CHECK(timers.Start(1, 10) == WIREHOUND_ERROR_LIMIT);
  CHECK(timers.Start(0, 10) == WIREHOUND_OK);  // no new timer: this one runs already
  CHECK(timers.Cancel(7919) == WIREHOUND_OK);
  CHECK(timers.Start(1, 10) == WIREHOUND_OK);
}

TEST_CASE("timers: timers started in Init wait for the first stream time") {
  TimerQueue queue;
  StreamTime time;
  Timers timers(queue, time, 0);
  timers.get().SetPhase(TimerPhase::kInit);
  timers.Start(1, 10);
  timers.Start(2, 5);
  timers.Start(3, 7);
  timers.Cancel(3);
  timers.get().SetOrder(4);
  timers.get().SetPhase(TimerPhase::kRunning);
  CHECK(queue.First() == nullptr);
  CHECK(queue.next_ns() == 0);
  queue.Begin(1'000);
  CHECK(queue.next_ns() == 1'005);
  CHECK(Run(queue, timers, 2'000) == "2@1005 1@1010 ");
}

TEST_CASE("timers: after random starts and stops they fire as in a plain list that is searched") {
  TimerQueue queue;
  StreamTime time;
  Timers timers(queue, time, 0);
  struct Known {
    std::uint64_t due, sequence;
  };
  std::map<std::uint64_t, Known> known;
  std::mt19937 random(7);
  std::uint64_t sequence = 0;
  for (int step = 0; step < 20'000; ++step) {
    const std::uint64_t id = random() % 40;
    if (random() % 3 != 0) {
      const std::uint64_t after = random() % 50;
      timers.Start(id, after);
      known[id] = {time.now_ns + after, ++sequence};
    } else if (random() % 2 == 0) {
      CHECK(timers.Cancel(id) == (known.erase(id) == 1 ? WIREHOUND_OK : WIREHOUND_ERROR_NOT_FOUND));
    } else {
      time.Advance(time.now_ns + random() % 20);
      std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> due;
      for (const auto& [known_id, timer] : known) {
        if (timer.due <= time.now_ns) {
          due[{timer.due, timer.sequence}] = known_id;
        }
      }
      std::string expected;
      for (const auto& [when, due_id] : due) {
        expected += std::to_string(due_id) + "@" + std::to_string(when.first) + " ";
        known.erase(due_id);
      }
      REQUIRE(Run(queue, timers, time.now_ns) == expected);
    }
  }
}

}  // namespace timer_queue_test
}  // namespace wirehound::test
