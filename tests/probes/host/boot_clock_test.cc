// SPDX-License-Identifier: Apache-2.0

#include "probes/host/boot_clock.h"

#include <doctest/doctest.h>

#include <ctime>

namespace wirehound {
namespace boot_clock_test {

TEST_CASE("boot clock: now is the system's time while the system's clock is not set") {
  const BootClock clock = BootClock::Measure();
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  const auto system_ns = static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
  const std::int64_t difference_ns = static_cast<std::int64_t>(clock.NowNs()) - system_ns;
  CHECK(difference_ns < 1'000'000'000);
  CHECK(difference_ns > -1'000'000'000);
}

TEST_CASE("boot clock: a time since boot becomes Unix time, an unknown one stays 0") {
  const BootClock clock(1'000'000);
  CHECK(clock.ToEpoch(5) == 1'000'005);
  CHECK(clock.ToEpoch(0) == 0);
}

TEST_CASE("boot clock: with the measured offset the time since boot agrees with the wall clock") {
  const BootClock clock = BootClock::Measure();
  timespec boot = {};
  timespec wall = {};
  REQUIRE(clock_gettime(CLOCK_BOOTTIME, &boot) == 0);
  REQUIRE(clock_gettime(CLOCK_REALTIME, &wall) == 0);
  const auto seconds = clock.ToEpoch(static_cast<std::uint64_t>(boot.tv_sec) * 1'000'000'000u +
                                     static_cast<std::uint64_t>(boot.tv_nsec)) /
                       1'000'000'000u;
  const auto expected = static_cast<std::uint64_t>(wall.tv_sec);
  CHECK(seconds + 1 >= expected);
  CHECK(seconds <= expected + 1);
}

TEST_CASE("boot clock: a time converted to Unix time and back stays the same") {
  const BootClock clock(1'700'000'000'000'000'000u);
  CHECK(clock.ToBoot(clock.ToEpoch(12'345'678'901u)) == 12'345'678'901u);
  CHECK(clock.ToBoot(clock.ToEpoch(0)) == 0);
  CHECK(clock.ToBoot(5) == 0);
}

TEST_CASE("boot clock: every call for the clock of this run returns the same clock") {
  CHECK(BootClock::OfThisRun().ToEpoch(1) == BootClock::OfThisRun().ToEpoch(1));
}

}  // namespace boot_clock_test
}  // namespace wirehound
