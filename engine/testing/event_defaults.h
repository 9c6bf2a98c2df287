// SPDX-License-Identifier: Apache-2.0

// Completes an event that a line of a test describes, so that it looks like one that the engine
// made of a packet: the same address in every field that shows it, counts of lists, numbers of
// protocols. No other file of the test harness knows particular events. One thread.

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

/// Completes a base event. The fields in `given` are set already and stay as they are.
Status CompleteEvent(TextEvent& event, const std::vector<Word>& given, const SetPath& set);

/// Completes a process of which some members are set: ids that are zero get the value of a related
/// id (tid that of pid, for example) or a default.
void CompleteProcess(wirehound_process& process);

}  // namespace wirehound
