// SPDX-License-Identifier: Apache-2.0

// What follows from what a line says of an event, as the engine would have made it of a packet:
// the same address in every place that shows it, counts of lists, numbers of protocols. The one
// place of the test harness that knows single events. One thread.

#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include <wirehound/result.h>

#include "engine/testing/event_text.h"
#include "engine/testing/words.h"

namespace wirehound {

/// Sets a field of an event by its path.
using SetPath = std::function<Status(std::string_view path, std::string_view value)>;

/// Completes a base event of which `given` was said. What was said stays.
Status CompleteEvent(TextEvent& event, const std::vector<Word>& given, const SetPath& set);

/// Completes a process of which something was said: ids that belong together are the same.
void CompleteProcess(wirehound_process& process);

}  // namespace wirehound
