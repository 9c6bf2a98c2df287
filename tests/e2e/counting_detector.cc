// SPDX-License-Identifier: Apache-2.0

// A detector for tests, with macros for its NAME, the EVENT it requires and its VERSION. For each
// event it emits a detection with the version and the number of events of this instance. So the
// output shows when a new instance was made and whether it missed an event.

#include <cstdint>
#include <string>

#include <wirehound/detector.h>

namespace {

class Counting : public wirehound::Detector {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    wirehound::DetectorDefinition definition;
    definition.id = NAME;
    definition.requirements.events = {{EVENT}};
    definition.produced_event.name = NAME;
    definition.produced_event.version = {1, 0, 0};
    definition.produced_event.fields = {
        {"version", wirehound::FieldType::kUint32, ""},
        {"number", wirehound::FieldType::kUint64, ""},
    };
    wirehound::ConfigOption every;
    every.name = "every";
    every.default_value = std::uint64_t{1};
    every.minimum = std::uint64_t{1};
    definition.config.push_back(every);
    return definition;
  }

  wirehound::Status Init(const wirehound::InitContext& context) override {
#ifdef FAILS
    (void)context;
    return wirehound::Error("this one does not start");
#else
    return context.Option("every", every_);
#endif
  }

  wirehound::Status OnEvent(const wirehound::EventView& /*event*/,
                            const wirehound::Emitter& emit) override {
    if (++number_ % every_ != 0) {
      return {};
    }
    return emit.Detected({{"version", std::uint32_t{VERSION}}, {"number", number_}});
  }

 private:
  std::uint64_t number_ = 0;
  std::uint64_t every_ = 1;
};

}  // namespace

WIREHOUND_DETECTORS(Counting);
