// SPDX-License-Identifier: Apache-2.0

// A detector that throws in a chosen function: a std::exception, or with "number" an int.
// "sometimes" in OnEvent returns an error for every seventh packet.

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "packet_detector.h"

namespace {

constexpr std::uint64_t kErrorEvery = 7;

void Throw(const std::string& where) {
  const std::string_view what = misbehave::AskedIn(where);
  if (what == "number") {
    throw 7;
  }
  if (what == "exception") {
    throw std::runtime_error("thrown in " + where);
  }
}

class Thrower : public wirehound::Detector {
 public:
  Thrower() { Throw("constructor"); }

  wirehound::DetectorDefinition GetDefinition() const override {
    Throw("GetDefinition");
    return misbehave::Definition("thrower");
  }
  wirehound::Status Init(const wirehound::InitContext&) override {
    Throw("Init");
    return {};
  }
  wirehound::Status OnEvent(const wirehound::EventView&, const wirehound::Emitter&) override {
    Throw("OnEvent");
    if (misbehave::AskedIn("OnEvent") == "sometimes" && ++seen_ % kErrorEvery == 0) {
      return wirehound::Error("this one is not to my liking");
    }
    return {};
  }
  wirehound::Status Close() override {
    Throw("Close");
    return {};
  }

 private:
  std::uint64_t seen_ = 0;
};

}  // namespace

WIREHOUND_DETECTORS(Thrower);
