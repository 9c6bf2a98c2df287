// SPDX-License-Identifier: Apache-2.0

// Running test cases of detectors: which pass, which fail, and with which message.

#include "engine/testing/case_runner.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <unistd.h>
#include <wirehound/abi/timers_abi.h>
#include <wirehound/stores.h>

#include "probes/host/boot_clock.h"
#include "probes/host/proc_folder.h"
#include "tests/decoders/packet_builder.h"
#include "tests/engine/support/capture_writer.h"
#include "tests/engine/support/scripted_detector.h"
#include "tests/engine/support/temporary_folder.h"

namespace wirehound::test {
namespace case_runner_test {

// A detector that reports each UDP packet to port 53 with its source port, and fails at port 1.
DetectorDefinition ToDns() {
  DetectorDefinition definition;
  definition.id = "TO_DNS";
  definition.requirements.events = {{"net_packet_udp"}};
  definition.produced_event.name = "to_dns";
  definition.produced_event.version = {1, 0, 0};
  definition.produced_event.fields = {{"port", FieldType::kUint16, "source port"}};
  return definition;
}

// A detector that requires the detections of the first one.
DetectorDefinition Second() {
  DetectorDefinition definition = ToDns();
  definition.id = "SECOND";
  definition.requirements.events = {{"to_dns"}};
  definition.produced_event.name = "second";
  definition.produced_event.fields.clear();
  return definition;
}

class Harness {
 public:
  Harness() {
    Script& script = detectors_.Add(ToDns());
    script.init = [this](const InitContext& context) {
      Status source = context.Bind("net_packet_udp", "src_port", source_port_);
      return source ? context.Bind("net_packet_udp", "dst_port", port_) : source;
    };
    script.on_event = [this](const EventView& event, const Emitter& emit) -> Status {
      if (port_.Get(event) == std::uint16_t{1}) {
        return Error("port 1 it is");
      }
      times_.push_back(event.timestamp_ns());
      return port_.Get(event) == std::uint16_t{53}
                 ? emit.Detected({{"port", *source_port_.Get(event)}})
                 : Status();
    };
  }

  Script& Add(DetectorDefinition definition) { return detectors_.Add(std::move(definition)); }

  CaseOutcome Run(std::string_view steps) {
    times_.clear();
    if (!set_) {
      set_ = DetectorSet::Make(detectors_.Load());
    }
    const Result<CaseFile> file = ParseCases("x.txt", "test t\n" + std::string(steps));
    REQUIRE_MESSAGE(file.has_value(), (file ? "" : file.error().message()));
    return RunCase(*set_, file->cases.at(0), folder_.path());
  }

  /// Returns the failure, "2: expected …", or "" when the case passes.
  std::string FailureOf(std::string_view steps) {
    const CaseOutcome outcome = Run(steps);
    return outcome.failure ? std::to_string(outcome.failure->line) + ": " + outcome.failure->message
                           : "";
  }

  const std::vector<std::uint64_t>& times() const { return times_; }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  ScriptedDetectors detectors_;
  std::optional<DetectorSet> set_;
  FieldRef<std::uint16_t> source_port_;
  FieldRef<std::uint16_t> port_;
  std::vector<std::uint64_t> times_;
  TemporaryFolder folder_;
};

constexpr const char* kToDns = "net_packet_udp src_port=7 dst_port=53\n";

TEST_CASE("case runner: a case passes when the detections are the expected ones, in order") {
  Harness harness;
  CHECK(harness.FailureOf("").empty());
  CHECK(harness.FailureOf(std::string(kToDns) + "expect to_dns port=7").empty());
  CHECK(harness.FailureOf(std::string(kToDns) + "expect to_dns").empty());
  CHECK(harness.FailureOf("net_packet_udp dst_port=54\nexpect nothing").empty());
  CHECK(harness
            .FailureOf("net_packet_udp src_port=1 dst_port=53\nnet_packet_udp src_port=2 "
                       "dst_port=53\nexpect to_dns port=1\nexpect to_dns port=2")
            .empty());
}

// A detector that asks the stores for the process of each event and for its parents.
struct Asking {
  explicit Asking(Harness& harness) {
    DetectorDefinition definition = ToDns();
    definition.id = "ASKING";
    definition.requirements.data_stores = {{"process"}, {"container"}, {"system"}};
    definition.produced_event.name = "asking";
    Script& script = harness.Add(definition);
    script.init = [this](const InitContext& context) -> Status {
      Status created = processes.Create(context);
      created = created ? containers.Create(context) : std::move(created);
      return created ? system.Create(context) : std::move(created);
    };
    script.on_event = [this](const EventView& event, const Emitter&) -> Status {
      return Ask(event.abi().process->process_entity_id);
    };
  }

  Status Ask(std::uint32_t entity_id) {
    const auto process = processes.Get(entity_id);
    const auto parents = processes.Ancestry(entity_id, 5);
    const auto all = containers.List();
    const auto machine = system.Get();
    if (!process || !parents || !all || !machine) {
      return Error("a store does not answer");
    }
    executable = process->executable();
    argument_count = process->arguments().size();
    parent_count = parents->size();
    for (const ProcessInfo parent : *parents) {
      parent_executable += parent.executable();
    }
    container_count = all->size();
    host_name = machine->host_name();
    return {};
  }

  ProcessLookup processes;
  ContainerLookup containers;
  SystemLookup system;
  std::string executable, parent_executable, host_name;
  std::size_t argument_count = 0, parent_count = 0, container_count = 0;
};

TEST_CASE("case runner: stores learn from the events of the case, and nothing from this machine") {
  Harness harness;
  Asking asking(harness);
  const std::optional<ProcStat> self = ProcFolder().Stat(getpid());
  REQUIRE(self.has_value());
  const std::uint64_t started_ns =
      BootClock::OfThisRun().ToEpoch(self->start_ticks * ProcTickNs() + 1);
  const std::string pid = std::to_string(getpid());
  CHECK(harness
            .FailureOf("net_packet_udp process.pid=" + pid + " process.parent_pid=" +
                       std::to_string(getppid()) + " process.executable=/bin/made-up" +
                       " process.start_time_ns=" + std::to_string(started_ns))
            .empty());
  CHECK(asking.executable == "/bin/made-up");
  CHECK(asking.argument_count == 0);
  CHECK(asking.parent_count == 1);
  CHECK(asking.parent_executable.empty());
  CHECK(asking.container_count == 0);
  CHECK(asking.host_name == "test-host");
  const std::string id(64, 'a');
  CHECK(harness.FailureOf("net_packet_udp process.pid=7 process.container_id=" + id).empty());
  CHECK(asking.container_count == 1);
}

TEST_CASE("case runner: a case fails at its first difference") {
  Harness harness;
  CHECK(harness.FailureOf(std::string(kToDns) + "expect to_dns port=8") ==
        "3: expected to_dns port=8, got to_dns port=7 (not port=7)");
  CHECK(harness.FailureOf("net_packet_udp\nexpect to_dns port=8") ==
        "3: expected to_dns port=8, got nothing");
  CHECK(harness.FailureOf(std::string(kToDns) + "expect nothing") ==
        "2: expected nothing, got to_dns port=7");
  CHECK(harness.FailureOf(std::string("net_packet_udp\n") + kToDns) ==
        "3: expected nothing, got to_dns port=7");
  CHECK(harness.FailureOf(std::string(kToDns) + "expect to_dns process.comm=curl") ==
        "3: expected to_dns process.comm=curl, got to_dns port=7 (no process.comm)");
}

TEST_CASE("case runner: an expectation may include the process of the detection") {
  Harness harness;
  CHECK(harness
            .FailureOf("net_packet_udp dst_port=53 process.comm=dig process.uid=5\n"
                       "expect to_dns process.comm=dig process.uid=5")
            .empty());
  CHECK(harness.FailureOf("net_packet_udp dst_port=53 process.comm=dig\n"
                          "expect to_dns process.comm=curl") ==
        "3: expected to_dns process.comm=curl, got to_dns port=0 (not process.comm=dig)");
}

TEST_CASE("case runner: an error of a detector that the case does not expect fails it") {
  Harness harness;
  const std::string fails = "net_packet_udp dst_port=1\n";
  CHECK(harness.FailureOf(fails) == "2: expected no error, got error port 1 it is");
  CHECK(harness.FailureOf(fails + "expect error port 1").empty());
  CHECK(harness.FailureOf(fails + "expect error port 2") ==
        "3: expected error port 2, got error port 1 it is");
  CHECK(harness.FailureOf("expect error x") == "2: expected error x, got none");
  CHECK(harness.FailureOf(fails + "expect to_dns") ==
        "3: expected to_dns, got nothing; OnEvent failed: port 1 it is");
}

TEST_CASE("case runner: events come a default step apart, or at the time their line gives") {
  Harness harness;
  CHECK(harness
            .FailureOf("net_packet_udp\n@+2s net_packet_udp\nadvance 1s\nnet_packet_udp\n"
                       "@1800000000.5 net_packet_udp")
            .empty());
  const std::vector<std::uint64_t>& times = harness.times();
  REQUIRE(times.size() == 4);
  CHECK(times[1] - times[0] == 2'000'000'000);
  CHECK(times[2] - times[1] == 1'000'000'000 + kDefaultStepNs);
  CHECK(times[3] == 1'800'000'000'500'000'000);
  CHECK(harness.FailureOf("@5 net_packet_udp") == "2: time cannot go back");
}

TEST_CASE("case runner: timers fire when `advance` or an event moves time on") {
  Harness harness;
  Script& second = harness.Add(Second());
  second.init = [](const InitContext& context) -> Status {
    const void* extension = context.Extension(WIREHOUND_TIMERS_EXTENSION);
    REQUIRE(extension != nullptr);
    const auto& timers = *static_cast<const wirehound_timers*>(extension);
    constexpr std::uint64_t kAfterNs = 5'000'000'000;
    return timers.start(timers.context, 1, kAfterNs, 0) == WIREHOUND_OK ? Status() : Error("start");
  };
  second.on_timer = [](const wirehound_timer&, const Emitter& emit) { return emit.Detected(); };
  CHECK(harness.FailureOf("advance 4s\nexpect nothing\nadvance 2s\nexpect second").empty());
  CHECK(harness
            .FailureOf("net_packet_udp\n@+4s net_packet_udp\nexpect nothing\n"
                       "@+2s net_packet_udp\nexpect second")
            .empty());
}

TEST_CASE("case runner: an error in the case itself is reported as a mistake, not as a failure") {
  Harness harness;
  const std::pair<const char*, const char*> cases[] = {
      {"net_packet_tcp", "2: no detector here requires net_packet_tcp"},
      {"net_packet_udq", "2: no event 'net_packet_udq'; did you mean 'net_packet_udp'"},
      {"expect to_dns ports=1", "2: ports=1: to_dns has no field 'ports'; did you mean 'port'"},
      {"expect to_dns port=x", "2: port=x: expected a number from 0 to 65535, got 'x'"},
      {"config a=1", "2: no detector here has an option 'a'"},
      {"config TO_DNS a=1", "2: TO_DNS does not have an option 'a'"},
      {"read nothing.pcap", "2: "},
  };
  for (const auto& wrong : cases) {  // no structured binding: CAPTURE makes a lambda
    const auto* const steps = wrong.first;
    CAPTURE(steps);
    const CaseOutcome outcome = harness.Run(steps);
    REQUIRE(outcome.failure.has_value());
    CHECK(outcome.failure->is_mistake);
    CHECK(harness.FailureOf(steps).find(wrong.second) == 0);
  }
  CHECK_FALSE(harness.Run("expect to_dns").failure->is_mistake);
}

TEST_CASE("case runner: options are checked and go to the detectors that have them") {
  Harness harness;
  DetectorDefinition definition = Second();
  definition.config = {{"limit", std::uint64_t{5}, "", std::uint64_t{1}, std::uint64_t{9}},
                       {"names", std::vector<std::string>{}, ""}};
  Script& second = harness.Add(definition);
  std::uint64_t limit = 0;
  std::vector<std::string> names;
  second.init = [&](const InitContext& context) {
    Status status = context.Option("limit", limit);
    return status ? context.Option("names", names) : status;
  };
  CHECK(harness.FailureOf("").empty());
  CHECK(limit == 5);
  CHECK(harness.FailureOf("config limit=7 names=a\nconfig SECOND names=b").empty());
  CHECK(limit == 7);
  CHECK(names == std::vector<std::string>{"a", "b"});
  for (const char* steps : {"config limit=x", "config limit=10", "config limit=1 limit=2"}) {
    CAPTURE(steps);
    const CaseOutcome outcome = harness.Run(steps);
    REQUIRE(outcome.failure.has_value());
    CHECK(outcome.failure->is_mistake);
    CHECK(outcome.failure->message.find("limit") != std::string::npos);
  }
}

TEST_CASE("case runner: a capture goes through the pipeline") {
  Harness harness;
  const ByteWriter udp = ByteWriter().Be16(9).Be16(53).Be16(8).Be16(0);
  constexpr std::uint32_t kRawIp = 101;
  harness.folder().Write("one.pcap",
                         PcapWriter(kRawIp).Add(1'750'000'000, 0, Ipv4(17, udp)).text());
  CHECK(harness.FailureOf("read one.pcap\nexpect to_dns port=9\nnet_packet_udp").empty());
  REQUIRE(harness.times().size() == 2);
  CHECK(harness.times()[0] == 1'750'000'000'000'000'000);
  CHECK(harness.times()[1] == harness.times()[0] + kDefaultStepNs);
}

TEST_CASE("case runner: a capture that comes first sets the time") {
  Harness harness;
  const ByteWriter udp = ByteWriter().Be16(9).Be16(54).Be16(8).Be16(0);
  constexpr std::uint32_t kRawIp = 101;
  harness.folder().Write("old.pcap", PcapWriter(kRawIp).Add(1, 0, Ipv4(17, udp)).text());
  CHECK(harness.FailureOf("read old.pcap\n@+1s net_packet_udp").empty());
  REQUIRE(harness.times().size() == 2);
  CHECK(harness.times()[1] == 2'000'000'000);
}

TEST_CASE("case runner: detections go to other detectors, and a case may show them as events") {
  Harness harness;
  harness.Add(Second()).on_event = [](const EventView&, const Emitter& emit) {
    return emit.Detected();
  };
  CHECK(harness.FailureOf(std::string(kToDns) + "expect to_dns\nexpect second").empty());
  CHECK(harness.FailureOf("to_dns port=5\nexpect second").empty());
}

TEST_CASE("case runner: each case starts new detectors, and fails if one does not start") {
  Harness harness;
  Script& second = harness.Add(Second());
  harness.Run(kToDns);
  harness.Run(kToDns);
  CHECK(second.closed == 2);
  CHECK(second.destroyed == second.created);
  second.init = [](const InitContext&) -> Status { return Error("no luck"); };
  CHECK(harness.FailureOf("expect nothing") == "1: detector SECOND: Init failed: no luck");
}

TEST_CASE("case runner: the outcome lists the detections as `expect` lines") {
  Harness harness;
  const CaseOutcome outcome = harness.Run(std::string(kToDns) + kToDns + "expect to_dns port=7");
  CHECK(outcome.detections ==
        std::vector<std::string>{"expect to_dns port=7", "expect to_dns port=7"});
}

}  // namespace case_runner_test
}  // namespace wirehound::test
