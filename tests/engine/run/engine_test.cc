// SPDX-License-Identifier: Apache-2.0

// Several engines in one process: they share no records, state or detections.

#include "engine/run/engine.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "engine/run/ledger.h"
#include "tests/decoders/packet_builder.h"
#include "tests/engine/support/conversation.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/graph_text.h"
#include "tests/engine/support/scripted_detector.h"

TEST_SUITE_BEGIN("pipeline");

namespace wirehound::test {
namespace engine_test {

// An engine with a set of detectors, and the events it has shown.
class Side {
 public:
  Side(const DetectorSet& set, const Selection& selection)
      : engine_(*Engine::Create({.detectors = set, .selection = selection})) {
    engine_->AddOutput(std::make_unique<KeepingOutput>(shown_));
    engine_->Start();
  }

  void Feed(const ByteWriter& packet) {
    Record record;
    record.bytes = packet.span();
    record.wire_length = static_cast<std::uint32_t>(packet.size());
    record.process = &UnknownProcess();
    record.timestamp_ns = now_ns_ += 1'000'000;
    engine_->OnRecord(record);
  }

  void Feed(const Conversation& conversation) {
    for (const Conversation::Sent& sent : conversation.packets()) {
      Feed(sent.packet);
    }
  }

  Engine& engine() { return *engine_; }
  std::string names() const { return Join(shown_.names); }
  const std::vector<std::string>& json() const { return shown_.json; }

 private:
  Shown shown_;
  std::unique_ptr<Engine> engine_;
  std::uint64_t now_ns_ = 0;
};

// A detector with state: it counts datagrams.
DetectorSet Counting(ScriptedDetectors& detectors, std::vector<std::string>& log) {
  detectors.Add(ParseDetector("a: A needs net_packet_udp")).on_event =
      [&log](const EventView& event, const Emitter& emit) {
        log.push_back("a<" + std::string(event.name()));
        return emit.Detected();
      };
  return DetectorSet::Make(detectors.Load());
}

TEST_CASE(
    "engines: two engines with one detector set run side by side, each with its own records") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  const DetectorSet set = Counting(detectors, log);
  Side one(set, {.detectors = {"all"}});
  Side other(set, {.events = {"net_packet_udp", "A"}});
  const ByteWriter datagram = Ipv4(17, Udp({'x'}));
  one.Feed(datagram);
  other.Feed(datagram);
  other.Feed(datagram);
  one.Feed(datagram);
  CHECK(one.names() == "A A");
  CHECK(other.names() == "net_packet_udp A net_packet_udp A");
  CHECK(one.engine().pipeline().counters().records == 2);
  CHECK(one.engine().dispatcher().detectors()[0]->counters().events_in == 2);
  CHECK(other.engine().dispatcher().detectors()[0]->counters().events_in == 2);
  CHECK(log.size() == 4);
}

TEST_CASE(
    "engines: records fed alternately to two engines give the same as one engine after the other") {
  const DetectorSet none = DetectorSet::Make({});
  const Selection everything = {.events = {"network_events,flows,net_anomaly"}};
  const Conversation web = Conversation(80)
                               .Open()
                               .Client("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
                               .Server("HTTP/1.1 204 No Content\r\n\r\n")
                               .Close();
  const Conversation other_web = Conversation(8080)
                                     .Open()
                                     .Client("GET /b HTTP/1.1\r\nHost: b\r\n\r\n")
                                     .Lost(10)
                                     .Client("x")
                                     .Close();
  Side alone(none, everything);
  alone.Feed(web);
  Side other_alone(none, everything);
  other_alone.Feed(other_web);

  Side one(none, everything);
  Side two(none, everything);
  for (std::size_t i = 0; i < std::max(web.packets().size(), other_web.packets().size()); ++i) {
    if (i < web.packets().size()) {
      one.Feed(web.packets()[i].packet);
    }
    if (i < other_web.packets().size()) {
      two.Feed(other_web.packets()[i].packet);
    }
  }
  CHECK(one.json() == alone.json());
  CHECK(two.json() == other_alone.json());
  CHECK(one.json().size() > 10);
}

TEST_CASE("engine: adopting a plan leaves another engine of the same set as it is") {
  ScriptedDetectors detectors;
  std::vector<std::string> log;
  const DetectorSet set = Counting(detectors, log);
  Side one(set, {.events = {"net_packet_udp"}, .detectors = {"-a"}});
  Side other(set, {.events = {"net_packet_udp"}, .detectors = {"-a"}});
  Result<Plan> plan = MakePlan({.events = {"A"}}, set.catalogue(), set.definitions(), set.graph(),
                               one.engine().services());
  REQUIRE(plan.has_value());
  REQUIRE(one.engine().Adopt(*std::move(plan), {}).has_value());
  const ByteWriter datagram = Ipv4(17, Udp({'x'}));
  one.Feed(datagram);
  other.Feed(datagram);
  CHECK(one.names() == "A");
  CHECK(other.names() == "net_packet_udp");
}

}  // namespace engine_test
}  // namespace wirehound::test

TEST_SUITE_END();
