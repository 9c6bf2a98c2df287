// SPDX-License-Identifier: Apache-2.0

// The ledger: whether the sums add up, and the lines that people and scripts read.

#include "engine/ledger.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/decoders/packet_builder.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/scripted_detector.h"

namespace wirehound::test {
namespace {

using Kind = SourceCounter::Kind;

// A source that only counts.
class CountingSource : public Source {
 public:
  explicit CountingSource(std::vector<SourceCounter> counters) : counters_(std::move(counters)) {}
  int poll_fd() const override { return -1; }
  Result<SourceState> Read(RecordSink& /*sink*/, std::size_t /*max*/) override {
    return SourceState::kEnd;
  }
  std::vector<SourceCounter> Counters() const override { return counters_; }

 private:
  std::vector<SourceCounter> counters_;
};

// A run of `records` UDP packets through a pipeline that shows them.
class Run {
 public:
  explicit Run(std::uint64_t records, LoadedPlugins plugins = {})
      : run_(std::move(plugins), {.events = {"net_packet_udp"}, .detectors = {"all"}}),
        pipeline_(run_.plan(), run_.catalogue(), run_.dispatcher()) {
    const ByteWriter packet = Ipv4(17, Udp({'x'}));
    Record record;
    record.bytes = packet.span();
    record.wire_length = static_cast<std::uint32_t>(packet.size());
    record.process = &UnknownProcess();
    for (std::uint64_t i = 0; i < records; ++i) {
      pipeline_.OnRecord(record);
    }
  }

  Ledger Make(const std::vector<SourceCounter>& counters,
              std::optional<std::uint64_t> seen = std::nullopt) {
    return MakeLedger(CountingSource(counters), seen, pipeline_, run_.dispatcher());
  }

 private:
  EngineRun run_;
  PacketPipeline pipeline_;
};

TEST_CASE("ledger: closes when everything that was seen is accounted for") {
  Run run(3);
  const std::vector<SourceCounter> counters = {{Kind::kDelivered, "delivered", 3},
                                               {Kind::kFiltered, "not_needed", 5},
                                               {Kind::kLost, "ring_full", 2},
                                               {Kind::kLost, "too_late", 0}};
  const Ledger ledger = run.Make(counters, 10);
  CHECK(ledger.closes());
  CHECK(ledger.records_in == 3);
  CHECK(ledger.filtered == 5);
  CHECK(ledger.lost == 2);
  CHECK(DescribeLedger(ledger) ==
        "wirehound: records: 3 in, 2 lost (ring_full 2), 5 not needed (not_needed 5)\n"
        "wirehound: decoded: link (3 ok), ipv4 (3 ok), udp (3 ok)\n"
        "wirehound: events: 3 out, of 3 from packets and 0 from detectors\n");
}

TEST_CASE("ledger: several reasons of one kind are added and listed") {
  Run run(0);
  const Ledger ledger = run.Make({{Kind::kLost, "ring_full", 2}, {Kind::kLost, "no_memory", 1}}, 3);
  CHECK(ledger.lost == 3);
  CHECK(DescribeLedger(ledger).find("3 lost (ring_full 2, no_memory 1), 0 not needed\n") !=
        std::string::npos);
}

TEST_CASE("ledger: a run without records closes and says so") {
  Run run(0);
  const Ledger ledger = run.Make({{Kind::kDelivered, "delivered", 0}});
  CHECK(ledger.closes());
  CHECK(DescribeLedger(ledger) ==
        "wirehound: records: 0 in, 0 lost, 0 not needed\n"
        "wirehound: decoded: nothing\n"
        "wirehound: events: 0 out, of 0 from packets and 0 from detectors\n");
}

TEST_CASE("ledger: each sum that does not add up is a line") {
  Run run(3);
  SUBCASE("the capture saw more than there is an account of") {
    const Ledger ledger = run.Make({{Kind::kDelivered, "delivered", 3}}, 10);
    CHECK_FALSE(ledger.closes());
    CHECK(ledger.gaps == std::vector<std::string>{"capture: 10 in, 3 accounted for"});
    CHECK(DescribeLedger(ledger).find(
              "wirehound: the account does not close: capture: 10 in, 3 accounted for\n") !=
          std::string::npos);
  }
  SUBCASE("the capture saw less") {
    CHECK_FALSE(run.Make({{Kind::kDelivered, "delivered", 3}}, 2).closes());
  }
  SUBCASE("records did not reach the pipeline") {
    const Ledger ledger = run.Make({{Kind::kDelivered, "delivered", 4}});
    CHECK(ledger.gaps == std::vector<std::string>{"records: 4 in, 3 accounted for"});
  }
}

TEST_CASE("ledger: detectors have a line each, with what went wrong") {
  ScriptedDetectors detectors;
  detectors.Add(ParseDetector("good: G needs net_packet_udp")).on_event =
      [](const EventView&, const Emitter& emit) { return emit.Detected(); };
  detectors.Add(ParseDetector("weak: W needs net_packet_udp")).on_event =
      [](const EventView&, const Emitter&) -> Status { return Error("no"); };
  Run run(DetectorInstance::kMaxErrorsInARow + 5, detectors.Load());
  const std::string text = DescribeLedger(run.Make({{Kind::kDelivered, "delivered", 105}}));
  CHECK(text.find("wirehound: detector good: 105 events in, 105 out, 0 errors\n") !=
        std::string::npos);
  CHECK(text.find("wirehound: detector weak: 100 events in, 0 out, 100 errors, suspended, 5 "
                  "events not shown to it\n") != std::string::npos);
  CHECK(text.find("events: 210 out, of 105 from packets and 105 from detectors\n") !=
        std::string::npos);
}

TEST_CASE("ledger: detections for which there was no room are mentioned") {
  Ledger ledger;
  CHECK(DescribeLedger(ledger).find("refused") == std::string::npos);
  ledger.findings_refused = 7;
  CHECK(DescribeLedger(ledger).find(
            "wirehound: detections: 7 refused, as one record led to too many\n") !=
        std::string::npos);
}

TEST_CASE("ledger: what decoders could not read is said, by layer and kind") {
  Ledger ledger;
  ledger.decode.layers[static_cast<std::size_t>(PacketLayer::kIpv6)] = {1, 2, 0, 4};
  ledger.dns.messages = {0, 0, 9, 0};
  CHECK(DescribeLedger(ledger).find(
            "decoded: ipv6 (1 ok, 2 truncated, 4 unknown), dns (9 malformed)\n") !=
        std::string::npos);
}

}  // namespace
}  // namespace wirehound::test
