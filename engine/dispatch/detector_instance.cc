// SPDX-License-Identifier: Apache-2.0

#include "engine/dispatch/detector_instance.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "engine/logging.h"
#include "engine/utf8_text.h"

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

// Log lines carry text from the wire, which must not steer the terminal.
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

DetectorInstance::DetectorInstance(const LoadedDetector& detector, const Catalogue& catalogue,
                                   FindingQueue& findings)
    : detector_(detector),
      catalogue_(catalogue),
      findings_(findings),
      produced_(*catalogue.Find(detector.definition.produced_event.name)),
      logger_(MakeLogger(detector.definition.id)) {
  host_.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_host, get_extension);
  host_.abi_minor = WIREHOUND_ABI_MINOR;
  host_.context = this;
  host_.log_level = FromSpdlog(logger_->level());
  host_.log = &DetectorInstance::Log;
  host_.resolve_event = &DetectorInstance::ResolveEvent;
  host_.resolve_field = &DetectorInstance::ResolveField;
  host_.emit = &DetectorInstance::Emit;
  host_.get_extension = &DetectorInstance::GetExtension;
}

Result<std::unique_ptr<DetectorInstance>> DetectorInstance::Start(const LoadedDetector& detector,
                                                                  const Catalogue& catalogue,
                                                                  FindingQueue& findings) {
  std::unique_ptr<DetectorInstance> instance(new DetectorInstance(detector, catalogue, findings));
  Status status = instance->Init();
  if (!status) {
    return std::move(status).error().WithContext("detector " + detector.definition.id);
  }
  return instance;
}

Status DetectorInstance::Init() {
  std::int32_t status = detector_.table->create(&host_, &instance_);
  if (status != WIREHOUND_OK || instance_ == nullptr) {
    instance_ = nullptr;
    return Error("create failed (status " + std::to_string(status) + ")");
  }
  status = detector_.table->init(instance_);
  if (status != WIREHOUND_OK) {
    return Error("Init failed: " + LastError());
  }
  running_ = true;
  return {};
}

DetectorInstance::~DetectorInstance() {
  Close();
  if (instance_ != nullptr) {
    detector_.table->destroy(instance_);
  }
}

void DetectorInstance::OnEvent(const Event& event) {
  if (suspended_) {
    ++counters_.skipped;
    return;
  }
  ++counters_.events_in;
  current_ = &event;
  const std::int32_t status = detector_.table->on_event(instance_, &event.view);
  current_ = nullptr;
  if (status == WIREHOUND_OK) {
    errors_in_a_row_ = 0;
  } else {
    CountError(status);
  }
}

// Reported at the first error and then each time their number has doubled: a failing detector
// must not fill the log.
void DetectorInstance::CountError(std::int32_t status) {
  ++counters_.errors;
  if (counters_.errors >= next_error_report_) {
    next_error_report_ = counters_.errors * 2;
    logger_->error("OnEvent failed ({} so far, status {}): {}", counters_.errors, status,
                   LastError());
  }
  if (++errors_in_a_row_ >= kMaxErrorsInARow) {
    suspended_ = true;
    logger_->error("suspended after {} errors in a row", errors_in_a_row_);
  }
}

void DetectorInstance::Close() {
  if (!std::exchange(running_, false)) {
    return;
  }
  if (detector_.table->close(instance_) != WIREHOUND_OK) {
    logger_->error("Close failed: {}", LastError());
  }
}

std::string DetectorInstance::LastError() const {
  const wirehound_string text = detector_.table->last_error(instance_);
  std::string printable;
  AppendPrintable(printable, {text.data, text.size});
  return printable.empty() ? "no reason given" : printable;
}

bool DetectorInstance::Requires(std::string_view event) const {
  const auto& requirements = detector_.definition.requirements;
  return std::any_of(
      requirements.begin(), requirements.end(),
      [event](const EventRequirement& requirement) { return requirement.name == event; });
}

void DetectorInstance::Log(void* context, std::uint32_t level, wirehound_string message,
                           const wirehound_named_value* values, std::uint32_t value_count) {
  const auto& self = *static_cast<const DetectorInstance*>(context);
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

std::int32_t DetectorInstance::ResolveEvent(void* context, wirehound_string event,
                                            std::uint32_t* event_id) {
  const auto& self = *static_cast<const DetectorInstance*>(context);
  const std::string_view name = {event.data, event.size};
  const EventDefinition* definition = self.Requires(name) ? self.catalogue_.Find(name) : nullptr;
  if (definition == nullptr || event_id == nullptr) {
    return WIREHOUND_ERROR_NOT_FOUND;
  }
  *event_id = definition->id;
  return WIREHOUND_OK;
}

std::int32_t DetectorInstance::ResolveField(void* context, wirehound_string event,
                                            wirehound_string field, std::uint32_t type,
                                            std::uint32_t* slot) {
  const auto& self = *static_cast<const DetectorInstance*>(context);
  const std::string_view event_name = {event.data, event.size};
  if (!self.Requires(event_name)) {
    return WIREHOUND_ERROR_INVALID;
  }
  const EventDefinition* definition = self.catalogue_.Find(event_name);
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

std::int32_t DetectorInstance::Emit(void* context, const wirehound_finding* finding) {
  auto& self = *static_cast<DetectorInstance*>(context);
  if (self.current_ == nullptr || finding == nullptr) {
    return WIREHOUND_ERROR_INVALID;
  }
  const std::int32_t status =
      self.findings_.Push(*finding, self.produced_, self.detector_.definition, *self.current_);
  if (status == WIREHOUND_OK) {
    ++self.counters_.events_out;
  }
  return status;
}

const void* DetectorInstance::GetExtension(void* /*context*/, wirehound_string /*name*/) {
  return nullptr;  // ABI 1.0 has no extensions
}

}  // namespace wirehound
