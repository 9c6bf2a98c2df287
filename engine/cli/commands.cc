// SPDX-License-Identifier: Apache-2.0

#include "engine/cli/commands.h"

#include <cstdio>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <spdlog/logger.h>

#include "engine/log/logging.h"
#include "engine/run/detector_set.h"
#include "engine/text/utf8_text.h"

namespace wirehound {

int Report(const Error& error) {
  fmt::print(stderr, "wirehound: {}\n", error.message());
  return error.code() == ErrorCode::kInvalidInput ? kExitUsage : kExitFailed;
}

std::filesystem::path PluginFolderOf(const Options& options) {
  return options.plugins.empty() ? DefaultPluginFolder() : std::filesystem::path(options.plugins);
}

Result<DetectorSet> LoadDetectors(const Options& options) {
  const bool named = !options.plugins.empty();
  Result<DetectorSet> set = DetectorSet::Load(PluginFolderOf(options));
  if (!set) {
    // A bad folder named by --plugins is a usage error; a bad default folder is a failure.
    return named ? Error(ErrorCode::kInvalidInput, set.error().message()) : std::move(set).error();
  }
  const auto logger = MakeLogger("wirehound");
  for (const std::string& complaint : set->complaints()) {
    std::string line;
    AppendPrintable(line, complaint);  // it may quote text of a plugin
    logger->warn("{}", line);
  }
  for (const std::string& note : set->notes()) {
    std::string line;
    AppendPrintable(line, note);
    logger->info("{}", line);
  }
  if (options.strict_plugins && !set->complaints().empty()) {
    return Error(fmt::format("--strict-plugins: {} plugins or detectors were left out",
                             set->complaints().size()));
  }
  return set;
}

}  // namespace wirehound
