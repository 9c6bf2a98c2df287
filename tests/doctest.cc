// SPDX-License-Identifier: Apache-2.0

// What other sources only declare: the implementation of doctest.

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
