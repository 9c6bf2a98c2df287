// SPDX-License-Identifier: Apache-2.0

// FieldPath: how to get from an event to the values of one field, through messages, lists and
// maps, and what these values are. Made from a path in text by data_path.h and scope_path.h.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/catalogue/message_schema.h"
#include "engine/filters/value_type.h"

namespace wirehound {

/// What the steps of a path start from.
enum class PathRoot : std::uint8_t {
  kField,         ///< the value of a field of the event
  kPointedField,  ///< what the value of a field of the event points to
  kEvent,         ///< the event itself
  kProcess,       ///< the process of the event
  kKnownProcess,  ///< the same, when the process is known
};

/// A member that says whether a message is there at all.
struct PresenceMember {
  std::size_t offset;
  Storage storage;
};

/// One step on the way. A path through several lists visits every element of each.
struct PathStep {
  enum class Kind : std::uint8_t {
    kOffset,
    kLocate,    ///< a member that only some messages have
    kPresence,  ///< ends here when all of `presence` are zero or empty
    kElements,  ///< of the list here, each element
    kHeaders,   ///< of the HTTP headers here, the value of each that is called `header`
  };

  Kind kind;
  std::size_t offset = 0;
  MemberSchema::Locate locate = nullptr;
  std::vector<PresenceMember> presence = {};
  std::string header = {};  ///< in lower case
};

struct FieldPath {
  std::string name;  ///< the same for all spellings of one field
  PathRoot root = PathRoot::kField;
  std::uint32_t slot = 0;  ///< of kField and kPointedField
  std::vector<PathStep> steps = {};
  ValueType type = {};
};

}  // namespace wirehound
