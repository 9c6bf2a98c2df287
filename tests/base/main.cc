// SPDX-License-Identifier: Apache-2.0

// The runner of all tests of base.

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
