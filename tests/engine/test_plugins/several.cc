// SPDX-License-Identifier: Apache-2.0

// Four detectors in one shared object. The second throws in GetDefinition, the third has an invalid
// definition.

#include <stdexcept>
#include <string>

#include <wirehound/detector.h>

namespace {

class Base : public wirehound::Detector {
 public:
  wirehound::Status Init(const wirehound::InitContext& /*context*/) override { return {}; }
  wirehound::Status OnEvent(const wirehound::EventView& /*event*/,
                            const wirehound::Emitter& /*emit*/) override {
    return {};
  }

 protected:
  static wirehound::DetectorDefinition Named(const std::string& name) {
    wirehound::DetectorDefinition definition;
    definition.id = name;
    definition.requirements.events = {{"net_packet_udp"}};
    definition.produced_event.name = name + "_event";
    return definition;
  }
};

class First : public Base {
 public:
  wirehound::DetectorDefinition GetDefinition() const override { return Named("first"); }
};
class Throwing : public Base {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    throw std::runtime_error("no licence");
  }
};
class Invalid : public Base {
 public:
  wirehound::DetectorDefinition GetDefinition() const override { return Named("not a name"); }
};
class Last : public Base {
 public:
  wirehound::DetectorDefinition GetDefinition() const override { return Named("last"); }
};

}  // namespace

WIREHOUND_DETECTORS(First, Throwing, Invalid, Last);
