// SPDX-License-Identifier: Apache-2.0

// The common part of the ten detectors: the two ends of the wire that they watch, and the form of a
// definition. A condition that a filter can state is in the definition, so the engine checks it;
// OnEvent checks the others. Dispatch thread.

#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include <wirehound/detector.h>

namespace e2e_net {

// The ends of the wire. Clients run at the far one, servers at the near one.
inline constexpr const char* kNear4 = "172.16.17.1";
inline constexpr const char* kFar4 = "172.16.17.2";
inline constexpr const char* kNear6 = "fd6e:a63d:71f:2f4::1";
inline constexpr const char* kFar6 = "fd6e:a63d:71f:2f4::2";

/// The definition of a detector `id` that requires one event.
inline wirehound::DetectorDefinition Definition(std::string id,
                                                wirehound::EventRequirement requirement) {
  wirehound::DetectorDefinition definition;
  definition.id = id;
  definition.produced_event.description = "End-to-end check of " + requirement.name;
  definition.produced_event.version = {0, 1, 0};
  definition.produced_event.tags = {"e2e", "net"};
  wirehound::Threat threat;
  threat.name = id + " check";
  threat.description = "The traffic that this check waits for was seen";
  definition.threat = std::move(threat);
  definition.requirements.events.push_back(std::move(requirement));
  definition.produced_event.name = std::move(id);
  definition.auto_populate.threat = true;
  definition.auto_populate.detected_from = true;
  return definition;
}

/// "src=172.16.17.1" and the like.
inline std::string Is(const char* field, const char* value) {
  return std::string(field) + "=" + value;
}

/// The first error; success when there is none.
inline wirehound::Status All(std::initializer_list<wirehound::Status> statuses) {
  for (const wirehound::Status& status : statuses) {
    if (!status) {
      return status;
    }
  }
  return {};
}

/// A detector whose filters are the whole condition: each event that passes them is a detection.
class FiltersDecide : public wirehound::Detector {
 public:
  wirehound::Status Init(const wirehound::InitContext&) override { return {}; }
  wirehound::Status OnEvent(const wirehound::EventView&, const wirehound::Emitter& emit) override {
    return emit.Detected();
  }
};

}  // namespace e2e_net
