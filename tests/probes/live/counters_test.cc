// SPDX-License-Identifier: Apache-2.0

#include "probes/live/counters.h"

#include <doctest/doctest.h>

#include <string>

namespace wirehound {
namespace counters_test {

using Kind = SourceCounter::Kind;

// A different value for every counter, so that swapped counters show.
KernelCounters Distinct() {
  KernelCounters counters = {};
  std::uint64_t value = 100;
  for (std::uint64_t& counter : counters) {
    counter = value++;
  }
  return counters;
}

std::uint64_t Sum(const std::vector<SourceCounter>& account, Kind kind) {
  std::uint64_t sum = 0;
  for (const SourceCounter& line : account) {
    sum += line.kind == kind ? line.count : 0;
  }
  return sum;
}

TEST_CASE("counters: every reason of the kernel is one line of the account") {
  const KernelCounters kernel = Distinct();
  const std::vector<SourceCounter> account = AccountOf(kernel, {.delivered = 7, .malformed = 3});
  const auto check = [&](std::string_view name, Kind kind, std::uint64_t count) {
    CAPTURE(std::string(name));
    int found = 0;
    for (const SourceCounter& line : account) {
      if (line.name != name) {
        continue;
      }
      ++found;
      CHECK(line.kind == kind);
      CHECK(line.count == count);
    }
    CHECK(found == 1);
  };
  check("delivered", Kind::kDelivered, 7);
  check("not_wanted", Kind::kFiltered, kernel[WIREHOUND_COUNT_FILTERED]);
  check("filter", Kind::kFiltered, kernel[WIREHOUND_COUNT_FILTERED_BY_RULES]);
  check("scope", Kind::kFiltered, kernel[WIREHOUND_COUNT_FILTERED_BY_SCOPE]);
  check("ring_full", Kind::kLost, kernel[WIREHOUND_COUNT_LOST_RING_FULL]);
  check("copy_failed", Kind::kLost, kernel[WIREHOUND_COUNT_LOST_COPY_FAILED]);
  check("process_record_lost", Kind::kLost, kernel[WIREHOUND_COUNT_LOST_PROCESS_RECORD]);
  check("malformed_record", Kind::kLost, 3);
  CHECK(account.size() == 8);
}

TEST_CASE("counters: with an empty ring, delivered + filtered + lost equals the packets seen") {
  KernelCounters kernel = {};
  kernel[WIREHOUND_COUNT_SEEN] = 100;
  kernel[WIREHOUND_COUNT_SUBMITTED] = 60;
  kernel[WIREHOUND_COUNT_FILTERED] = 20;
  kernel[WIREHOUND_COUNT_LOST_RING_FULL] = 15;
  kernel[WIREHOUND_COUNT_LOST_COPY_FAILED] = 4;
  kernel[WIREHOUND_COUNT_LOST_PROCESS_RECORD] = 1;
  kernel[WIREHOUND_COUNT_NO_OWNER] = 50;
  kernel[WIREHOUND_COUNT_PROCESS_RECORDS] = 9;
  const auto accounted = [&kernel] {
    const std::vector<SourceCounter> account = AccountOf(kernel, {.delivered = 58, .malformed = 2});
    return Sum(account, Kind::kDelivered) + Sum(account, Kind::kFiltered) +
           Sum(account, Kind::kLost);
  };
  CHECK(accounted() == kernel[WIREHOUND_COUNT_SEEN]);

  kernel[WIREHOUND_COUNT_LOST_RING_FULL] = 14;
  CHECK(accounted() == kernel[WIREHOUND_COUNT_SEEN] - 1);
}

TEST_CASE("counters: every note has its own name and counter") {
  const std::vector<SourceNote> notes =
      NotesOf(Distinct(), {.malformed_process = 3, .owner_unknown = 1, .owners_evicted = 2});
  for (std::size_t i = 0; i < notes.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      CHECK(notes[i].name != notes[j].name);
      CHECK(notes[i].count != notes[j].count);
    }
  }
}

}  // namespace counters_test
}  // namespace wirehound
