// SPDX-License-Identifier: Apache-2.0

// A valid detector in C++ with the SDK. It emits the destination port of each datagram.

#include <cstdint>

#include <wirehound/detector.h>

namespace {

class Good : public wirehound::Detector {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    wirehound::DetectorDefinition definition;
    definition.id = "good";
    definition.requirements.events = {{"net_packet_udp"},
                                      {"not_there", wirehound::Dependency::kOptional}};
    definition.produced_event.name = "good_event";
    definition.produced_event.description = "A datagram";
    definition.produced_event.version = {1, 2, 3};
    definition.produced_event.tags = {"one", "two"};
    definition.produced_event.fields = {
        {"port", wirehound::FieldType::kUint16, "the destination port"}};
    definition.threat = wirehound::Threat{"T",         "a threat", wirehound::Severity::kLow,
                                          "Discovery", "T1046",    "Scanning"};
    definition.auto_populate.threat = true;
    definition.auto_populate.detected_from = true;
    return definition;
  }
  wirehound::Status Init(const wirehound::InitContext& context) override {
    return context.Bind("net_packet_udp", "dst_port", port_);
  }
  wirehound::Status OnEvent(const wirehound::EventView& event,
                            const wirehound::Emitter& emit) override {
    return emit.Detected({{"port", *port_.Get(event)}});
  }

 private:
  wirehound::FieldRef<std::uint16_t> port_;
};

}  // namespace

WIREHOUND_DETECTORS(Good);
