// SPDX-License-Identifier: Apache-2.0

// LossTracker: how many packets were lost between two records, and why.

#include "probes/live/loss_tracker.h"

#include <doctest/doctest.h>

#include <string>

namespace wirehound {
namespace loss_tracker_test {

TEST_CASE("loss tracker: losses since the last record are reported once") {
  LossTracker losses;
  CHECK(losses.Notice(0) == 0);
  CHECK(losses.Notice(3) == 3);
  CHECK(losses.Notice(3) == 0);
  CHECK(losses.Notice(10) == 7);
}

TEST_CASE("loss tracker: a lower count, from another CPU, reports nothing and takes nothing back") {
  LossTracker losses;
  CHECK(losses.Notice(5) == 5);
  CHECK(losses.Notice(4) == 0);
  CHECK(losses.Notice(6) == 1);
}

TEST_CASE("loss tracker: the reason is the counter that has grown") {
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

TEST_CASE("loss tracker: the reason is \"several\" when more than one counter has grown, or none") {
  LossTracker losses;
  KernelCounters kernel = {};
  kernel[WIREHOUND_COUNT_LOST_RING_FULL] = 3;
  kernel[WIREHOUND_COUNT_LOST_COPY_FAILED] = 1;
  CHECK(std::string(losses.Explain(4, kernel)) == "several");
  CHECK(std::string(losses.Explain(1, kernel)) == "several");
}

TEST_CASE("loss tracker: losses counted after the record explain the next gap") {
  LossTracker losses;
  KernelCounters kernel = {};
  kernel[WIREHOUND_COUNT_LOST_RING_FULL] = 8;
  CHECK(std::string(losses.Explain(3, kernel)) == "ring_full");
  CHECK(std::string(losses.Explain(5, kernel)) == "ring_full");
  CHECK(std::string(losses.Explain(1, kernel)) == "several");
}

}  // namespace loss_tracker_test
}  // namespace wirehound
