// SPDX-License-Identifier: Apache-2.0

#include "engine/dispatch/detection_check.h"

#include <cstddef>
#include <limits>

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

// Whether the other type can represent the integer.
bool FitsInteger(const wirehound_named_value& from, std::uint32_t type) {
  if (IsSigned(from.type) && from.value.signed_integer < 0) {
    return type == WIREHOUND_TYPE_INT64 ||
           (type == WIREHOUND_TYPE_INT32 &&
            from.value.signed_integer >= std::numeric_limits<std::int32_t>::min());
  }
  return from.value.unsigned_integer <= LargestOf(type);
}

// For text and bytes, which have the same layout: a pointer, then a size.
bool IsSound(const wirehound_string& text) { return text.data != nullptr || text.size == 0; }

// The stride comes from the plugin, and the elements are read in place: a stride that is too small
// would make them overlap, one that is not a multiple of the alignment would misalign them.
template <typename Element>
bool IsSound(const wirehound_list& list) {
  return list.count == 0 || (list.data != nullptr && list.stride >= sizeof(Element) &&
                             list.stride % alignof(Element) == 0);
}

bool IsSoundTextList(const wirehound_list& list) {
  if (!IsSound<wirehound_string>(list)) {
    return false;
  }
  const auto* at = static_cast<const std::byte*>(list.data);
  for (std::uint32_t i = 0; i < list.count; ++i, at += list.stride) {
    if (!IsSound(*reinterpret_cast<const wirehound_string*>(at))) {
      return false;
    }
  }
  return true;
}

bool IsSoundAddress(const void* message) {
  const auto* address = static_cast<const wirehound_address*>(message);
  return address != nullptr &&
         (address->family == WIREHOUND_FAMILY_NONE || address->family == WIREHOUND_FAMILY_IPV4 ||
          address->family == WIREHOUND_FAMILY_IPV6);
}

bool IsSoundValue(const wirehound_value& value, std::uint32_t type) {
  switch (type) {
    case WIREHOUND_TYPE_STRING:
    case WIREHOUND_TYPE_BYTES:
      return IsSound(value.text);
    case WIREHOUND_TYPE_STRING_LIST:
      return IsSoundTextList(value.list);
    case WIREHOUND_TYPE_ADDRESS:
      return IsSoundAddress(value.message);
    default:
      return true;
  }
}

std::int32_t CheckValue(const wirehound_named_value& from, std::uint32_t type) {
  if (IsInteger(from.type) && IsInteger(type)) {
    return FitsInteger(from, type) ? WIREHOUND_OK : WIREHOUND_ERROR_WRONG_TYPE;
  }
  if (from.type != type) {
    return WIREHOUND_ERROR_WRONG_TYPE;
  }
  return IsSoundValue(from.value, type) ? WIREHOUND_OK : WIREHOUND_ERROR_INVALID;
}

std::int32_t CheckFields(const wirehound_finding& detection, const EventDefinition& definition) {
  for (std::uint32_t i = 0; i < detection.field_count; ++i) {
    const wirehound_named_value& from = detection.fields[i];
    const int place = FindFieldIndex(definition, {from.name.data, from.name.size}, i);
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

bool IsSoundThreat(const wirehound_threat& threat) {
  if (!WIREHOUND_HAS(&threat, wirehound_threat, mitre_technique_name) ||
      threat.severity > WIREHOUND_SEVERITY_CRITICAL) {
    return false;
  }
  for (const wirehound_string* text : {&threat.name, &threat.description, &threat.mitre_tactic,
                                       &threat.mitre_technique_id, &threat.mitre_technique_name}) {
    if (!IsSound(*text)) {
      return false;
    }
  }
  if (!WIREHOUND_HAS(&threat, wirehound_threat, properties)) {
    return true;
  }
  const wirehound_list& properties = threat.properties;
  if (!IsSound<wirehound_property>(properties) || properties.count > kMaxThreatProperties) {
    return false;
  }
  const auto* at = static_cast<const std::byte*>(properties.data);
  for (std::uint32_t i = 0; i < properties.count; ++i, at += properties.stride) {
    const auto& property = *reinterpret_cast<const wirehound_property*>(at);
    if (!IsSound(property.name) || !IsSound(property.value)) {
      return false;
    }
  }
  return true;
}

}  // namespace

int FindFieldIndex(const EventDefinition& definition, std::string_view name, std::uint32_t guess) {
  if (guess < definition.fields.size() && definition.fields[guess].name == name) {
    return static_cast<int>(guess);
  }
  return definition.FieldIndex(name);
}

std::int32_t CheckDetection(const wirehound_finding& detection, const EventDefinition& definition) {
  if (!WIREHOUND_HAS(&detection, wirehound_finding, fields) ||
      (detection.fields == nullptr && detection.field_count != 0)) {
    return WIREHOUND_ERROR_INVALID;
  }
  if (WIREHOUND_HAS(&detection, wirehound_finding, threat) && detection.threat != nullptr &&
      !IsSoundThreat(*detection.threat)) {
    return WIREHOUND_ERROR_INVALID;
  }
  return CheckFields(detection, definition);
}

}  // namespace wirehound
