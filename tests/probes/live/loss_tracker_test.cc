// SPDX-License-Identifier: Apache-2.0

// LossTracker: how many were lost between two records, and why.

#include "probes/live/loss_tracker.h"

#include <doctest/doctest.h>

#include <string>

namespace wirehound {

TEST_CASE("loss tracker: what was lost since the last record is told once") {
  LossTracker losses;
  CHECK(losses.Notice(0) == 0);
  CHECK(losses.Notice(3) == 3);
  CHECK(losses.Notice(3) == 0);
  CHECK(losses.Notice(10) == 7);
}

TEST_CASE("loss tracker: a record of another CPU that knows of less takes nothing back") {
  LossTracker losses;
  CHECK(losses.Notice(5) == 5);
  CHECK(losses.Notice(4) == 0);
  CHECK(losses.Notice(6) == 1);
}

TEST_CASE("loss tracker: the reason is the one whose count has grown") {
  LossTracker losses;
  KernelCounters kernel = {};
  kernel[WIREHOUND_COUNT_FILTERED] = 99;  // no loss
  kernel[WIREHOUND_COUNT_LOST_RING_FULL] = 3;
  CHECK(std::string(losses.Explain(3, kernel)) == "ring_full");
  kernel[WIREHOUND_COUNT_LOST_PROCESS_RECORD] = 1;
  CHECK(std::string(losses.Explain(1, kernel)) == "process_record_lost");
  kernel[WIREHOUND_COUNT_LOST_COPY_FAILED] = 2;
  CHECK(std::string(losses.Explain(2, kernel)) == "copy_failed");
}

TEST_CASE("loss tracker: more than one reason, or none, is several") {
  LossTracker losses;
  KernelCounters kernel = {};
  kernel[WIREHOUND_COUNT_LOST_RING_FULL] = 3;
  kernel[WIREHOUND_COUNT_LOST_COPY_FAILED] = 1;
  CHECK(std::string(losses.Explain(4, kernel)) == "several");
  CHECK(std::string(losses.Explain(1, kernel)) == "several");
}

TEST_CASE("loss tracker: counts that have run ahead explain the next gap") {
  LossTracker losses;
  KernelCounters kernel = {};
  kernel[WIREHOUND_COUNT_LOST_RING_FULL] = 8;
  CHECK(std::string(losses.Explain(3, kernel)) == "ring_full");
  CHECK(std::string(losses.Explain(5, kernel)) == "ring_full");
  CHECK(std::string(losses.Explain(1, kernel)) == "several");
}

}  // namespace wirehound
