// SPDX-License-Identifier: Apache-2.0

// A sound detector: one numbered detection for each UDP packet. The other detectors must not change
// its count.

#include <cstdint>

#include "packet_detector.h"

namespace {

class Good : public wirehound::Detector {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    return misbehave::Definition("good");
  }
  wirehound::Status Init(const wirehound::InitContext&) override { return {}; }
  wirehound::Status OnEvent(const wirehound::EventView&, const wirehound::Emitter& emit) override {
    return emit.Detected({{"number", ++seen_}});
  }

 private:
  std::uint64_t seen_ = 0;
};

}  // namespace

WIREHOUND_DETECTORS(Good);
