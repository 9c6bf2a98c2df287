// SPDX-License-Identifier: Apache-2.0

// The completeness that detections report, and the capture_gap event: lost records, gaps in
// streams, truncated records, suspended detectors.

#include "engine/event/completeness.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "engine/pipeline/packet_pipeline.h"
#include "tests/decoders/packet_builder.h"
#include "tests/engine/support/conversation.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/json.h"
#include "tests/engine/support/scripted_detector.h"

namespace wirehound::test {
namespace completeness_test {

using test::Json;

constexpr std::size_t kUdpPacketBytes = 20 + 8 + 1;

// Adds a detector that emits a detection for each event.
void AddDetectsAll(ScriptedDetectors& detectors, const char* text) {
  detectors.Add(ParseDetector(text)).on_event = [](const EventView&, const Emitter& emit) {
    return emit.Detected();
  };
}

class Run {
 public:
  Run(LoadedPlugins plugins, const std::string& events, const DetectorLimits& limits = {})
      : run_(std::move(plugins), {.events = {events}, .detectors = {"all"}}, {.limits = limits}) {}

  void Feed(const ByteWriter& packet, std::size_t captured = SIZE_MAX) {
    Record record;
    record.bytes = packet.span().first(std::min(captured, packet.size()));
    record.wire_length = static_cast<std::uint32_t>(packet.size());
    record.process = &UnknownProcess();
    record.timestamp_ns = ++now_ns_;
    run_.engine().OnRecord(record);
  }
  void FeedUdp(std::size_t captured = SIZE_MAX) { Feed(Ipv4(17, Udp({'x'})), captured); }
  void Lose(std::uint64_t records) {
    run_.engine().OnGap({.timestamp_ns = ++now_ns_, .reason = "ring_full", .records = records});
  }

  std::string names() const { return run_.names(); }
  Json event(std::size_t index) const { return Json::parse(run_.shown().json.at(index)); }
  Json last() const { return Json::parse(run_.shown().json.back()); }
  /// The completeness of the last event shown.
  std::string Completeness() const { return last()["completeness"].dump(); }
  Json Argument(std::size_t index, const std::string& name) const {
    const Json whole = event(index);
    for (const Json& argument : whole["args"].elements()) {
      if (argument["name"] == name) {
        return argument["value"];
      }
    }
    return {};
  }
  EngineRun& engine() { return run_; }
  const PacketPipeline& pipeline() const { return run_.pipeline(); }

 private:
  EngineRun run_;
  std::uint64_t now_ns_ = 0;
};

const char kWhole[] = R"({"whole":true})";

TEST_CASE("gap: the event comes in capture order and counts the records lost now and so far") {
  Run run({}, "net_packet_udp,capture_gap");
  run.FeedUdp();
  run.Lose(7);
  run.FeedUdp();
  run.Lose(2);
  CHECK(run.names() == "net_packet_udp capture_gap net_packet_udp capture_gap");
  CHECK(run.event(1)["timestamp"] == 2);
  CHECK(run.event(1)["processId"] == 0);
  CHECK(run.Argument(1, "reason") == "ring_full");
  CHECK(run.Argument(1, "lost_records") == 7);
  CHECK(run.Argument(3, "lost_records") == 2);
  CHECK(run.Argument(3, "lost_so_far") == 9);
  CHECK_FALSE(run.event(1).contains("completeness"));
  CHECK(run.pipeline().gaps().gaps == 2);
  CHECK(run.pipeline().gaps().records == 9);
}

TEST_CASE("gap: a filter and a detector can use the event like any other") {
  ScriptedDetectors detectors;
  AddDetectsAll(detectors, "a: A needs capture_gap");
  Run run(detectors.Load(), "A");
  run.Lose(3);
  CHECK(run.names() == "A");
  Run filtered({}, "capture_gap.data.lost_records>5");
  filtered.Lose(5);
  filtered.Lose(6);
  CHECK(filtered.names() == "capture_gap");
}

TEST_CASE("gap: no scope excludes the event, and it is shown only where selected") {
  EngineRun engine(
      {}, {.events = {"net_packet_udp", "capture_gap"}, .detectors = {}, .scope = {"comm=nobody"}});
  engine.engine().OnGap({.timestamp_ns = 1, .reason = "ring_full", .records = 1});
  CHECK(engine.names() == "capture_gap");
  CHECK(engine.dispatcher().counters().gap_events == 1);
  Run unwanted({}, "net_packet_udp");
  unwanted.Lose(1);
  CHECK(unwanted.names().empty());
  CHECK(unwanted.pipeline().gaps().gaps == 1);
}

TEST_CASE("completeness: a detection counts the records lost since the previous one") {
  ScriptedDetectors detectors;
  AddDetectsAll(detectors, "a: A needs net_packet_udp");
  Run run(detectors.Load(), "A");
  run.FeedUdp();
  CHECK(run.Completeness() == kWhole);
  run.Lose(2);
  run.Lose(3);
  run.FeedUdp();
  CHECK(run.Completeness() == R"({"whole":false,"lostRecords":5})");
  CHECK(run.engine().shown().json.back().find(
            R"(,"completeness":{"whole":false,"lostRecords":5}})") != std::string::npos);
  run.FeedUdp();
  CHECK(run.Completeness() == kWhole);
}

TEST_CASE("completeness: records lost before a detector started do not count") {
  ScriptedDetectors detectors;
  AddDetectsAll(detectors, "a: A needs net_packet_udp");
  Run run(detectors.Load(), "net_packet_udp");
  REQUIRE(run.engine().Adopt({.events = {"net_packet_udp"}, .detectors = {"-a"}}));
  run.Lose(4);
  REQUIRE(run.engine().Adopt({.events = {"A"}, .detectors = {"a"}}));
  run.FeedUdp();
  CHECK(run.Completeness() == kWhole);
}

TEST_CASE("completeness: detections of one call have the same completeness") {
  ScriptedDetectors detectors;
  detectors.Add(ParseDetector("a: A needs net_packet_udp")).on_event =
      [](const EventView&, const Emitter& emit) -> Status {
    return emit.Detected() && emit.Detected() ? Status() : Error("refused");
  };
  Run run(detectors.Load(), "A");
  run.Lose(1);
  run.FeedUdp();
  REQUIRE(run.names() == "A A");
  CHECK(run.event(0)["completeness"] == run.event(1)["completeness"]);
  CHECK(run.event(0)["completeness"]["whole"] == false);
}

TEST_CASE("completeness: a detection inherits what is missing from the detection it needs") {
  ScriptedDetectors detectors;
  AddDetectsAll(detectors, "a: A needs net_packet_ipv4");
  AddDetectsAll(detectors, "b: B needs A");
  Run run(detectors.Load(), "B");
  run.FeedUdp(20 + 4);
  CHECK(run.Completeness() == R"({"whole":false,"truncated":true})");
  run.FeedUdp();
  CHECK(run.Completeness() == kWhole);
}

TEST_CASE("completeness: a record truncated inside a decoded layer is not whole, and an anomaly") {
  ScriptedDetectors detectors;
  AddDetectsAll(detectors, "a: A needs net_packet_ipv4");
  Run run(detectors.Load(), "A,net_anomaly");
  run.FeedUdp(20 + 4);
  REQUIRE(run.names() == "net_anomaly A");
  CHECK(run.Completeness() == R"({"whole":false,"truncated":true})");
  CHECK(run.Argument(0, "kind") == "record_truncated");
  CHECK(run.Argument(0, "layer") == "capture");
  CHECK(run.Argument(0, "offset") == 24);
  CHECK(run.Argument(0, "size") == kUdpPacketBytes - 24);
}

TEST_CASE("completeness: a record truncated only in data that no decoder reads is whole") {
  ScriptedDetectors detectors;
  AddDetectsAll(detectors, "a: A needs net_packet_udp");
  Run run(detectors.Load(), "A");
  run.FeedUdp(20 + 8);
  CHECK(run.names() == "A");
  CHECK(run.Completeness() == kWhole);
}

TEST_CASE("completeness: a gap marks the rest of its connection, and no other connection") {
  ScriptedDetectors detectors;
  AddDetectsAll(detectors, "a: A needs net_packet_http_request");
  Run run(detectors.Load(), "A,net_anomaly");
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  Conversation conversation(8080);
  conversation.Open().Client(request);
  conversation.Server("HTTP/1.1 204 No Content\r\n\r\n").Lost(100).Client(request);
  for (const Conversation::Sent& sent : conversation.packets()) {
    run.Feed(sent.packet);
  }
  run.engine().engine().OnEndOfStream();
  bool gap_seen = false;
  for (std::size_t i = 0; i < run.engine().shown().names.size(); ++i) {
    if (run.event(i)["eventName"] == "A") {
      CHECK(run.event(i)["completeness"]["whole"] == !gap_seen);
    } else if (run.Argument(i, "kind") == "tcp_gap") {
      gap_seen = true;
    }
  }
  CHECK(gap_seen);
  CHECK(run.names().find("net_anomaly A") != std::string::npos);
  Conversation other(8081);
  other.Open().Client(request);
  for (const Conversation::Sent& sent : other.packets()) {
    run.Feed(sent.packet);
  }
  CHECK(run.Completeness() == kWhole);
}

TEST_CASE("completeness: a detection that needs a suspended detector reports that") {
  ScriptedDetectors detectors;
  int calls = 0;
  detectors.Add(ParseDetector("a: A needs net_packet_udp")).on_event =
      [&](const EventView&, const Emitter&) -> Status {
    ++calls;
    return Error("no");
  };
  AddDetectsAll(detectors, "b: B needs A net_packet_udp");
  AddDetectsAll(detectors, "c: C needs net_packet_udp");
  Run run(detectors.Load(), "B,C", {.max_errors_in_a_row = 2});
  run.FeedUdp();
  CHECK(run.Completeness() == kWhole);
  run.FeedUdp();
  run.FeedUdp();
  REQUIRE(calls == 2);
  const std::size_t shown = run.engine().shown().names.size();
  for (std::size_t i = shown - 2; i < shown; ++i) {
    const bool needs_it = run.event(i)["eventName"] == "B";
    CHECK(run.event(i)["completeness"].contains("inputSuspended") == needs_it);
  }
}

}  // namespace completeness_test
}  // namespace wirehound::test
