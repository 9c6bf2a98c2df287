// SPDX-License-Identifier: Apache-2.0

// What the program can be told to do, one function each. Each returns the exit status: 0 done, 1
// failed at run time, 2 wrong usage; messages have been written when it returns.

#pragma once

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

/// Writes an error as every command does and gives its exit status.
int Report(const Error& error);

/// Loads the detectors that options ask for, and reports what was left out. With
/// --strict-plugins anything left out is an error.
Result<class DetectorSet> LoadDetectors(const Options& options);

}  // namespace wirehound
