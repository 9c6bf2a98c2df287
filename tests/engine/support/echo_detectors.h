// SPDX-License-Identifier: Apache-2.0

// Detectors that answer each event with a detection, for tests of which detector gets which event.

#pragma once

#include <string>
#include <vector>

#include "tests/engine/support/graph_text.h"
#include "tests/engine/support/scripted_detector.h"

namespace wirehound::test {

// Adds a detector that emits one detection per event and logs each event as "id<event".
inline Script& AddEcho(ScriptedDetectors& detectors, const DetectorDefinition& definition,
                       std::vector<std::string>& log) {
  Script& script = detectors.Add(definition);
  script.on_event = [&log, id = definition.id](const EventView& event, const Emitter& emit) {
    log.push_back(id + "<" + std::string(event.name()));
    return emit.Detected();
  };
  return script;
}

inline void AddEchoes(ScriptedDetectors& detectors,
                      const std::vector<DetectorDefinition>& definitions,
                      std::vector<std::string>& log) {
  for (const DetectorDefinition& definition : definitions) {
    AddEcho(detectors, definition, log);
  }
}

}  // namespace wirehound::test
