// SPDX-License-Identifier: Apache-2.0

// The cost of showing one event to 0, 1, 10 and 100 detectors: ordinary ones, written against
// the SDK and called through their tables, each reading two fields of the event. `per_call` is the
// engine's and the detector's time together, divided by the detectors. BM_BareCall is the same
// detector called through the same table without an engine: the difference is the engine.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include <wirehound/detector.h>

#include "engine/run/engine.h"
#include "probes/capture/record.h"

namespace wirehound {
namespace {

enum class Emits : std::uint8_t { kNothing, kDetection };

// Counts packets to port 53 by their length.
template <Emits kEmits>
class PortWatcher : public Detector {
 public:
  DetectorDefinition GetDefinition() const override { return {}; }
  Status Init(const InitContext& context) override {
    Status status = context.Bind("net_packet_udp", "dst_port", port_);
    return status ? context.Bind("net_packet_udp", "proto_udp", udp_) : std::move(status);
  }
  Status OnEvent(const EventView& event, const Emitter& emit) override {
    const auto port = port_.Get(event);
    const auto udp = udp_.Get(event);
    if (port && udp && *port == 53) {
      bytes_ += udp->length;
      if (kEmits == Emits::kDetection) {
        return emit.Detected({{"bytes", bytes_}});
      }
    }
    return {};
  }

 private:
  FieldRef<std::uint16_t> port_;
  FieldRef<wirehound_udp> udp_;
  std::uint64_t bytes_ = 0;
};

constexpr wirehound_detector kQuiet = detail::MakeTable<PortWatcher<Emits::kNothing>>();
constexpr wirehound_detector kEmitting = detail::MakeTable<PortWatcher<Emits::kDetection>>();

// That many detectors of one kind, each of which produces another event.
LoadedPlugins Detectors(std::int64_t count, const wirehound_detector& table,
                        const std::vector<std::string>& filters) {
  LoadedPlugins plugins;
  for (std::int64_t i = 0; i < count; ++i) {
    DetectorDefinition definition;
    definition.id = "d" + std::to_string(i);
    definition.requirements.events = {{"net_packet_udp"}};
    definition.requirements.events[0].data_filters = filters;
    definition.produced_event.name = "event_" + std::to_string(i);
    definition.produced_event.fields = {{"bytes", FieldType::kUint64, ""}};
    plugins.detectors.push_back({&table, definition, "bench.so"});
  }
  return plugins;
}

// A packet from port 40000 to port 53.
class UdpSample {
 public:
  explicit UdpSample(const Catalogue& catalogue) : definition_(*catalogue.Find(kNetPacketUdp)) {
    metadata_.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_packet_metadata, iface);
    udp_.length = 12;
    fields_ = {{WIREHOUND_TYPE_ADDRESS, 0, {.message = &metadata_.src_ip}},
               {WIREHOUND_TYPE_ADDRESS, 0, {.message = &metadata_.dst_ip}},
               {WIREHOUND_TYPE_UINT16, 0, {.unsigned_integer = 40'000}},
               {WIREHOUND_TYPE_UINT16, 0, {.unsigned_integer = 53}},
               {WIREHOUND_TYPE_PACKET_METADATA, 0, {.message = &metadata_}},
               {WIREHOUND_TYPE_UDP, 0, {.message = &udp_}}};
    event_.definition = &definition_;
    event_.view.struct_size = kEventViewSize;
    event_.view.event_id = kNetPacketUdp;
    event_.view.timestamp_ns = 1'700'000'000'000'000'000;
    event_.view.process = &UnknownProcess();
    event_.view.fields = fields_.data();
    event_.view.field_count = static_cast<std::uint32_t>(fields_.size());
    event_.view.name = {definition_.name.data(), definition_.name.size()};
  }

  const Event& event() const { return event_; }

 private:
  const EventDefinition& definition_;
  wirehound_packet_metadata metadata_{};
  wirehound_udp udp_{};
  std::vector<wirehound_field> fields_;
  Event event_;
};

// As the pipeline does it for a packet.
void Feed(Dispatcher& dispatcher, const Event& event) {
  dispatcher.AdvanceTime(event.view.timestamp_ns);
  dispatcher.Emit(event);
  dispatcher.EndOfTurn();
}

void Measure(benchmark::State& state, const wirehound_detector& table,
             const std::vector<std::string>& filters, const DetectorLimits& limits = {}) {
  const std::int64_t count = state.range(0);
  const DetectorSet set = DetectorSet::Make(Detectors(count, table, filters));
  const std::unique_ptr<Engine> engine =
      *Engine::Create({.detectors = set, .selection = {.detectors = {"all"}}, .limits = limits});
  engine->Start();
  const UdpSample sample(set.catalogue());
  for (auto _ : state) {
    Feed(engine->dispatcher(), sample.event());
  }
  using benchmark::Counter;
  if (count != 0) {
    state.counters["per_call"] =
        Counter(static_cast<double>(count), Counter::kIsIterationInvariantRate | Counter::kInvert);
  }
}

void BM_Dispatch(benchmark::State& state) { Measure(state, kQuiet, {}); }
BENCHMARK(BM_Dispatch)->Arg(0)->Arg(1)->Arg(10)->Arg(100);

void BM_DispatchWithoutBudget(benchmark::State& state) {
  Measure(state, kQuiet, {}, {.time_budget_ns = 0});
}
BENCHMARK(BM_DispatchWithoutBudget)->Arg(1)->Arg(10)->Arg(100);

void BM_DispatchFilterPasses(benchmark::State& state) { Measure(state, kQuiet, {"dst_port=53"}); }
BENCHMARK(BM_DispatchFilterPasses)->Arg(1)->Arg(10)->Arg(100);

void BM_DispatchFilterRefuses(benchmark::State& state) { Measure(state, kQuiet, {"dst_port=54"}); }
BENCHMARK(BM_DispatchFilterRefuses)->Arg(1)->Arg(10)->Arg(100);

void BM_DispatchWithDetection(benchmark::State& state) { Measure(state, kEmitting, {}); }
BENCHMARK(BM_DispatchWithDetection)->Arg(1)->Arg(10)->Arg(100);

// The host of a detector that is called without an engine: it binds by the sample's fields.
std::int32_t BindField(void* /*context*/, wirehound_string /*event*/, wirehound_string field,
                       std::uint32_t /*type*/, std::uint32_t* slot) {
  *slot = std::string_view(field.data, field.size) == "dst_port" ? 3 : 5;
  return WIREHOUND_OK;
}

void BM_BareCall(benchmark::State& state) {
  const Catalogue catalogue;
  const UdpSample sample(catalogue);
  wirehound_host host{};
  host.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_host, config);
  host.resolve_field = &BindField;
  const wirehound_detector* table = &kQuiet;
  benchmark::DoNotOptimize(table);
  std::vector<void*> instances(static_cast<std::size_t>(state.range(0)));
  for (void*& instance : instances) {
    table->create(&host, &instance);
    table->init(instance);
  }
  for (auto _ : state) {
    for (void* instance : instances) {
      benchmark::DoNotOptimize(table->on_event(instance, &sample.event().view));
    }
  }
  for (void* instance : instances) {
    table->close(instance);
    table->destroy(instance);
  }
  using benchmark::Counter;
  state.counters["per_call"] = Counter(static_cast<double>(instances.size()),
                                       Counter::kIsIterationInvariantRate | Counter::kInvert);
}
BENCHMARK(BM_BareCall)->Arg(1)->Arg(10)->Arg(100);

}  // namespace
}  // namespace wirehound
