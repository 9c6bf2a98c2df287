// SPDX-License-Identifier: Apache-2.0

// From the types of the catalogue to those of filters. Pure; control thread.

#pragma once

#include "engine/catalogue/event_definition.h"
#include "engine/catalogue/message_schema.h"
#include "engine/filters/value_type.h"

namespace wirehound {

/// What a field or a member is, seen from a path that goes through it.
enum class Nesting : unsigned char { kValue, kValueList, kHeaderMap, kMessage, kMessageList };

Nesting NestingOf(const EventField& field);
Nesting NestingOf(const MemberSchema& member);

/// The type of the value, or of the values in the list or map.
ValueType TypeOf(const EventField& field);
ValueType TypeOf(const MemberSchema& member);

}  // namespace wirehound
