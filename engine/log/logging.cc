// SPDX-License-Identifier: Apache-2.0

#include "engine/log/logging.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace wirehound {

Status SetLogLevel(const std::string& level) {
  if (level != "debug" && level != "info" && level != "warn" && level != "error" &&
      level != "off") {
    return Error(ErrorCode::kInvalidInput,
                 "--log-level '" + level + "': expected debug, info, warn, error or off");
  }
  spdlog::set_level(spdlog::level::from_str(level));
  return {};
}

std::shared_ptr<spdlog::logger> MakeLogger(const std::string& name) {
  // One sink for all, so that lines of two loggers never mix.
  static const auto kSink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>(name, kSink);
  logger->set_level(spdlog::get_level());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ [%n] %v");
  return logger;
}

}  // namespace wirehound
