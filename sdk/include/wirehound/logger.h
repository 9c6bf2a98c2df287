// SPDX-License-Identifier: Apache-2.0

// Logger: the log of a detector. The engine writes it under the detector's id. Any thread. A line
// below the level costs one comparison.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/named_value.h>
#include <wirehound/namespace.h>

WIREHOUND_NAMESPACE_BEGIN

/// `logger.Info("found MX record", {{"name", mx.name}})`. Copyable; valid while the detector
/// lives. A default-constructed one writes nothing.
class Logger {
 public:
  using Values = std::initializer_list<NamedValue>;

  Logger() = default;
  explicit Logger(const wirehound_host& host) : host_(&host) {}

  void Debug(std::string_view message, Values values = {}) const {
    Write(WIREHOUND_LOG_DEBUG, message, values);
  }
  void Info(std::string_view message, Values values = {}) const {
    Write(WIREHOUND_LOG_INFO, message, values);
  }
  void Warn(std::string_view message, Values values = {}) const {
    Write(WIREHOUND_LOG_WARN, message, values);
  }
  void Error(std::string_view message, Values values = {}) const {
    Write(WIREHOUND_LOG_ERROR, message, values);
  }

 private:
  void Write(std::uint32_t level, std::string_view message, Values values) const {
    if (host_ != nullptr && level >= host_->log_level) {
      host_->log(host_->context, level, FromView(message), values.begin(),
                 static_cast<std::uint32_t>(values.size()));
    }
  }

  const wirehound_host* host_ = nullptr;
};

WIREHOUND_NAMESPACE_END
