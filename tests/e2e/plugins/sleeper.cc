// SPDX-License-Identifier: Apache-2.0

// A detector that exceeds its time budget at each packet.

#include <chrono>
#include <thread>

#include "packet_detector.h"

namespace {

constexpr std::chrono::milliseconds kNap(250);

class Sleeper : public wirehound::Detector {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    return misbehave::Definition("sleeper");
  }
  wirehound::Status Init(const wirehound::InitContext&) override { return {}; }
  wirehound::Status OnEvent(const wirehound::EventView&, const wirehound::Emitter&) override {
    std::this_thread::sleep_for(kNap);
    return {};
  }
};

}  // namespace

WIREHOUND_DETECTORS(Sleeper);
