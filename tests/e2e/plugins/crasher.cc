// SPDX-License-Identifier: Apache-2.0

// A detector that ends the process, in any function and in many ways. In OnEvent it does so at the
// third packet, so the report must name the right one.

#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <thread>

#include "packet_detector.h"

namespace {

constexpr std::uint64_t kFatalPacket = 3;
constexpr std::uintptr_t kNoMemory = 0x10;

void WriteWhereNothingIs() { *std::bit_cast<volatile int*>(kNoMemory) = 1; }

// A mapped page beyond the end of its file.
void TouchBeyondAFile() {
  char name[] = "/tmp/wirehound-bus-XXXXXX";
  const int fd = mkstemp(name);
  unlink(name);
  void* const page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  *static_cast<volatile char*>(page) = 1;
}

// The compiler sees neither an endless recursion nor a tail call.
std::uint64_t Deeper(std::uint64_t depth) {
  volatile char room[4096];
  room[0] = static_cast<char>(depth);
  return depth == UINT64_MAX ? 0 : Deeper(depth + 1) + static_cast<std::uint64_t>(room[0]);
}

void Crash(std::string_view how) {
  if (how == "segv") {
    WriteWhereNothingIs();
  } else if (how == "bus") {
    TouchBeyondAFile();
  } else if (how == "fpe") {
    raise(SIGFPE);  // a division by zero does not trap on every processor
  } else if (how == "ill") {
    raise(SIGILL);
  } else if (how == "abort") {
    std::abort();
  } else if (how == "terminate") {
    std::terminate();
  } else if (how == "overflow") {
    std::_Exit(static_cast<int>(Deeper(0)));
  } else if (how == "exit") {
    std::exit(0);
  } else if (how == "thread") {
    std::thread(WriteWhereNothingIs).join();
  }
}

class Crasher : public wirehound::Detector {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    Crash(misbehave::AskedIn("GetDefinition"));
    return misbehave::Definition("crasher");
  }
  wirehound::Status Init(const wirehound::InitContext&) override {
    Crash(misbehave::AskedIn("Init"));
    return {};
  }
  wirehound::Status OnEvent(const wirehound::EventView&, const wirehound::Emitter&) override {
    if (++seen_ == kFatalPacket) {
      Crash(misbehave::AskedIn("OnEvent"));
    }
    return {};
  }
  wirehound::Status Close() override {
    Crash(misbehave::AskedIn("Close"));
    return {};
  }

 private:
  std::uint64_t seen_ = 0;
};

struct AtLoad {
  AtLoad() { Crash(misbehave::AskedIn("loading")); }
} g_at_load;

}  // namespace

WIREHOUND_DETECTORS(Crasher);
