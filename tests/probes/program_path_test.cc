// SPDX-License-Identifier: Apache-2.0

#include "probes/program_path.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace wirehound {
namespace {

std::string OwnStat() {
  std::ifstream file("/proc/self/stat");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("program path: the start time is found behind any name") {
  const std::string rest = " S 1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 1000 200\n";
  CHECK(StartTicksFromStat("12 (sh)" + rest) == 4711u);
  CHECK(StartTicksFromStat("12 (a b) c)" + rest) == 4711u);
  CHECK(StartTicksFromStat("12 ()" + rest) == 4711u);
}

TEST_CASE("program path: text that is no stat line has no start time") {
  for (const char* text : {"", "12 sh S 1", "12 (sh) S 1 2 3",
                           "12 (sh) S 1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 x4 1000"}) {
    CAPTURE(text);
    CHECK_FALSE(StartTicksFromStat(text).has_value());
  }
}

TEST_CASE("program path: of this process, if the start time is the one that is expected") {
  const std::optional<std::uint64_t> ticks = StartTicksFromStat(OwnStat());
  REQUIRE(ticks.has_value());
  const std::uint64_t tick_ns = 1'000'000'000u / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  wirehound_wire_process process = {};
  process.host_pid = getpid();
  process.start_time_ns = *ticks * tick_ns + 1;
  CHECK(ProgramPathFromProc(process).find("probes_test") != std::string::npos);
  process.start_time_ns += tick_ns;
  CHECK(ProgramPathFromProc(process).empty());
}

}  // namespace wirehound
