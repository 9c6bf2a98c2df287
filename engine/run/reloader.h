// SPDX-License-Identifier: Apache-2.0

// Reloader: applies changes while the engine runs: plugin files that were added, replaced or
// removed, and the configuration. Each change is applied completely or not at all, between two
// turns. The engine loads and starts the new detectors beside the running ones; only when all of
// them have started do events go to them. A change that fails leaves everything as it was and logs
// one error line. Dispatch thread, from the event loop.

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

/// The configuration of each of these detectors, by id. The error is about the first detector whose
/// settings in the file do not fit its definition.
Result<DetectorConfigs> MakeConfigs(const ConfigFile& file,
                                    std::span<const DetectorDefinition* const> detectors);

/// Where detectors and configuration are read from.
struct ReloadOrigin {
  std::filesystem::path plugins;      ///< plugins folder; empty: none
  std::filesystem::path config_path;  ///< configuration file; empty: none
};

class Reloader {
 public:
  /// `detectors` is the set that `engine` was made with; both must outlive the reloader. `config`
  /// is the configuration in force.
  Reloader(Engine& engine, DetectorSet& detectors, ReloadOrigin origin, ConfigFile config);

  /// Lists the plugins folder and applies what changed since the last listing.
  void ReloadPlugins();

  /// Does the same, reads the configuration with the limits of detectors again, and then tries all
  /// failed files again.
  void ReloadAll();

  const ReloadCounters& counters() const { return counters_; }

 private:
  void Load(const std::filesystem::path& file, const char* what, std::uint64_t& counter);
  void Remove(const std::filesystem::path& file);
  Status Replace(const std::filesystem::path& file, std::vector<LoadedDetector> loaded);
  void ReloadConfig();
  void RetryFailed();
  Status Adopt(const ConfigFile& config);
  void WarnOfMissing(std::vector<std::string> missing);
  void LogNewlyLeftOut(const DetectorSet::State& before);
  std::string WhatRuns(const std::filesystem::path& file) const;

  Engine& engine_;
  DetectorSet& set_;
  const ReloadOrigin origin_;
  const std::shared_ptr<spdlog::logger> logger_;  // shared: spdlog keeps loggers by name
  ConfigFile config_;
  PluginFiles files_;                       // the last listing, failed files included
  std::set<std::filesystem::path> failed_;  // the files of it that could not be applied
  std::vector<std::string> missing_;        // lines of WarnOfMissing that were logged already
  std::string folder_error_;                // the last one logged, so that it is logged once
  ReloadCounters counters_;
};

}  // namespace wirehound
