// SPDX-License-Identifier: Apache-2.0

// Real captures, read in place, through source, pipeline, detectors and outputs. The events of the
// seed captures must have the arguments that the seeds print. Every other capture must pass without
// a crash, with valid JSON and a ledger that closes.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "base/sanitizers.h"
#include "engine/outputs/event_json.h"
#include "engine/plugins/plugin_loader.h"
#include "engine/run/ledger.h"
#include "engine/sources/capture_file_source.h"
#include "tests/engine/support/captures.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/json.h"
#include "tests/engine/support/paths.h"
#include "tests/engine/support/temporary_folder.h"

TEST_SUITE_BEGIN("pipeline");

namespace wirehound::test {
namespace captures_test {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Returns false and prints a line when this machine has no captures.
bool HaveCaptures() {
  if (CapturesFolder().empty()) {
    MESSAGE("skipped: no captures; set WIREHOUND_CAPTURES to their folder");
  }
  return !CapturesFolder().empty();
}

// The built detectors, from a folder with the permissions a plugins folder must have.
LoadedPlugins BuiltPlugins(const TemporaryFolder& folder) {
  const fs::path file = folder.path() / "dns.so";
  fs::copy_file(DnsPlugin(), file);
  fs::permissions(file, fs::perms::owner_all);
  Result<LoadedPlugins> plugins = LoadPluginFolder(folder.path());
  REQUIRE(plugins.has_value());
  REQUIRE(plugins->complaints.empty());
  return *std::move(plugins);
}

// The results of reading one capture.
struct Replay {
  Shown shown;
  std::optional<Ledger> ledger;  // none when the file could not be opened
  std::string error;
};

Replay ReplayFile(const fs::path& file, const Selection& selection, LoadedPlugins plugins = {},
                  std::unique_ptr<Output> output = nullptr) {
  Replay replay;
  auto source = CaptureFileSource::Open(file.string());
  if (!source) {
    replay.error = source.error().message();
    return replay;
  }
  EngineRun run(std::move(plugins), selection, std::move(output), {.source = *std::move(source)});
  for (SourceState state = SourceState::kMore; state != SourceState::kEnd;) {
    const Result<SourceState> read = run.engine().Read(4096);
    if (!read) {
      replay.error = read.error().message();
      break;
    }
    state = *read;
  }
  run.engine().Close();
  replay.ledger = MakeLedger(run.engine());
  replay.shown = run.shown();
  return replay;
}

// Under a sanitizer the JSON parser takes four times as long as the engine, so the lines are not
// parsed there: they are the same as in a run without one.
#ifdef WIREHOUND_ADDRESS_SANITIZER
constexpr bool kChecksJson = false;
#else
constexpr bool kChecksJson = true;
#endif

// Checks each line at once: keeping the lines of all captures would take much memory.
class CheckingOutput : public Output {
 public:
  explicit CheckingOutput(std::size_t& lines) : lines_(lines) {}

  Status OnEvent(const Event& event) override {
    ++lines_;
    line_.Clear();
    json_.Append(line_, event);
    if (kChecksJson && !test::Json::accept(line_.text())) {
      FAIL_CHECK("not JSON: " << line_.text());
    }
    return {};
  }
  Status Flush() override { return {}; }

 private:
  std::size_t& lines_;
  EventJson json_;
  JsonBuffer line_{0};
};

// The arguments of an event by their names.
Json Arguments(const Json& event) {
  Json arguments = Json::object();
  for (const Json& argument : event["args"]) {
    arguments[argument["name"].get<std::string>()] = argument["value"];
  }
  return arguments;
}

TEST_CASE(
    "captures: the packets of the seeds make events with the arguments that the seeds print") {
  if (!HaveCaptures()) {
    return;
  }
  const fs::path seed = CapturesFolder() / "seed";
  const Replay replay = ReplayFile(seed / "seed_examples.pcap",
                                   {.events = {"net_packet_dns,net_packet_tcp"}, .detectors = {}});
  CHECK(replay.error.empty());
  std::map<std::string, std::vector<Json>> shown;
  for (const std::string& line : replay.shown.json) {
    const Json event = Json::parse(line);
    shown[event["eventName"]].push_back(Arguments(event));
  }
  std::ifstream expected(seed / "seed_examples.expected.jsonl");
  int compared = 0;
  for (std::string line; std::getline(expected, line);) {
    const Json event = Json::parse(line);
    const std::string name = event["eventName"];
    if (name != "net_packet_dns" && name != "net_packet_tcp") {
      continue;
    }
    ++compared;
    // The seeds of these two events are older than the argument `metadata`.
    const bool found =
        std::any_of(shown[name].begin(), shown[name].end(), [&event](Json arguments) {
          const bool has_metadata = arguments.erase("metadata") == 1;
          return has_metadata && arguments == event["args"];
        });
    CHECK_MESSAGE(found, (name + " " + event["args"].dump().substr(0, 200)));
  }
  CHECK(compared == 8);
}

TEST_CASE("captures: four lookups of uol.com.br are one detection, made by the plugin as built") {
  if (!HaveCaptures()) {
    return;
  }
  const TemporaryFolder folder;
  const Replay replay = ReplayFile(CapturesFolder() / "seed" / "uol_lookups.pcap",
                                   {.events = {}, .detectors = {"DNS"}}, BuiltPlugins(folder));
  CHECK(replay.error.empty());
  REQUIRE(replay.shown.json.size() == 1);
  const Json event = Json::parse(replay.shown.json[0]);
  CHECK(event["eventName"] == "DNS");
  CHECK(event["eventId"] == "7500");
  CHECK(Arguments(event) == Json{{"domain", "uol.com.br"}, {"record_types", "MX,NS,SOA,TXT"}});
  CHECK(event["detectedFrom"]["name"] == "net_packet_dns");
  REQUIRE(replay.ledger.has_value());
  CHECK(replay.ledger->closes());
}

TEST_CASE("captures: every capture passes with valid JSON and a ledger that closes") {
  if (!HaveCaptures()) {
    return;
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(CapturesFolder())) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".pcap" || extension == ".pcapng" || extension == ".cap") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  REQUIRE_FALSE(files.empty());
  const TemporaryFolder folder;
  const LoadedPlugins plugins = BuiltPlugins(folder);
  std::size_t opened = 0;
  std::size_t lines = 0;
  for (const fs::path& file : files) {
    CAPTURE(file.filename().string());
    const Replay replay = ReplayFile(file, {.events = {"*"}, .detectors = {"all"}}, plugins,
                                     std::make_unique<CheckingOutput>(lines));
    if (!replay.ledger) {
      CHECK(replay.error.find(file.string()) != std::string::npos);
      continue;
    }
    ++opened;
    CHECK(replay.ledger->closes());
  }
  MESSAGE(opened, " of ", files.size(), " captures read, ", lines, " events");
  CHECK(opened > files.size() / 2);
}

}  // namespace captures_test
}  // namespace wirehound::test

TEST_SUITE_END();
