// SPDX-License-Identifier: Apache-2.0

// The queue of all timers and the timers of one detector, through the C table a plugin has.

#include "engine/dispatch/timer_queue.h"

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine/dispatch/instance_timers.h"

namespace wirehound::test {
namespace {

// The queue never looks into a detector: it only hands the address back.
DetectorInstance& Nobody() {
  static std::uint64_t place = 0;
  return reinterpret_cast<DetectorInstance&>(place);
}

// A detector's timers, running, at a place among the detectors.
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

// Lets everything go off that is due by `now_ns`: "id@due" each.
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

TEST_CASE("timers: the earliest goes off first, those due together in the order of their start") {
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

TEST_CASE("timers: of several detectors those due together go by the detectors' order") {
  TimerQueue queue;
  StreamTime time;
  Timers second(queue, time, 2);
  Timers first(queue, time, 1);
  second.Start(20, 5);
  first.Start(10, 5);
  CHECK(queue.First()->id == 10);
  SUBCASE("which may change") {
    first.get().SetOrder(3);
    CHECK(queue.First()->id == 20);
  }
  SUBCASE("and closing one leaves the others") {
    first.get().SetPhase(TimerPhase::kClosed);
    CHECK(queue.First()->id == 20);
    CHECK(first.Start(10, 5) == WIREHOUND_ERROR_INVALID);
  }
}

TEST_CASE("timers: one that is started again runs once, from now") {
  TimerQueue queue;
  StreamTime time;
  Timers timers(queue, time, 0);
  timers.Start(1, 10);
  time.Advance(5);
  timers.Start(1, 10);
  CHECK(timers.get().running() == 1);
  CHECK(Run(queue, timers, 100) == "1@15 ");
}

TEST_CASE("timers: one that is stopped does not go off, and another stop finds nothing") {
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

TEST_CASE("timers: a periodic one keeps its phase, and says how often it was missed") {
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

TEST_CASE("timers: the end of time is not passed") {
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

TEST_CASE("timers: there are so many at once and no more") {
  TimerQueue queue;
  StreamTime time;
  Timers timers(queue, time, 0);
  for (std::uint64_t id = 0; id < WIREHOUND_MAX_TIMERS; ++id) {
    REQUIRE(timers.Start(id * 7919, 10) == WIREHOUND_OK);
  }
  CHECK(timers.Start(1, 10) == WIREHOUND_ERROR_LIMIT);
  CHECK(timers.Start(0, 10) == WIREHOUND_OK);  // it runs already
  CHECK(timers.Cancel(7919) == WIREHOUND_OK);
  CHECK(timers.Start(1, 10) == WIREHOUND_OK);
}

TEST_CASE("timers: those of Init wait for the first time there is") {
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

TEST_CASE("timers: whatever is done, they go off as a list that is searched would have it") {
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

}  // namespace
}  // namespace wirehound::test
