// SPDX-License-Identifier: Apache-2.0

// `wirehound test PLUGIN CASE…`: runs the test cases of a detector's author through the real
// engine. Prints a line for each case: whether it passed and, if not, what was expected. Control
// thread.

#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "engine/cli/commands.h"
#include "engine/run/detector_set.h"
#include "engine/testing/case_file.h"
#include "engine/testing/case_runner.h"
#include "engine/text/utf8_text.h"

namespace wirehound {

namespace {

namespace fs = std::filesystem;

Result<DetectorSet> LoadFile(const fs::path& file) {
  LoadedPlugins plugins;
  plugins.detectors = WIREHOUND_TRY(LoadPlugin(file, plugins.complaints));
  return DetectorSet::Make(std::move(plugins));
}

// A detector that is left out is an error here, not a warning as in the main job: its test cases
// would test nothing.
Result<DetectorSet> LoadUnderTest(const std::string& plugin) {
  std::error_code error;
  const bool is_folder = fs::is_directory(plugin, error);
  Result<DetectorSet> set = is_folder ? DetectorSet::Load(plugin) : LoadFile(plugin);
  if (!set) {
    return set;
  }
  if (!set->complaints().empty()) {
    return Error(set->complaints().front());
  }
  return set->detectors().empty() ? Error(plugin + ": no detector in it") : std::move(set);
}

std::string Printable(std::string_view text) {
  std::string printable;
  AppendPrintable(printable, text);
  return printable;
}

struct Totals {
  std::size_t failed = 0;
  bool has_mistake = false;
};

void RunFile(const DetectorSet& set, const CaseFile& file, const Options& options, Totals& totals) {
  for (const TestCase& test : file.cases) {
    const CaseOutcome outcome = RunCase(set, test, file.path.parent_path());
    if (options.show_detections) {
      fmt::print("test {}\n", test.title);
      for (const std::string& detection : outcome.detections) {
        fmt::print("{}\n", Printable(detection));
      }
    }
    if (outcome.failure) {
      const CaseFailure& failure = *outcome.failure;
      fmt::print("FAILED {}:{}: {}: {}\n", file.path.string(), failure.line, test.title,
                 Printable(failure.message));
      ++totals.failed;
      totals.has_mistake = totals.has_mistake || failure.is_mistake;
    } else {
      fmt::print("ok {}\n", test.title);
    }
  }
}

}  // namespace

int TestDetector(const Options& options) {
  Result<DetectorSet> set = LoadUnderTest(options.test_plugin);
  if (!set) {
    return Report(set.error());
  }
  Totals totals;
  for (const std::string& path : options.test_cases) {
    const Result<CaseFile> file = ReadCaseFile(path);
    if (!file) {
      return Report(file.error());
    }
    RunFile(*set, *file, options, totals);
  }
  std::fflush(stdout);
  return totals.has_mistake ? kExitUsage : totals.failed != 0 ? kExitFailed : kExitOk;
}

}  // namespace wirehound
