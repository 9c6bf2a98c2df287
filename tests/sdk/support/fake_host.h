// SPDX-License-Identifier: Apache-2.0

// A host table that records the calls of a detector, for tests of the wrapper without an engine.

#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/abi/timers_abi.h>
#include <wirehound/views.h>

namespace wirehound::test {

struct FakeHost {
  FakeHost() {
    table.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_host, config);
    table.context = this;
    table.log_level = WIREHOUND_LOG_INFO;
    table.log = &FakeHost::Log;
    table.resolve_event = &FakeHost::ResolveEvent;
    table.resolve_field = &FakeHost::ResolveField;
    table.emit = &FakeHost::Emit;
    table.get_extension = &FakeHost::GetExtension;
    table.config = &FakeHost::Config;
    timers.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_timers, cancel);
    timers.context = this;
    timers.start = &FakeHost::StartTimer;
    timers.cancel = &FakeHost::CancelTimer;
  }
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  wirehound_host table{};
  wirehound_timers timers{};
  std::vector<std::string> logged;           // "2 message name=type"
  std::vector<std::string> emitted;          // "name=type name=type"
  std::string asked;                         // the last event.field that was resolved
  std::uint32_t asked_type = 0;              // and its type
  std::int32_t event_status = WIREHOUND_OK;  // what the next calls return
  std::int32_t field_status = WIREHOUND_OK;
  std::int32_t emit_status = WIREHOUND_OK;
  std::int32_t config_status = WIREHOUND_OK;
  std::int32_t timer_status = WIREHOUND_OK;
  wirehound_value config_value{};                         // what every option is
  std::vector<std::string> timers_asked;                  // "start 1 2 3", "cancel 1"
  std::vector<std::string> overrides;                     // of each detection, "" for none
  std::function<void(const wirehound_finding&)> on_emit;  // called with each detection

 private:
  static std::string Names(const wirehound_named_value* values, std::uint32_t count) {
    std::string text;
    for (std::uint32_t i = 0; i < count; ++i) {
      text += text.empty() ? "" : " ";
      text += ToView(values[i].name);
      text += '=';
      text += std::to_string(values[i].type);
    }
    return text;
  }
  static void Log(void* context, std::uint32_t level, wirehound_string message,
                  const wirehound_named_value* values, std::uint32_t count) {
    std::string line = std::to_string(level);
    line += ' ';
    line += ToView(message);
    if (count != 0) {
      line += ' ';
      line += Names(values, count);
    }
    static_cast<FakeHost*>(context)->logged.push_back(line);
  }
  static std::int32_t ResolveEvent(void* context, wirehound_string /*event*/, std::uint32_t* id) {
    *id = 2006;
    return static_cast<FakeHost*>(context)->event_status;
  }
  static std::int32_t ResolveField(void* context, wirehound_string event, wirehound_string field,
                                   std::uint32_t type, std::uint32_t* slot) {
    auto& self = *static_cast<FakeHost*>(context);
    self.asked = ToView(event);
    self.asked += '.';
    self.asked += ToView(field);
    self.asked_type = type;
    *slot = 1;
    return self.field_status;
  }
  static std::int32_t Emit(void* context, const wirehound_finding* finding) {
    auto& self = *static_cast<FakeHost*>(context);
    self.emitted.push_back(Names(finding->fields, finding->field_count));
    std::string overrides;
    if (finding->threat != nullptr) {
      overrides = "threat=" + std::string(ToView(finding->threat->name));
    }
    if ((finding->flags & WIREHOUND_FINDING_POPULATE) != 0) {
      overrides += " populate=" + std::to_string(finding->auto_populate);
    }
    if (finding->ancestry_depth != 0) {
      overrides += " depth=" + std::to_string(finding->ancestry_depth);
    }
    self.overrides.push_back(overrides);
    if (self.on_emit) {
      self.on_emit(*finding);
    }
    return self.emit_status;
  }
  // The only extension is timers.
  static const void* GetExtension(void* context, wirehound_string name) {
    return ToView(name) == WIREHOUND_TIMERS_EXTENSION ? &static_cast<FakeHost*>(context)->timers
                                                      : nullptr;
  }
  static std::int32_t Config(void* context, wirehound_string name, std::uint32_t type,
                             wirehound_value* value) {
    auto& self = *static_cast<FakeHost*>(context);
    self.asked = ToView(name);
    self.asked_type = type;
    *value = self.config_value;
    return self.config_status;
  }
  static std::int32_t StartTimer(void* context, std::uint64_t id, std::uint64_t after_ns,
                                 std::uint64_t period_ns) {
    auto& self = *static_cast<FakeHost*>(context);
    self.timers_asked.push_back("start " + std::to_string(id) + " " + std::to_string(after_ns) +
                                " " + std::to_string(period_ns));
    return self.timer_status;
  }
  static std::int32_t CancelTimer(void* context, std::uint64_t id) {
    auto& self = *static_cast<FakeHost*>(context);
    self.timers_asked.push_back("cancel " + std::to_string(id));
    return self.timer_status;
  }
};

}  // namespace wirehound::test
