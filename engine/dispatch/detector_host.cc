// SPDX-License-Identifier: Apache-2.0

#include "engine/dispatch/detector_host.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <spdlog/logger.h>

#include "engine/dispatch/detector_instance.h"
#include "engine/log/logging.h"
#include "engine/plan/subscription.h"
#include "engine/text/utf8_text.h"

namespace wirehound {

namespace {

spdlog::level::level_enum ToSpdlog(std::uint32_t level) {
  switch (level) {
    case WIREHOUND_LOG_DEBUG:
      return spdlog::level::debug;
    case WIREHOUND_LOG_INFO:
      return spdlog::level::info;
    case WIREHOUND_LOG_WARN:
      return spdlog::level::warn;
    default:
      return spdlog::level::err;
  }
}

std::uint32_t FromSpdlog(spdlog::level::level_enum level) {
  return level <= spdlog::level::debug  ? WIREHOUND_LOG_DEBUG
         : level == spdlog::level::info ? WIREHOUND_LOG_INFO
         : level == spdlog::level::warn ? WIREHOUND_LOG_WARN
         : level == spdlog::level::err  ? WIREHOUND_LOG_ERROR
                                        : WIREHOUND_LOG_ERROR + 1;
}

// A log line may carry text from the wire. AppendPrintable escapes control characters, which could
// otherwise change what the terminal shows.
void AppendValue(std::string& out, const wirehound_named_value& value) {
  switch (value.type) {
    case WIREHOUND_TYPE_BOOL:
      out += value.value.unsigned_integer != 0 ? "true" : "false";
      return;
    case WIREHOUND_TYPE_INT32:
    case WIREHOUND_TYPE_INT64:
      fmt::format_to(std::back_inserter(out), "{}", value.value.signed_integer);
      return;
    case WIREHOUND_TYPE_DOUBLE:
      fmt::format_to(std::back_inserter(out), "{}", value.value.real);
      return;
    case WIREHOUND_TYPE_STRING:
      return AppendPrintable(out, {value.value.text.data, value.value.text.size});
    case WIREHOUND_TYPE_BYTES:
      fmt::format_to(std::back_inserter(out), "({} bytes)", value.value.bytes.size);
      return;
    default:
      fmt::format_to(std::back_inserter(out), "{}", value.value.unsigned_integer);
  }
}

}  // namespace

DetectorHost::DetectorHost(const InstanceSetup& setup, DispatchParts& parts,
                           DetectorInstance& instance)
    : detections_(parts.detections),
      parts_(parts),
      instance_(instance),
      loss_before_call_(parts.lost_records),
      loss_reported_(parts.lost_records),
      definition_(setup.detector.definition),
      catalogue_(&setup.catalogue),
      config_(setup.config),
      logger_(MakeLogger(definition_.id)),
      timers_(parts.timers, parts.services.time, instance),
      state_(parts.services.time),
      stores_(parts.services.stores, definition_) {
  table_.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_host, config);
  table_.abi_minor = WIREHOUND_ABI_MINOR;
  table_.context = this;
  table_.log_level = FromSpdlog(logger_->level());
  table_.log = &DetectorHost::Log;
  table_.resolve_event = &DetectorHost::ResolveEvent;
  table_.resolve_field = &DetectorHost::ResolveField;
  table_.emit = &DetectorHost::Emit;
  table_.get_extension = &DetectorHost::GetExtension;
  table_.config = &DetectorHost::Config;
  maker_.event = setup.catalogue.Find(definition_.produced_event.name);
  maker_.detector = &definition_;
  maker_.auto_populate = detail::ToAbi(definition_.auto_populate);
  maker_.processes = &parts.services.stores.processes;
  if (definition_.threat) {
    threat_ = detail::Flatten(*definition_.threat, threat_arrays_);
    maker_.threat = &threat_;
  }
}

// The event that satisfies a requirement of this name, or null. `required` becomes whether the
// detector declared such a requirement at all.
const EventDefinition* DetectorHost::RequiredEvent(std::string_view event, bool& required) const {
  required = false;
  if (catalogue_ == nullptr) {
    return nullptr;
  }
  for (const EventRequirement& requirement : definition_.requirements.events) {
    if (requirement.name == event) {
      required = true;
      if (const EventDefinition* available = AvailableEvent(requirement, *catalogue_)) {
        return available;
      }
    }
  }
  return nullptr;
}

void DetectorHost::Log(void* context, std::uint32_t level, wirehound_string message,
                       const wirehound_named_value* values, std::uint32_t value_count) {
  const auto& self = *static_cast<const DetectorHost*>(context);
  if (!self.logger_->should_log(ToSpdlog(level))) {
    return;
  }
  std::string line;
  AppendPrintable(line, {message.data, message.size});
  for (std::uint32_t i = 0; i < value_count; ++i) {
    line += ' ';
    AppendPrintable(line, {values[i].name.data, values[i].name.size});
    line += '=';
    AppendValue(line, values[i]);
  }
  self.logger_->log(ToSpdlog(level), line);
}

std::int32_t DetectorHost::ResolveEvent(void* context, wirehound_string event,
                                        std::uint32_t* event_id) {
  const auto& self = *static_cast<const DetectorHost*>(context);
  bool required = false;
  const EventDefinition* definition = self.RequiredEvent({event.data, event.size}, required);
  if (definition == nullptr || event_id == nullptr) {
    return WIREHOUND_ERROR_NOT_FOUND;
  }
  *event_id = definition->id;
  return WIREHOUND_OK;
}

std::int32_t DetectorHost::ResolveField(void* context, wirehound_string event,
                                        wirehound_string field, std::uint32_t type,
                                        std::uint32_t* slot) {
  const auto& self = *static_cast<const DetectorHost*>(context);
  bool required = false;
  const EventDefinition* definition = self.RequiredEvent({event.data, event.size}, required);
  if (!required) {
    return WIREHOUND_ERROR_INVALID;
  }
  const int place = definition == nullptr ? -1 : definition->FieldIndex({field.data, field.size});
  if (place < 0 || slot == nullptr) {
    return WIREHOUND_ERROR_NOT_FOUND;
  }
  if (definition->fields[static_cast<std::size_t>(place)].type != type) {
    return WIREHOUND_ERROR_WRONG_TYPE;
  }
  *slot = static_cast<std::uint32_t>(place);
  return WIREHOUND_OK;
}

std::int32_t DetectorHost::Emit(void* context, const wirehound_finding* detection) {
  auto& self = *static_cast<DetectorHost*>(context);
  if (self.origin_.context == nullptr || detection == nullptr) {
    return WIREHOUND_ERROR_INVALID;
  }
  self.origin_.missing = self.Missing();
  const std::int32_t status = self.detections_.Push(*detection, self.maker_, self.origin_);
  if (status == WIREHOUND_OK) {
    ++self.counters_.emitted;
    self.loss_reported_ = self.parts_.lost_records;
  } else {
    ++self.counters_.refused;
  }
  return status;
}

// What the detector could not see. All detections of one call get the same answer.
Completeness DetectorHost::Missing() const {
  Completeness missing = {.lost_records = parts_.lost_records - loss_before_call_};
  if (!parts_.suspended_events.empty()) [[unlikely]] {
    const Subscriptions& inputs = instance_.subscriptions();
    missing.input_suspended =
        std::any_of(inputs.begin(), inputs.end(), [this](const Subscription& input) {
          return std::find(parts_.suspended_events.begin(), parts_.suspended_events.end(),
                           input.event) != parts_.suspended_events.end();
        });
  }
  return missing;
}

const void* DetectorHost::GetExtension(void* context, wirehound_string name) {
  const auto& self = *static_cast<const DetectorHost*>(context);
  const std::string_view extension = {name.data, name.size};
  if (extension == WIREHOUND_TIMERS_EXTENSION) {
    return &self.timers_.table();
  }
  if (extension == WIREHOUND_STATE_EXTENSION) {
    return &self.state_.table();
  }
  return self.stores_.Find(extension);
}

std::int32_t DetectorHost::Config(void* context, wirehound_string name, std::uint32_t type,
                                  wirehound_value* value) {
  const auto& self = *static_cast<const DetectorHost*>(context);
  if (value == nullptr) {
    return WIREHOUND_ERROR_INVALID;
  }
  return self.config_.Find({name.data, name.size}, type, *value);
}

}  // namespace wirehound
