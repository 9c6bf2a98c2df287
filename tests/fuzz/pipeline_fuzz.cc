// SPDX-License-Identifier: Apache-2.0

// Fuzz target for the whole path from packets to events: every decoder, fragments, streams, DNS and
// HTTP of both versions, each event written as JSON. Beyond not crashing: the account closes, which
// means that every record, fragment and payload byte ended somewhere.
// Input: a pcap or pcapng file, as it is; its packets are the records.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/catalogue/catalogue.h"
#include "engine/event/output.h"
#include "engine/outputs/event_json.h"
#include "engine/pipeline/packet_pipeline.h"
#include "engine/plan/selection.h"
#include "engine/run/detector_set.h"
#include "engine/run/ledger.h"
#include "engine/sources/pcap_reader.h"
#include "engine/sources/pcapng_reader.h"
#include "tests/fuzz/fuzz_check.h"

namespace wirehound {
namespace {

// Formats every event and forgets it.
class DiscardedJson : public Output {
 public:
  Status OnEvent(const Event& event) override {
    buffer_.Clear();
    json_.Append(buffer_, event);
    const std::string_view line = buffer_.text();
    WIREHOUND_FUZZ_CHECK(line.size() > 2 && line.front() == '{' && line.back() == '}');
    return {};
  }
  Status Flush() override { return {}; }

 private:
  EventJson json_;
  JsonBuffer buffer_{0};
};

// The packets of a file in memory as a source.
class MemorySource : public Source {
 public:
  explicit MemorySource(std::span<const std::byte> file) {
    const std::optional<PcapFormat> format = PcapReader::Recognise(file);
    if (PcapngReader::Recognises(file)) {
      reader_ = std::make_unique<PcapngReader>(InputWindow(file));
    } else if (format) {
      reader_ = std::make_unique<PcapReader>(InputWindow(file), *format);
    }
  }

  int poll_fd() const override { return -1; }
  Result<SourceState> Read(RecordSink& sink, std::size_t /*max_records*/) override {
    Record record;
    record.process = &UnknownProcess();
    while (reader_ != nullptr && reader_->Next(record) == ReadStep::kPacket) {
      // The time decides whether it looks like live capture.
      record.direction = static_cast<std::uint8_t>(record.timestamp_ns % 3);
      ++delivered_;
      sink.OnRecord(record);
    }
    return SourceState::kEnd;
  }
  std::vector<SourceCounter> Counters() const override {
    return {{SourceCounter::Kind::kDelivered, "delivered", delivered_}};
  }

 private:
  std::unique_ptr<CaptureReader> reader_;
  std::uint64_t delivered_ = 0;
};

// Small enough that inputs reach the limits.
PipelineLimits SmallLimits() {
  PipelineLimits limits;
  limits.flows.max_flows = 8;
  limits.flows.max_stream_bytes = 8192;
  limits.flows.max_total_bytes = 16384;
  limits.flows.max_tail_bytes = 8192;
  limits.fragments = {.max_datagrams = 4, .max_bytes = 65536};
  limits.dns_buffers = {.small_buffers = 2, .large_buffers = 1};
  limits.http1_bytes = 16384;
  limits.http2 = {.connections = 2, .memory_bytes = 65536, .heads = 1};
  return limits;
}

// What does not change from input to input.
struct Engine {
  Engine() : set(DetectorSet::Make({})) {
    outputs.push_back(std::make_unique<DiscardedJson>());
    plan = *MakePlan({.events = {"network_events", "flows"}, .detectors = {}}, set.catalogue(),
                     set.definitions(), set.graph());
    plan.needs_dns_store = true;
    dispatcher = Dispatcher::Start({plan, set.catalogue(), set.detectors(), configs},
                                   {.time = time, .stores = stores}, outputs);
  }

  DetectorSet set;
  std::vector<std::unique_ptr<Output>> outputs;
  Plan plan;
  StreamTime time;
  Stores stores{StoreOrigin::kCaptureFile, time};
  std::map<std::string, DetectorConfig> configs;
  std::unique_ptr<Dispatcher> dispatcher;
};

void RunPipeline(std::span<const std::byte> file) {
  static Engine engine;
  MemorySource source(file);
  PacketPipeline pipeline(engine.plan, engine.set.catalogue(), *engine.dispatcher,
                          engine.stores.dns, SmallLimits());
  WIREHOUND_FUZZ_CHECK(source.Read(pipeline, 0).has_value());
  pipeline.OnEndOfStream();
  const Ledger ledger = MakeLedger(source, std::nullopt, pipeline, *engine.dispatcher);
  if (!ledger.closes()) {
    std::fprintf(stderr, "%s", DescribeLedger(ledger).c_str());
  }
  WIREHOUND_FUZZ_CHECK(ledger.closes());
  WIREHOUND_FUZZ_CHECK(pipeline.streams().flow_counters().streams.buffered_bytes == 0);
  WIREHOUND_FUZZ_CHECK(pipeline.streams().http1_pool().used_bytes() == 0);
  WIREHOUND_FUZZ_CHECK(pipeline.streams().http2_pool().connections() == 0);
  WIREHOUND_FUZZ_CHECK(pipeline.streams().dns_pool().in_use() == 0);
}

}  // namespace
}  // namespace wirehound

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wirehound::RunPipeline(std::as_bytes(std::span(data, size)));
  return 0;
}
