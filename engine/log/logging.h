// SPDX-License-Identifier: Apache-2.0

// Log lines of the engine and of detectors: one line each on standard error, with the name of the
// engine or the detector. Events are no log lines: they go to the outputs. Any thread.

#pragma once

#include <memory>
#include <string>

#include <spdlog/fwd.h>
#include <wirehound/result.h>

namespace wirehound {

/// Sets the level of all loggers made afterwards: debug, info, warn, error or off. kInvalidInput
/// for another word.
Status SetLogLevel(const std::string& level);

/// A logger with a name: "wirehound" for the engine, its id for a detector.
std::shared_ptr<spdlog::logger> MakeLogger(const std::string& name);

}  // namespace wirehound
