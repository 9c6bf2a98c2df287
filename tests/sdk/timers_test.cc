// SPDX-License-Identifier: Apache-2.0

// Timers: their calls of the host, the unit of times, and the texts of errors.

#include <wirehound/timers.h>

#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/sdk/support/fake_host.h"

namespace wirehound::test {
namespace timers_test {

using namespace std::chrono_literals;

Timers TimersOf(FakeHost& host) {
  Result<Timers> timers = Timers::Of(InitContext(host.table));
  REQUIRE(timers.has_value());
  return *timers;
}

TEST_CASE("timers: durations of any unit are nanoseconds to the host") {
  FakeHost host;
  const Timers timers = TimersOf(host);
  CHECK(timers.Start(1, 2s).has_value());
  CHECK(timers.Start(2, 3ms, 4us).has_value());
  CHECK(timers.StartPeriodic(3, 5ns).has_value());
  CHECK(timers.Start(4, 0ns).has_value());
  CHECK(timers.Cancel(1).has_value());
  CHECK(host.timers_asked == std::vector<std::string>{"start 1 2000000000 0",
                                                      "start 2 3000000 4000", "start 3 5 5",
                                                      "start 4 0 0", "cancel 1"});
}

TEST_CASE("timers: invalid durations are errors before the host is called") {
  FakeHost host;
  const Timers timers = TimersOf(host);
  CHECK(timers.Start(7, -1s).error().message() ==
        "timer 7: a time before now; expected one after it");
  CHECK(timers.StartPeriodic(7, 0s).error().message() ==
        "timer 7: a period of 0 ns; expected more than 0");
  CHECK(host.timers_asked.empty());
}

TEST_CASE("timers: each error of the host has its text") {
  FakeHost host;
  const Timers timers = TimersOf(host);
  host.timer_status = WIREHOUND_ERROR_LIMIT;
  CHECK(timers.Start(7, 1s).error().message() == "timer 7: too many timers run");
  host.timer_status = WIREHOUND_ERROR_NOT_FOUND;
  CHECK(timers.Cancel(7).error().message() == "timer 7: it does not run");
  CHECK(timers.Cancel(7).error().code() == ErrorCode::kNotFound);
  host.timer_status = WIREHOUND_ERROR_INVALID;
  CHECK(timers.Start(7, 1s).error().message() == "timer 7: the engine refused it");
}

TEST_CASE("timers: an engine without timers, and default-constructed Timers, are errors") {
  FakeHost host;
  host.timers.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_timers, start);
  CHECK(Timers::Of(InitContext(host.table)).error().message() == "timers: this engine has none");
  CHECK(Timers().Start(1, 1s).error().message() == "timer 1: not taken in Init");
  CHECK(Timers().Cancel(1).error().message() == "timer 1: not taken in Init");
}

}  // namespace timers_test
}  // namespace wirehound::test
