// SPDX-License-Identifier: Apache-2.0

// HeapWatch: the estimate from sampled calls, and a real leak that it must find.

#include "engine/safety/heap_watch.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace heap_watch_test {

constexpr std::int64_t kMiB = 1024 * 1024;
constexpr std::int64_t kPlenty = 64 * 1024 * kMiB;  // in use by the whole process
constexpr std::uint64_t kCheap = 100;               // cost of measuring the heap, in nanoseconds

// Simulates one sampled call that allocates `bytes` more than it frees.
bool Keep(HeapWatch& watch, std::int64_t bytes) {
  return watch.Note(kPlenty, kPlenty + bytes, kCheap);
}

TEST_CASE("heap watch: it warns of a leak at 64 MiB and then each time it has doubled") {
  HeapWatch watch;
  std::vector<std::int64_t> told;
  for (int i = 0; i < 400; ++i) {
    if (Keep(watch, 1024)) {  // stands for 1 MiB
      told.push_back(watch.kept_bytes() / kMiB);
    }
  }
  CHECK(told == std::vector<std::int64_t>{64, 128, 256});
}

TEST_CASE("heap watch: freed memory lowers the estimate") {
  HeapWatch watch;
  for (int i = 0; i < 1000; ++i) {
    CHECK(!Keep(watch, 40 * 1024));
    CHECK(!Keep(watch, -40 * 1024));
  }
  CHECK(watch.kept_bytes() == 0);
}

TEST_CASE("heap watch: one table that grew during a sample is no leak") {
  HeapWatch watch;
  CHECK(!Keep(watch, kMiB));  // would stand for 1 GiB
  for (int i = 0; i < 1000; ++i) {
    CHECK(!Keep(watch, 0));
  }
}

TEST_CASE("heap watch: the estimate is at most the heap in use") {
  HeapWatch watch;
  for (int i = 0; i < 1000; ++i) {
    CHECK(!watch.Note(10 * kMiB, 11 * kMiB, kCheap));
  }
  CHECK(watch.kept_bytes() == 11 * kMiB);
}

TEST_CASE("heap watch: samples have no period, one call in 1024 in the mean") {
  HeapWatch watch;
  std::vector<std::uint32_t> steps;
  for (int weighed = 0; weighed < 2000; ++weighed) {
    std::uint32_t step = 1;
    for (; !watch.Due(); ++step) {
    }
    steps.push_back(step);
    Keep(watch, 0);
  }
  std::uint64_t calls = 0;
  for (const std::uint32_t step : steps) {
    calls += step;
  }
  CHECK(calls / steps.size() > 950);
  CHECK(calls / steps.size() < 1100);
  CHECK(*std::min_element(steps.begin(), steps.end()) < 20);
  CHECK(*std::max_element(steps.begin(), steps.end()) > 2000);
}

TEST_CASE("heap watch: a heap that is slow to measure is sampled less often") {
  HeapWatch watch;
  watch.Note(0, 0, 5'000'000);
  CHECK(watch.mean_interval() == 5'000'000);
  watch.Note(0, 0, kCheap);
  CHECK(watch.mean_interval() == HeapWatch::kMeanInterval);
}

TEST_CASE("heap watch: a real call that keeps memory is found") {
  if (!HeapWatch::Supported()) {
    return;
  }
  HeapWatch watch;
  std::vector<std::unique_ptr<char[]>> kept;
  kept.reserve(1);
  watch.Begin();
  kept.push_back(std::make_unique<char[]>(100'000));
  watch.End();
  CHECK(watch.kept_bytes() > 0);
}

}  // namespace heap_watch_test
}  // namespace wirehound::test
