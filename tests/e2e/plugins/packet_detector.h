// SPDX-License-Identifier: Apache-2.0

// The common part of the detectors of this folder. Each requires UDP packets. The environment
// variable WIREHOUND_MISBEHAVE="OnEvent segv" says what it does, and in which function.

#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include <wirehound/detector.h>

namespace misbehave {

/// What the detector must do in `function`, "" for nothing.
inline std::string_view AskedIn(std::string_view function) {
  const char* const variable = std::getenv("WIREHOUND_MISBEHAVE");
  const std::string_view asked = variable == nullptr ? "" : variable;
  const std::size_t space = asked.find(' ');
  const bool here = space != std::string_view::npos && asked.substr(0, space) == function;
  return here ? asked.substr(space + 1) : std::string_view();
}

/// The definition of a detector of UDP packets that produces the event "ID_event".
inline wirehound::DetectorDefinition Definition(const std::string& id) {
  wirehound::DetectorDefinition definition;
  definition.id = id;
  definition.requirements.events = {{"net_packet_udp"}};
  definition.produced_event.name = id + "_event";
  definition.produced_event.description = "A UDP packet";
  definition.produced_event.version = {0, 1, 0};
  definition.produced_event.tags = {"test"};
  definition.produced_event.fields = {
      {"number", wirehound::FieldType::kUint64, "which packet it was, from 1 on"}};
  return definition;
}

}  // namespace misbehave
