// SPDX-License-Identifier: Apache-2.0

// Reloader: changes what runs while it runs: plugin files that were added, replaced or taken away,
// and the configuration. Each change happens as a whole or not at all, between two turns: what is
// new is loaded and started beside what runs, and only when all of that worked events go to it. A
// change that fails leaves everything as it was and is one error line. Dispatch thread, from the
// event loop.

#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <spdlog/fwd.h>
#include <wirehound/result.h>

#include "engine/config/config_file.h"
#include "engine/run/detector_set.h"
#include "engine/run/engine.h"
#include "engine/run/reload_counters.h"

namespace wirehound {

/// The configuration of each of these detectors, by id. The error is that of the first that what
/// the file says does not fit.
Result<DetectorConfigs> MakeConfigs(const ConfigFile& file,
                                    std::span<const DetectorDefinition* const> detectors);

/// Where detectors and configuration come from.
struct ReloadOrigin {
  std::filesystem::path plugins;      ///< folder; empty: none
  std::filesystem::path config_path;  ///< empty: none
};

class Reloader {
 public:
  /// `detectors` is the set that `engine` was made with; both must outlive the reloader. `config`
  /// is what runs now.
  Reloader(Engine& engine, DetectorSet& detectors, ReloadOrigin origin, ConfigFile config);

  /// Looks at the plugins folder and takes over what changed since the last look.
  void ReloadPlugins();

  /// The same, and reads the configuration again, with the limits of detectors. Files that failed
  /// before are tried again.
  void ReloadAll();

  const ReloadCounters& counters() const { return counters_; }

 private:
  void Take(const std::filesystem::path& file, const char* what, std::uint64_t& counter);
  void TakeAway(const std::filesystem::path& file);
  Status Change(const std::filesystem::path& file, std::vector<LoadedDetector> loaded);
  void ReloadConfig();
  void RetryFailed();
  Status Adopt(const ConfigFile& config);
  void WarnOfMissing(std::vector<std::string> missing);
  void TellNew(const DetectorSet::State& before);
  std::string WhatRuns(const std::filesystem::path& file) const;

  Engine& engine_;
  DetectorSet& set_;
  const ReloadOrigin origin_;
  const std::shared_ptr<spdlog::logger> logger_;  // shared: spdlog keeps loggers by name
  ConfigFile config_;
  PluginFiles files_;                       // as last seen, whatever came of them
  std::set<std::filesystem::path> failed_;  // of those: what could not be taken over
  std::vector<std::string> missing_;        // what was selected and is not there
  std::string folder_error_;                // said once
  ReloadCounters counters_;
};

}  // namespace wirehound
