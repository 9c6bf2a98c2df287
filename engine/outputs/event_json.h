// SPDX-License-Identifier: Apache-2.0

// One event as one JSON object: the keys, their order and their value types are a published
// format (docs/output.md). Dispatch thread.

#pragma once

#include <string>

#include "engine/dispatch/event.h"

namespace wirehound {

/// Appends the object, without a line end.
void AppendEvent(std::string& out, const Event& event);

/// Appends the array of the event's fields: [{"name":…,"type":…,"value":…}, …].
void AppendArguments(std::string& out, const Event& event);

}  // namespace wirehound
