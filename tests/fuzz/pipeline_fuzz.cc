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

#include "engine/event/output.h"
#include "engine/outputs/event_json.h"
#include "engine/run/engine.h"
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
  void Stop() override {}
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

void RunPipeline(std::span<const std::byte> file) {
  static const DetectorSet kNoDetectors = DetectorSet::Make({});
  Result<std::unique_ptr<Engine>> made =
      Engine::Create({.detectors = kNoDetectors,
                      .selection = {.events = {"network_events", "flows"}},
                      .pipeline = SmallLimits()});
  WIREHOUND_FUZZ_CHECK(made.has_value());
  Engine& engine = **made;
  engine.UseSource(std::make_unique<MemorySource>(file));
  engine.AddOutput(std::make_unique<DiscardedJson>());
  engine.Start();
  WIREHOUND_FUZZ_CHECK(engine.Read(0).has_value());
  engine.OnEndOfStream();
  engine.Close();
  const Ledger ledger = MakeLedger(engine);
  if (!ledger.closes()) {
    std::fprintf(stderr, "%s", DescribeLedger(ledger).c_str());
  }
  WIREHOUND_FUZZ_CHECK(ledger.closes());
  const StreamPipeline& streams = engine.pipeline().streams();
  WIREHOUND_FUZZ_CHECK(streams.flow_counters().streams.buffered_bytes == 0);
  WIREHOUND_FUZZ_CHECK(streams.http1_pool().used_bytes() == 0);
  WIREHOUND_FUZZ_CHECK(streams.http2_pool().connections() == 0);
  WIREHOUND_FUZZ_CHECK(streams.dns_pool().in_use() == 0);
}

}  // namespace
}  // namespace wirehound

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wirehound::RunPipeline(std::as_bytes(std::span(data, size)));
  return 0;
}
