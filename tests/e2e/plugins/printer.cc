// SPDX-License-Identifier: Apache-2.0

// A detector that prints to standard output with printf, std::cout and write: with "lines" a line
// each time, with "flood" much more than a pipe holds.

#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>

#include "packet_detector.h"

namespace {

constexpr std::size_t kFloodBytes = 128 * 1024;

void Print(std::string_view where) {
  const std::string_view how = misbehave::AskedIn(where);
  if (how.empty()) {
    return;
  }
  const std::string text = std::string(where) + std::string(how == "flood" ? kFloodBytes : 1, '.');
  std::printf("{\"printed by\": \"printf in %s\"}\n", text.c_str());
  std::cout << "{\"printed by\": \"cout in " << text << "\"}" << std::endl;
  const std::string line = "printed by write in " + text + "\n";
  const ssize_t written = write(STDOUT_FILENO, line.data(), line.size());
  std::printf("%s", written < 0 ? "" : "not even a whole line");
}

class Printer : public wirehound::Detector {
 public:
  wirehound::DetectorDefinition GetDefinition() const override {
    return misbehave::Definition("printer");
  }
  wirehound::Status Init(const wirehound::InitContext&) override {
    Print("Init");
    return {};
  }
  wirehound::Status OnEvent(const wirehound::EventView&, const wirehound::Emitter&) override {
    Print("OnEvent");
    return {};
  }
  wirehound::Status Close() override {
    Print("Close");
    return {};
  }
};

struct AtLoad {
  AtLoad() { Print("loading"); }
} g_at_load;

}  // namespace

WIREHOUND_DETECTORS(Printer);
