// SPDX-License-Identifier: Apache-2.0

#include "engine/dispatch/finding_queue.h"

#include <cstring>
#include <limits>
#include <string_view>

namespace wirehound {

namespace {

bool IsSigned(std::uint32_t type) {
  return type == WIREHOUND_TYPE_INT32 || type == WIREHOUND_TYPE_INT64;
}

bool IsInteger(std::uint32_t type) {
  return IsSigned(type) || type == WIREHOUND_TYPE_UINT16 || type == WIREHOUND_TYPE_UINT32 ||
         type == WIREHOUND_TYPE_UINT64;
}

std::uint64_t LargestOf(std::uint32_t type) {
  switch (type) {
    case WIREHOUND_TYPE_UINT16:
      return std::numeric_limits<std::uint16_t>::max();
    case WIREHOUND_TYPE_UINT32:
      return std::numeric_limits<std::uint32_t>::max();
    case WIREHOUND_TYPE_INT32:
      return std::numeric_limits<std::int32_t>::max();
    case WIREHOUND_TYPE_INT64:
      return std::numeric_limits<std::int64_t>::max();
    default:
      return std::numeric_limits<std::uint64_t>::max();
  }
}

// Whether an integer of one type has the same value in another.
bool FitsInteger(const wirehound_named_value& from, std::uint32_t type) {
  if (IsSigned(from.type) && from.value.signed_integer < 0) {
    return type == WIREHOUND_TYPE_INT64 ||
           (type == WIREHOUND_TYPE_INT32 &&
            from.value.signed_integer >= std::numeric_limits<std::int32_t>::min());
  }
  return from.value.unsigned_integer <= LargestOf(type);
}

// The place of a field. Authors tend to give fields in the order they declared them.
int FieldPlace(const EventDefinition& definition, std::string_view name, std::uint32_t guess) {
  if (guess < definition.fields.size() && definition.fields[guess].name == name) {
    return static_cast<int>(guess);
  }
  return definition.FieldIndex(name);
}

// Text and bytes have the same layout: where, then how many.
bool HasBytes(std::uint32_t type) {
  return type == WIREHOUND_TYPE_STRING || type == WIREHOUND_TYPE_BYTES;
}

std::int32_t CheckValue(const wirehound_named_value& from, std::uint32_t type) {
  if (IsInteger(from.type) && IsInteger(type)) {
    return FitsInteger(from, type) ? WIREHOUND_OK : WIREHOUND_ERROR_WRONG_TYPE;
  }
  if (from.type != type) {
    return WIREHOUND_ERROR_WRONG_TYPE;
  }
  const wirehound_string& text = from.value.text;
  const bool lies = HasBytes(type) && text.data == nullptr && text.size != 0;
  return lies ? WIREHOUND_ERROR_INVALID : WIREHOUND_OK;
}

std::int32_t CheckFields(const wirehound_finding& finding, const EventDefinition& definition) {
  for (std::uint32_t i = 0; i < finding.field_count; ++i) {
    const wirehound_named_value& from = finding.fields[i];
    const int place = FieldPlace(definition, {from.name.data, from.name.size}, i);
    if (place < 0) {
      return WIREHOUND_ERROR_NOT_DECLARED;
    }
    const std::int32_t status =
        CheckValue(from, definition.fields[static_cast<std::size_t>(place)].type);
    if (status != WIREHOUND_OK) {
      return status;
    }
  }
  return WIREHOUND_OK;
}

}  // namespace

std::int32_t FindingQueue::Push(const wirehound_finding& finding, const EventDefinition& definition,
                                const DetectorDefinition& detector, const Event& cause) {
  if (!WIREHOUND_HAS(&finding, wirehound_finding, fields) ||
      (finding.fields == nullptr && finding.field_count != 0)) {
    return WIREHOUND_ERROR_INVALID;
  }
  // Checked as a whole before anything is copied, so that what is refused takes no room.
  const std::int32_t status = CheckFields(finding, definition);
  if (status != WIREHOUND_OK) {
    return status;
  }
  auto* fields = arena_.AllocateArray<wirehound_field>(definition.fields.size());
  auto* event = arena_.AllocateArray<Event>(1);
  if (fields == nullptr || event == nullptr || !CopyFields(finding, definition, fields)) {
    ++overflows_;
    return WIREHOUND_ERROR;
  }
  *event = {};
  event->view = cause.view;
  event->view.event_id = definition.id;
  event->view.schema_major = definition.version.major;
  event->view.schema_minor = definition.version.minor;
  event->view.fields = fields;
  event->view.field_count = static_cast<std::uint32_t>(definition.fields.size());
  event->view.name = {definition.name.data(), definition.name.size()};
  event->definition = &definition;
  event->detector = &detector;
  event->cause = &cause;
  events_.push_back(event);
  return WIREHOUND_OK;
}

bool FindingQueue::CopyFields(const wirehound_finding& finding, const EventDefinition& definition,
                              wirehound_field* fields) {
  for (std::size_t i = 0; i < definition.fields.size(); ++i) {
    fields[i] = {definition.fields[i].type, WIREHOUND_FIELD_ABSENT, {}};
  }
  for (std::uint32_t i = 0; i < finding.field_count; ++i) {
    const wirehound_named_value& from = finding.fields[i];
    wirehound_field& to = fields[FieldPlace(definition, {from.name.data, from.name.size}, i)];
    to.value = from.value;
    to.flags = 0;
    if (HasBytes(to.type) && !CopyBytes(from.value.text, to.value.text.data)) {
      return false;
    }
  }
  return true;
}

bool FindingQueue::CopyBytes(const wirehound_string& from, const char*& copy) {
  char* room = arena_.Reserve(from.size);
  if (room == nullptr) {
    return false;
  }
  if (from.size != 0) {
    std::memcpy(room, from.data, from.size);
  }
  arena_.Commit(from.size);
  copy = room;
  return true;
}

}  // namespace wirehound
