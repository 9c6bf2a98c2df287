// SPDX-License-Identifier: Apache-2.0

// A detector for tests, made by macros: NAME, EVENT (what it requires), VERSION. Each event is a
// detection that says the version and how many events this instance has seen, so that the output
// shows when an instance was made anew and whether any event was missed.

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
