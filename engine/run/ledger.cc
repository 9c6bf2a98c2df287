// SPDX-License-Identifier: Apache-2.0

#include "engine/run/ledger.h"

#include <array>
#include <iterator>
#include <numeric>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace wirehound {

namespace {

std::uint64_t Sum(const DecodeCounters::PerStatus& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::uint64_t SumOfFragments(const Ledger& ledger) {
  const FragmentCounters& counters = ledger.fragments;
  return counters.used + counters.duplicate + counters.malformed + counters.too_large +
         counters.overlapping + counters.too_many + counters.expired + counters.evicted +
         counters.shut_down + ledger.fragments_waiting;
}

// Adds a line to `gaps` for each stage whose sum does not close. Checks only sums whose two sides
// come from separate counters; any other check would always pass.
void CheckSums(Ledger& ledger, std::optional<std::uint64_t> seen) {
  const auto check = [&ledger](const std::string& what, std::uint64_t in, std::uint64_t out) {
    if (in != out) {
      ledger.gaps.push_back(fmt::format("{}: {} in, {} accounted for", what, in, out));
    }
  };
  if (seen) {
    check("capture", *seen, ledger.records_in + ledger.filtered + ledger.lost);
    check("gaps", ledger.lost, ledger.capture_gaps.records);
  }
  check("records", ledger.records_in, ledger.decode.records);
  check("decoding", ledger.decode.records + ledger.decode.encapsulated,
        Sum(ledger.decode.layers[static_cast<std::size_t>(PacketLayer::kLink)]));
  check("fragments", ledger.fragments.fragments, SumOfFragments(ledger));
  const StreamCounters& streams = ledger.flows.streams;
  check("streams", streams.payload_bytes,
        streams.delivered_bytes + streams.retransmitted_bytes + streams.ignored_bytes() +
            streams.buffered_bytes);
  for (const OutputCounters& output : ledger.outputs) {
    check("events for " + output.name, ledger.dispatch.shown, output.events);
    check("output to " + output.name, output.events,
          output.written + output.dropped + output.failed);
  }
  if (ledger.recording) {
    check("recording", ledger.records_in,
          ledger.recording->written + ledger.recording->not_written);
  }
}

std::string DescribeCounts(const DetectorInstance::Counters& counters) {
  std::string text = fmt::format("{} events in, {} out, {} errors", counters.events_in,
                                 counters.events_out, counters.errors);
  const std::pair<std::uint64_t, std::string_view> rest[] = {
      {counters.filtered, "filtered"},
      {counters.timers, "timers"},
      {counters.timers_refused, "timers refused"},
      {counters.state_refused, "counters or maps refused"},
      {counters.state_evicted, "entries of its state pushed out"},
      {counters.refused, "detections refused"},
      {counters.overruns, "over the time budget"}};
  for (const auto& [count, what] : rest) {
    if (count != 0) {
      text += fmt::format(", {} {}", count, what);
    }
  }
  if (counters.timed_calls != 0) {
    text += fmt::format(", about {} ns a call, {} at most",
                        counters.timed_ns / counters.timed_calls, counters.timed_max_ns);
  }
  return text;
}

std::string DescribeDetector(const DetectorInstance& detector) {
  const DetectorInstance::Counters counters = detector.counters();
  std::string text = detector.definition().id + ": " + DescribeCounts(counters);
  if (detector.suspended()) {
    text += fmt::format(", suspended, {} events not shown to it", counters.skipped);
  }
  return text;
}

void TakeDecoding(Ledger& ledger, const PacketPipeline& pipeline) {
  const StreamPipeline& streams = pipeline.streams();
  ledger.decode = pipeline.counters();
  ledger.dns = pipeline.dns();
  ledger.http = pipeline.http();
  ledger.flows = streams.flow_counters();
  ledger.applications = streams.applications();
  ledger.fragments = pipeline.fragments().counters();
  ledger.fragments_waiting = pipeline.fragments().held_fragments();
  ledger.anomalies = pipeline.anomalies();
  const Http2Counters& http2 = streams.http2_pool().counters();
  constexpr auto kLost = SourceCounter::Kind::kLost;
  ledger.memory_refused = {{kLost, "http1_memory", streams.http1_pool().refused()},
                           {kLost, "http2_connections", http2.connections_refused},
                           {kLost, "http2_messages", http2.messages_left_out},
                           {kLost, "http2_requests", http2.requests_not_kept},
                           {kLost, "dns_memory", streams.dns_pool().refused()}};
}

StoreCounters CountStores(const Stores& stores) {
  return {.dns = stores.dns.counters(),
          .processes_evicted = stores.processes.evicted(),
          .processes_refused = stores.processes.refused(),
          .processes_not_read = stores.processes.not_read(),
          .tree_answers_evicted = stores.processes.tree_answers_evicted(),
          .containers_evicted = stores.containers.evicted(),
          .containers_refused = stores.containers.refused(),
          .shared_evicted = stores.shared.evicted(),
          .shared_refused = stores.shared.refused()};
}

}  // namespace

Ledger MakeLedger(const Engine& engine) {
  const Dispatcher& dispatcher = engine.dispatcher();
  const PacketPipeline& pipeline = engine.pipeline();
  Ledger ledger;
  ledger.source = engine.source()->Counters();
  for (const SourceCounter& counter : ledger.source) {
    switch (counter.kind) {
      case SourceCounter::Kind::kDelivered:
        ledger.records_in += counter.count;
        break;
      case SourceCounter::Kind::kFiltered:
        ledger.filtered += counter.count;
        break;
      case SourceCounter::Kind::kLost:
        ledger.lost += counter.count;
        break;
    }
  }
  TakeDecoding(ledger, pipeline);
  ledger.dispatch = dispatcher.counters();
  ledger.detections_refused = dispatcher.detections().overflows();
  ledger.capture_gaps = pipeline.gaps();
  ledger.stores = CountStores(engine.stores());
  for (const auto& output : engine.outputs()) {
    if (OutputCounters counters = output->counters(); !counters.name.empty()) {
      ledger.outputs.push_back(std::move(counters));
    }
  }
  for (const auto& detector : dispatcher.detectors()) {
    ledger.detectors.push_back(DescribeDetector(*detector));
  }
  for (const auto& [id, counters] : dispatcher.past_detectors()) {
    ledger.detectors.push_back(id + ", ended earlier: " + DescribeCounts(counters));
  }
  if (engine.recorder() != nullptr) {
    ledger.recording = engine.recorder()->counters();
  }
  CheckSums(ledger, engine.source()->Seen());
  return ledger;
}

}  // namespace wirehound
