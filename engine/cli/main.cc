// SPDX-License-Identifier: Apache-2.0

// The entry point of the program: parses the command line and calls the command it names.

#include <cstdio>
#include <exception>

#include "engine/cli/commands.h"
#include "engine/cli/options.h"
#include "engine/log/logging.h"
#include "engine/safety/crash_report.h"

namespace {

int Main(int argc, char** argv) {
  using wirehound::Verb;
  const wirehound::Result<wirehound::Options> options = wirehound::ParseCommandLine(argc, argv);
  if (!options) {
    return wirehound::Report(options.error());
  }
  const wirehound::Status level = wirehound::SetLogLevel(options->log_level);
  if (!level) {
    return wirehound::Report(level.error());
  }
  switch (options->verb) {
    case Verb::kShowText:
      std::fputs(options->text.c_str(), stdout);
      return wirehound::kExitOk;
    case Verb::kListEvents:
      return wirehound::ListEvents(*options);
    case Verb::kListDetectors:
      return wirehound::ListDetectors(*options);
    case Verb::kDoctor:
      return wirehound::Doctor();
    case Verb::kPlan:
      return wirehound::ShowPlan(*options);
    case Verb::kCheckPlugin:
      return wirehound::CheckPlugin(*options);
    case Verb::kTestDetector:
      return wirehound::TestDetector(*options);
    case Verb::kNewDetector:
      return wirehound::NewDetector(*options);
    case Verb::kRun:
      return wirehound::Run(*options);
  }
  return wirehound::kExitUsage;
}

}  // namespace

int main(int argc, char** argv) {
  wirehound::InstallCrashReport();
  try {
    return Main(argc, argv);
  } catch (const std::exception& exception) {  // out of memory, or a bug in a library
    std::fprintf(stderr, "wirehound: %s\n", exception.what());
    return wirehound::kExitFailed;
  }
}
