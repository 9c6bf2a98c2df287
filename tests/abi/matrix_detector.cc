// SPDX-License-Identifier: Apache-2.0

// The detector that abi_matrix_test.py builds in every way, each time with another DETECTOR_ID. It
// uses the parts of the standard library that differ between libraries and their modes: strings,
// containers, exceptions. It emits each answered name and the number of answers so far. For a name
// "throw.…" it throws.

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <wirehound/detector.h>

namespace {

class Counting : public wirehound::Detector {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    wirehound::DetectorDefinition definition;
    definition.id = DETECTOR_ID;
    definition.requirements.events = {{"net_packet_dns"}};
    definition.produced_event.name = DETECTOR_ID "_event";
    definition.produced_event.description = std::string(100, 'd');  // too long to be kept in place
    definition.produced_event.version = {1, 0, 0};
    definition.produced_event.tags = {"matrix"};
    definition.produced_event.fields = {
        {"name", wirehound::FieldType::kString, "that was answered"},
        {"seen", wirehound::FieldType::kUint32, "so far"},
        {"types", wirehound::FieldType::kString, "of records"}};
    definition.config = {{"limit", std::int64_t{3}, "", wirehound::OptionValue(std::int64_t{0})},
                         {"names", std::vector<std::string>{"a", "b"}, ""}};
    definition.threat = wirehound::Threat{"Matrix", "a threat", wirehound::Severity::kLow};
    definition.threat->properties = {{"built", DETECTOR_ID}};
    return definition;
  }

  wirehound::Status Init(const wirehound::InitContext& context) override {
    logger_ = context.logger();
    return context.Bind("net_packet_dns", "proto_dns", dns_);
  }

  wirehound::Status OnEvent(const wirehound::EventView& event,
                            const wirehound::Emitter& emit) override {
    const auto dns = dns_.Get(event);
    if (!dns) {
      return wirehound::Error("no dns");
    }
    for (const auto& question : dns->questions()) {
      const std::string name(question.name());
      if (name.compare(0, 6, "throw.") == 0) {
        throw std::runtime_error("thrown by " DETECTOR_ID);
      }
    }
    std::vector<std::string> types;
    std::string name;
    for (const auto& answer : dns->answers()) {
      name = std::string(answer.name());
      types.push_back(std::to_string(answer.type()));
    }
    if (types.empty()) {
      return {};
    }
    logger_.Debug("answered", {{"name", name}});
    return emit.Detected({{"name", name}, {"seen", ++seen_[name]}, {"types", types.at(0)}});
  }

  wirehound::Status Close() override {
    seen_.clear();
    return {};
  }

 private:
  wirehound::FieldRef<wirehound::Dns> dns_;
  wirehound::Logger logger_;
  std::map<std::string, std::uint32_t> seen_;
};

}  // namespace

WIREHOUND_DETECTORS(Counting);
