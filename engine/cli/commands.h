// SPDX-License-Identifier: Apache-2.0

// What the program can be told to do, one function each. Each returns the exit status: 0 done, 1
// failed at run time, 2 wrong usage; messages have been written when it returns.

#pragma once

#include <filesystem>

#include "engine/cli/options.h"

namespace wirehound {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

/// Captures or reads, detects, prints (engine/cli/run.cc).
int Run(const Options& options);

/// Shows the catalogue, or the detectors (engine/cli/list.cc).
int ListEvents(const Options& options);
int ListDetectors(const Options& options);

/// Shows what live capture can do here (engine/cli/doctor.cc).
int Doctor();

/// Says what would be captured for a selection, and why, without capturing (engine/cli/plan.cc).
int ShowPlan(const Options& options);

/// Says whether a shared object loads as a plugin, what its detectors need, and why not
/// (engine/cli/check_plugin.cc).
int CheckPlugin(const Options& options);

/// Runs test cases of detectors (engine/cli/test_detector.cc).
int TestDetector(const Options& options);

/// Writes the project of a new detector (engine/cli/new_detector.cc).
int NewDetector(const Options& options);

/// Writes an error as every command does and gives its exit status.
int Report(const Error& error);

/// The folder that options mean; empty when there is none.
std::filesystem::path PluginFolderOf(const Options& options);

/// Loads the detectors that options ask for, and reports what was left out. With
/// --strict-plugins anything left out is an error.
Result<class DetectorSet> LoadDetectors(const Options& options);

}  // namespace wirehound
