// SPDX-License-Identifier: Apache-2.0

// The ledger: the sums that must add up, and the lines of text that people and scripts read.

#include "engine/run/ledger.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <wirehound/abi/timers_abi.h>
#include <wirehound/state.h>

#include "tests/decoders/packet_builder.h"
#include "tests/engine/support/engine_run.h"
#include "tests/engine/support/scripted_detector.h"
#include "tests/engine/support/temporary_folder.h"

namespace wirehound::test {
namespace ledger_test {

using Kind = SourceCounter::Kind;

// A source without records, whose counters the tests set.
class CountingSource : public Source {
 public:
  std::vector<SourceCounter> counters;
  std::optional<std::uint64_t> seen;

  int poll_fd() const override { return -1; }
  Result<SourceState> Read(RecordSink& /*sink*/, std::size_t /*max*/) override {
    return SourceState::kEnd;
  }
  void Stop() override {}
  std::vector<SourceCounter> Counters() const override { return counters; }
  std::optional<std::uint64_t> Seen() const override { return seen; }
};

RunOptions WithSource(std::unique_ptr<CountingSource> source,
                      StoreOrigin origin = StoreOrigin::kCaptureFile) {
  return {.origin = origin, .source = std::move(source)};
}

// A run of `records` UDP packets through a pipeline that shows them.
class Run {
 public:
  explicit Run(std::uint64_t records, LoadedPlugins plugins = {})
      : run_(std::move(plugins), {.events = {"net_packet_udp"}, .detectors = {"all"}},
             WithSource(std::unique_ptr<CountingSource>(source_))) {
    const ByteWriter packet = Ipv4(17, Udp({'x'}));
    Record record;
    record.bytes = packet.span();
    record.wire_length = static_cast<std::uint32_t>(packet.size());
    record.process = &UnknownProcess();
    for (std::uint64_t i = 0; i < records; ++i) {
      run_.engine().OnRecord(record);
    }
  }

  // Reports a gap of this many records to the pipeline.
  void Lose(std::uint64_t records) {
    run_.engine().OnGap({.timestamp_ns = 0, .reason = "ring_full", .records = records});
  }

  Ledger Make(const std::vector<SourceCounter>& counters,
              std::optional<std::uint64_t> seen = std::nullopt) {
    source_->counters = counters;
    source_->seen = seen;
    return MakeLedger(run_.engine());
  }

 private:
  CountingSource* source_ = new CountingSource;  // owned by the engine
  EngineRun run_;
};

TEST_CASE("ledger: it closes when every packet that the capture saw is accounted for") {
  Run run(3);
  run.Lose(2);
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

TEST_CASE("ledger: a run without records closes and its text says so") {
  Run run(0);
  const Ledger ledger = run.Make({{Kind::kDelivered, "delivered", 0}});
  CHECK(ledger.closes());
  CHECK(DescribeLedger(ledger) ==
        "wirehound: records: 0 in, 0 lost, 0 not needed\n"
        "wirehound: decoded: nothing\n"
        "wirehound: events: 0 out, of 0 from packets and 0 from detectors\n");
}

TEST_CASE("ledger: each sum that does not add up has a line") {
  Run run(3);
  SUBCASE("the capture saw more than is accounted for") {
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
  SUBCASE("a loss was not reported as a gap") {
    run.Lose(1);
    const Ledger ledger =
        run.Make({{Kind::kDelivered, "delivered", 3}, {Kind::kLost, "ring_full", 2}}, 5);
    CHECK(ledger.gaps == std::vector<std::string>{"gaps: 2 in, 1 accounted for"});
  }
  SUBCASE("records did not reach the pipeline") {
    const Ledger ledger = run.Make({{Kind::kDelivered, "delivered", 4}});
    CHECK(ledger.gaps == std::vector<std::string>{"records: 4 in, 3 accounted for"});
  }
}

TEST_CASE("ledger: each detector has a line, with its failures") {
  ScriptedDetectors detectors;
  detectors.Add(ParseDetector("good: G needs net_packet_udp")).on_event =
      [](const EventView&, const Emitter& emit) { return emit.Detected(); };
  detectors.Add(ParseDetector("weak: W needs net_packet_udp")).on_event =
      [](const EventView&, const Emitter&) -> Status { return Error("no"); };
  Run run(DetectorLimits().max_errors_in_a_row + 5, detectors.Load());
  const std::string text = DescribeLedger(run.Make({{Kind::kDelivered, "delivered", 105}}));
  CHECK(text.find("wirehound: detector good: 105 events in, 105 out, 0 errors, about ") !=
        std::string::npos);
  CHECK(text.find("wirehound: detector weak: 100 events in, 0 out, 100 errors, about ") !=
        std::string::npos);
  CHECK(text.find(" ns a call, ") != std::string::npos);
  CHECK(text.find(" at most, suspended, 5 events not shown to it\n") != std::string::npos);
  CHECK(text.find("events: 210 out, of 105 from packets and 105 from detectors\n") !=
        std::string::npos);
}

TEST_CASE("ledger: the effects of filters, scope and detectors on events are reported") {
  Ledger ledger;
  ledger.dispatch.base_events = 9;
  ledger.dispatch.shown = 4;
  ledger.dispatch.out_of_scope = 3;
  ledger.dispatch.hidden = 2;
  ledger.dispatch.engine_events = 1;
  ledger.dispatch.timers = 7;
  CHECK(DescribeLedger(ledger).find(
            "wirehound: events: 4 out, of 9 from packets and 0 from detectors; 1 about detectors; "
            "3 out of scope; 2 held back by filters; 7 timers\n") != std::string::npos);
}

// An output whose counters a test sets.
class CountingOutput : public Output {
 public:
  explicit CountingOutput(OutputCounters counters) : counters_(std::move(counters)) {}
  Status OnEvent(const Event& /*event*/) override { return {}; }
  Status Flush() override { return {}; }
  OutputCounters counters() const override { return counters_; }

 private:
  OutputCounters counters_;
};

TEST_CASE("ledger: every event shown to an output is counted as written, dropped or failed") {
  const auto make = [](const OutputCounters& counters) {
    EngineRun engine({}, {.events = {"net_packet_udp"}, .detectors = {}},
                     std::make_unique<CountingOutput>(counters),
                     WithSource(std::make_unique<CountingSource>()));
    return MakeLedger(engine.engine());
  };
  CHECK(make({.name = "f"}).closes());
  CHECK(DescribeLedger(make({.name = "f"})).find("output") == std::string::npos);
  CHECK(make({.name = "f", .events = 1, .written = 1}).gaps ==
        std::vector<std::string>{"events for f: 0 in, 1 accounted for"});
  CHECK(make({.name = "f", .dropped = 1}).gaps ==
        std::vector<std::string>{"output to f: 0 in, 1 accounted for"});
}

TEST_CASE("ledger: an output that dropped, failed or made the engine wait has a line") {
  Ledger ledger;
  ledger.outputs = {{.name = "f",
                     .events = 10,
                     .written = 5,
                     .dropped = 3,
                     .failed = 2,
                     .waits = 4,
                     .waited_ns = 7'000'000}};
  CHECK(DescribeLedger(ledger).find(
            "wirehound: output f: 10 events, 5 written, 3 dropped as its queue was full, 2 failed "
            "to be written, 7 ms waited for it\n") != std::string::npos);
}

TEST_CASE("ledger: detections refused for lack of room are reported") {
  Ledger ledger;
  CHECK(DescribeLedger(ledger).find("refused") == std::string::npos);
  ledger.detections_refused = 7;
  CHECK(DescribeLedger(ledger).find(
            "wirehound: detections: 7 refused, as one record led to too many\n") !=
        std::string::npos);
}

TEST_CASE("ledger: the line of a detector has what its state and timers refused and evicted") {
  ScriptedDetectors detectors;
  Script& script = detectors.Add(ParseDetector("a: A needs net_packet_udp"));
  WindowCounter counter;
  std::uint64_t seen = 0;
  script.init = [&counter](const InitContext& context) -> Status {
    const auto& timers =
        *static_cast<const wirehound_timers*>(context.Extension(WIREHOUND_TIMERS_EXTENSION));
    for (std::uint64_t id = 0; id < WIREHOUND_MAX_TIMERS + 3; ++id) {
      timers.start(timers.context, id, UINT64_MAX, 0);
    }
    CHECK_FALSE(LruMap<std::uint64_t>().Create(context, {.max_entries = UINT32_MAX}).has_value());
    return counter.Create(context, {.max_keys = 2});
  };
  script.on_event = [&](const EventView&, const Emitter&) -> Status {
    counter.Add(++seen);
    return {};
  };
  Run run(6, detectors.Load());
  const std::string text = DescribeLedger(run.Make({{Kind::kDelivered, "delivered", 6}}));
  CHECK(text.find("detector a: 6 events in, 0 out, 0 errors, 3 timers refused, 1 counters or maps "
                  "refused, 4 entries of its state pushed out") != std::string::npos);
}

TEST_CASE("ledger: what stores learnt, refused and evicted has a line, unless it is nothing") {
  Ledger ledger;
  CHECK(DescribeLedger(ledger).find("stores") == std::string::npos);
  SUBCASE("all counters") {
    ledger.stores = {.dns = {.learnt = 9, .expired = 1, .evicted = 2, .unusable = 3},
                     .processes_evicted = 4,
                     .processes_refused = 5,
                     .tree_answers_evicted = 6,
                     .containers_evicted = 7,
                     .containers_refused = 8,
                     .shared_evicted = 10,
                     .shared_refused = 11};
    CHECK(DescribeLedger(ledger).find(
              "wirehound: stores: dns (9 learnt, 1 expired, 2 pushed out, 3 names too long), "
              "processes (4 pushed out, 5 questions refused, 6 of a tree pushed out), containers "
              "(7 pushed out, 8 questions refused), shared (10 pushed out, 11 maps refused)\n") !=
          std::string::npos);
  }
  SUBCASE("one counter") {
    ledger.stores.shared_evicted = 1;
    CHECK(DescribeLedger(ledger).find("wirehound: stores: shared (1 pushed out)\n") !=
          std::string::npos);
  }
}

TEST_CASE("ledger: the counters of the stores are those of the run") {
  EngineRun engine({}, {.events = {"net_packet_udp"}, .detectors = {}},
                   WithSource(std::make_unique<CountingSource>(), StoreOrigin::kTest));
  Stores& stores = engine.stores();
  wirehound_process process = UnknownProcess();
  for (std::size_t i = 1; i <= ProcessStore::kDefaultCapacity + 3; ++i) {
    process.process_entity_id = static_cast<std::uint32_t>(i);
    process.host_pid = static_cast<std::int32_t>(i);
    stores.processes.Note(process);
  }
  for (std::size_t i = 1; i <= ContainerStore::kDefaultCapacity + 2; ++i) {
    stores.containers.Note({.id = std::to_string(i), .runtime = "", .cgroup = "", .pod_uid = ""});
  }
  std::uint32_t handle = 0;
  REQUIRE(stores.shared.Open("one", {.max_entries = 1}, &handle) == WIREHOUND_OK);
  stores.shared.Find(handle)->Put({.low = 1}, {}, 0);
  stores.shared.Find(handle)->Put({.low = 2}, {}, 0);
  CHECK(stores.shared.Open("huge", {.max_entries = UINT32_MAX}, &handle) == WIREHOUND_ERROR_LIMIT);
  const std::string text = DescribeLedger(MakeLedger(engine.engine()));
  CHECK(text.find("wirehound: stores: processes (3 pushed out), containers (2 pushed out), shared "
                  "(1 pushed out, 1 maps refused)\n") != std::string::npos);
}

TEST_CASE("ledger: detectors loaded, replaced, removed and refused during the run have a line") {
  Ledger ledger;
  CHECK(DescribeLedger(ledger).find("reloads") == std::string::npos);
  ledger.reloads = {.added = 1,
                    .replaced = 2,
                    .removed = 3,
                    .refused = 4,
                    .configurations = 5,
                    .configurations_refused = 6};
  CHECK(DescribeLedger(ledger).find(
            "wirehound: reloads: plugins (1 added, 2 replaced, 3 removed, 4 refused), "
            "configuration (5 read again, 6 refused)\n") != std::string::npos);
}

TEST_CASE("ledger: the recording has a line, and it must contain every record") {
  const TemporaryFolder folder;
  const DetectorSet none = DetectorSet::Make({});
  const std::unique_ptr<Engine> owned = *Engine::Create({.detectors = none});
  Engine& engine = *owned;
  auto recorder = Recorder::Open({.path = (folder.path() / "a.pcapng").string()}, {});
  REQUIRE(recorder.has_value());
  auto source = std::make_unique<CountingSource>();
  CountingSource& counting = *source;
  engine.UseSource(std::move(source));
  engine.UseRecorder(*std::move(recorder));
  engine.Start();
  const ByteWriter packet = Ipv4(17, Udp({'x'}));
  Record record;
  record.bytes = packet.span();
  record.wire_length = static_cast<std::uint32_t>(packet.size());
  record.process = &UnknownProcess();
  engine.OnRecord(record);
  engine.OnEndOfStream();
  counting.counters = {{Kind::kDelivered, "delivered", 1}};
  const Ledger whole = MakeLedger(engine);
  CHECK(whole.closes());
  CHECK(DescribeLedger(whole).find("recorded: 1 records, ") != std::string::npos);
  counting.counters = {{Kind::kDelivered, "delivered", 2}};
  CHECK(MakeLedger(engine).gaps.back() == "recording: 2 in, 1 accounted for");
}

TEST_CASE("ledger: the results of questions to container runtimes have a line") {
  Ledger ledger;
  CHECK(DescribeLedger(ledger).find("runtimes") == std::string::npos);
  ledger.runtimes = {.asked = 21,
                     .answered = 1,
                     .unknown = 2,
                     .failed = 3,
                     .dropped = 4,
                     .waiting = 5,
                     .errors = 6};
  CHECK(DescribeLedger(ledger).find(
            "wirehound: container runtimes: 21 asked (1 answered, 2 unknown to them, 3 failed, "
            "4 dropped, 5 left waiting, 6 errors of sockets)\n") != std::string::npos);
}

TEST_CASE("ledger: data that decoders could not read is reported by layer and kind") {
  Ledger ledger;
  ledger.decode.layers[static_cast<std::size_t>(PacketLayer::kIpv6)] = {1, 2, 0, 4};
  ledger.dns.messages = {0, 0, 9, 0};
  CHECK(DescribeLedger(ledger).find(
            "decoded: ipv6 (1 ok, 2 truncated, 4 unknown), dns (9 malformed)\n") !=
        std::string::npos);
}

}  // namespace ledger_test
}  // namespace wirehound::test
