// SPDX-License-Identifier: Apache-2.0

// EventDefinition: what is fixed of every event of one name: its id, fields, sets and producer. One
// shape for base events (engine/catalogue/catalogue.cc) and for the events that detectors produce.
// Immutable once the engine runs; any thread.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/definition.h>

#include "engine/catalogue/message_schema.h"

namespace wirehound {

/// One field, in the order in which events carry their fields.
struct EventField {
  std::string name;
  std::uint32_t type;          ///< WIREHOUND_TYPE_*
  std::string_view type_name;  ///< as in the "type" of JSON arguments: "u16"
  std::string description;
  const MessageSchema* message = nullptr;  ///< of a message type
  bool ignore_case = false;                ///< texts that differ in case alone mean the same
};

struct EventDefinition {
  std::uint32_t id = 0;
  std::string name;
  Version version;
  std::string description;
  std::vector<std::string> sets;  ///< including, for a detector's event, its tags
  std::vector<EventField> fields;
  std::string derived_from;  ///< the base event behind it, "" for a detector's event
  std::string detector_id;   ///< its producer, "" for a base event

  /// The place of a field in the events, or -1.
  int FieldIndex(std::string_view field) const;
};

/// The name JSON gives to a scalar type of a detector's field.
std::string_view ScalarTypeName(std::uint32_t type);

}  // namespace wirehound
