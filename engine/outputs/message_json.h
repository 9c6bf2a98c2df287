// SPDX-License-Identifier: Apache-2.0

// Messages as JSON objects, by the schemas of the catalogue: every member is present, in the
// schema's order, zero values included, as the seeds of the format show them. Dispatch thread.

#pragma once

#include <string>

#include <wirehound/abi/values.h>

#include "engine/catalogue/event_definition.h"

namespace wirehound {

/// Appends a message as an object; a null message gives the object of zero values.
void AppendMessage(std::string& out, const MessageSchema& schema, const void* message);

/// Appends the value of an event's field.
void AppendFieldValue(std::string& out, const EventField& definition, const wirehound_field& field);

}  // namespace wirehound
