// SPDX-License-Identifier: Apache-2.0

#include "engine/ledger.h"

#include <array>
#include <iterator>
#include <numeric>
#include <string_view>

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

// Each stage's sum, checked where both sides of it were counted apart.
void CheckSums(Ledger& ledger, std::optional<std::uint64_t> seen) {
  const auto check = [&ledger](std::string_view what, std::uint64_t in, std::uint64_t out) {
    if (in != out) {
      ledger.gaps.push_back(fmt::format("{}: {} in, {} accounted for", what, in, out));
    }
  };
  if (seen) {
    check("capture", *seen, ledger.records_in + ledger.filtered + ledger.lost);
  }
  check("records", ledger.records_in, ledger.decode.records);
  check("decoding", ledger.decode.records + ledger.decode.encapsulated,
        Sum(ledger.decode.layers[static_cast<std::size_t>(PacketLayer::kLink)]));
  check("fragments", ledger.fragments.fragments, SumOfFragments(ledger));
  const StreamCounters& streams = ledger.flows.streams;
  check("streams", streams.payload_bytes,
        streams.delivered_bytes + streams.retransmitted_bytes + streams.ignored_bytes() +
            streams.buffered_bytes);
}

std::string DescribeDetector(const DetectorInstance& detector) {
  const DetectorInstance::Counters& counters = detector.counters();
  std::string text = fmt::format("{}: {} events in, {} out, {} errors", detector.definition().id,
                                 counters.events_in, counters.events_out, counters.errors);
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

}  // namespace

Ledger MakeLedger(const Source& source, std::optional<std::uint64_t> seen,
                  const PacketPipeline& pipeline, const Dispatcher& dispatcher) {
  Ledger ledger;
  ledger.source = source.Counters();
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
  ledger.findings_refused = dispatcher.findings().overflows();
  for (const auto& detector : dispatcher.detectors()) {
    ledger.detectors.push_back(DescribeDetector(*detector));
  }
  CheckSums(ledger, seen);
  return ledger;
}

}  // namespace wirehound
