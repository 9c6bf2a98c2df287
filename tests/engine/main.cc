// SPDX-License-Identifier: Apache-2.0

// The runner of all engine tests. Detectors that fail on purpose must not fill the output.

#include <doctest/doctest.h>

#include "engine/log/logging.h"

int main(int argc, char** argv) {
  if (!wirehound::SetLogLevel("off")) {
    return 1;
  }
  return doctest::Context(argc, argv).run();
}
