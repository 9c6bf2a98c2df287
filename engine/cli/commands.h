// SPDX-License-Identifier: Apache-2.0

// The commands of the program, one function each. Each writes its messages itself and returns the
// exit status: 0 done, 1 failed at run time, 2 wrong usage or configuration. Control thread.

#pragma once

#include <filesystem>

#include "engine/cli/options.h"

namespace wirehound {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

/// The main job: captures or reads a file, runs the detectors, prints (engine/cli/run.cc).
int Run(const Options& options);

/// List the events of the catalogue, and the detectors (engine/cli/list.cc).
int ListEvents(const Options& options);
int ListDetectors(const Options& options);

/// Shows what live capture can do on this machine (engine/cli/doctor.cc).
int Doctor();

/// Shows what the engine would capture for a selection, and why (engine/cli/plan.cc). Captures
/// nothing.
int ShowPlan(const Options& options);

/// Shows whether a shared object loads as a plugin, and why not, and what its detectors need
/// (engine/cli/check_plugin.cc).
int CheckPlugin(const Options& options);

/// Runs test cases of detectors (engine/cli/test_detector.cc).
int TestDetector(const Options& options);

/// Writes the project of a new detector (engine/cli/new_detector.cc).
int NewDetector(const Options& options);

/// Writes an error to standard error, as every command does. Returns the exit status that fits it.
int Report(const Error& error);

/// The folder of --plugins, otherwise DefaultPluginFolder(); empty when neither exists.
std::filesystem::path PluginFolderOf(const Options& options);

/// Loads the detectors of that folder, and logs each file or detector that is left out. With
/// --strict-plugins a complaint is an error; a note about another version or machine is not.
Result<class DetectorSet> LoadDetectors(const Options& options);

}  // namespace wirehound
