// SPDX-License-Identifier: Apache-2.0

// Log lines of the engine and of detectors: to standard error, one line each, with the name of
// who says it. Events never go through here. Any thread.

#pragma once

#include <memory>
#include <string>

#include <spdlog/logger.h>
#include <wirehound/result.h>

namespace wirehound {

/// Sets the level of every logger made from now on: debug, info, warn, error or off.
Status SetLogLevel(const std::string& level);

/// A logger under a name, "wirehound" for the engine and the id for a detector.
std::shared_ptr<spdlog::logger> MakeLogger(const std::string& name);

}  // namespace wirehound
