// SPDX-License-Identifier: Apache-2.0

// Completes an event that a line of a test describes, as the engine would have made it of a packet:
// the same address in every field that shows it, counts of lists, numbers of protocols. The one
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

/// Completes a base event whose fields in `given` are set. Those stay as they are.
Status CompleteEvent(TextEvent& event, const std::vector<Word>& given, const SetPath& set);

/// Completes a process that is set in part: ids that belong together become equal.
void CompleteProcess(wirehound_process& process);

}  // namespace wirehound
