// SPDX-License-Identifier: Apache-2.0

// WIREHOUND_FUZZ_CHECK: an invariant of a fuzz target. Ends the process in every build type, which
// a fuzzer reports as a crash and ctest as a failure.

#pragma once

#include <cstdio>
#include <cstdlib>

#define WIREHOUND_FUZZ_CHECK(condition)                                            \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                \
    }                                                                              \
  } while (false)
