// SPDX-License-Identifier: Apache-2.0

// A detector that leaks 16 KiB at each packet.

#include <cstdlib>

#include "packet_detector.h"

namespace {

constexpr std::size_t kForgottenBytes = 16 * 1024;

class Leaker : public wirehound::Detector {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    return misbehave::Definition("leaker");
  }
  wirehound::Status Init(const wirehound::InitContext&) override { return {}; }
  wirehound::Status OnEvent(const wirehound::EventView&, const wirehound::Emitter&) override {
    last_ = std::malloc(kForgottenBytes);
    return {};
  }

 private:
  void* volatile last_ = nullptr;  // the compiler must not remove the allocation
};

}  // namespace

WIREHOUND_DETECTORS(Leaker);
