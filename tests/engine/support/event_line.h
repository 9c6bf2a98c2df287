// SPDX-License-Identifier: Apache-2.0

// Formats one event as JSON, for tests that check few events.

#pragma once

#include <memory>
#include <string>

#include "engine/outputs/event_json.h"

namespace wirehound::test {

inline void AppendEvent(std::string& out, const Event& event) {
  const auto json = std::make_unique<EventJson>();
  JsonBuffer buffer(0);
  json->Append(buffer, event);
  out += buffer.text();
}

}  // namespace wirehound::test
