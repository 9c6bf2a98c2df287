// SPDX-License-Identifier: Apache-2.0

// One detector for each function that may throw, with the function in the name of the class. Apart
// from that each is valid and emits a detection for each event.

#include <stdexcept>
#include <string>

#include <wirehound/detector.h>

namespace {

class Sound : public wirehound::Detector {
 public:
  wirehound::Status Init(const wirehound::InitContext& /*context*/) override { return {}; }
  wirehound::Status OnEvent(const wirehound::EventView& /*event*/,
                            const wirehound::Emitter& emit) override {
    return emit.Detected();
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

class Constructor : public Sound {
 public:
  Constructor() { throw std::runtime_error("constructor threw"); }
  wirehound::DetectorDefinition GetDefinition() const override { return Named("constructor"); }
};

class Initialiser : public Sound {
 public:
  wirehound::DetectorDefinition GetDefinition() const override { return Named("init"); }
  wirehound::Status Init(const wirehound::InitContext& /*context*/) override {
    throw std::runtime_error("Init threw");
  }
};

class Receiver : public Sound {
 public:
  wirehound::DetectorDefinition GetDefinition() const override { return Named("event"); }
  wirehound::Status OnEvent(const wirehound::EventView& /*event*/,
                            const wirehound::Emitter& /*emit*/) override {
    throw 42;  // not a std::exception
  }
};

class Closer : public Sound {
 public:
  wirehound::DetectorDefinition GetDefinition() const override { return Named("close"); }
  wirehound::Status Close() override { throw std::runtime_error("Close threw"); }
};

void ThrowFromDestructor() { throw std::runtime_error("destructor threw"); }

class Destructor : public Sound {
 public:
  ~Destructor() override {
    if (is_running_) {
      throw_();
    }
  }
  wirehound::DetectorDefinition GetDefinition() const override { return Named("destroy"); }
  wirehound::Status Init(const wirehound::InitContext& /*context*/) override {
    is_running_ = true;
    return {};
  }

 private:
  bool is_running_ = false;
  void (*throw_)() = &ThrowFromDestructor;  // hides the throw from compilers and checkers
};

}  // namespace

WIREHOUND_DETECTORS(Constructor, Initialiser, Receiver, Closer, Destructor);
