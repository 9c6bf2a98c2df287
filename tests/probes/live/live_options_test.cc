// SPDX-License-Identifier: Apache-2.0

// The options that LiveSource::Open refuses before it loads any program.

#include <doctest/doctest.h>

#include "probes/live/live_source.h"

namespace wirehound {
namespace live_options_test {

TEST_CASE("live source: a ring that is no power of two or smaller than a page is refused") {
  for (const std::uint32_t bytes : {0u, 1u, 2048u, 4097u, (8u << 20) - 4096u}) {
    CAPTURE(bytes);
    const auto source = LiveSource::Open({.ring_bytes = bytes});
    REQUIRE_FALSE(source);
    CHECK(source.error().code() == ErrorCode::kInvalidInput);
  }
}

TEST_CASE("live source: a directory that is no control group is refused by name") {
  const auto source = LiveSource::Open({.cgroup = "/proc"});
  REQUIRE_FALSE(source);
  CHECK(source.error().code() == ErrorCode::kInvalidInput);
  CHECK(source.error().message().find("control group /proc") != std::string::npos);
}

}  // namespace live_options_test
}  // namespace wirehound
