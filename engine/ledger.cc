// SPDX-License-Identifier: Apache-2.0

#include "engine/ledger.h"

#include <array>
#include <iterator>
#include <numeric>
#include <string_view>

#include <fmt/format.h>

namespace wirehound {

namespace {

constexpr std::array<std::string_view, kPacketLayerCount> kLayerNames = {
    "link", "ipv4", "ipv6", "tcp", "udp", "other transport"};
constexpr std::array<std::string_view, kDecodeStatusCount> kStatusNames = {"ok", "truncated",
                                                                           "malformed", "unknown"};

std::uint64_t Sum(const DecodeCounters::PerStatus& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
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
  check("decoding", ledger.decode.records,
        Sum(ledger.decode.layers[static_cast<std::size_t>(PacketLayer::kLink)]));
}

std::string DescribeStatuses(std::string_view layer, const DecodeCounters::PerStatus& counts) {
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] != 0) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", counts[i], kStatusNames[i]);
    }
  }
  return text.empty() ? text : fmt::format("{} ({})", layer, text);
}

std::string DescribeDecoding(const DecodeCounters& decode) {
  std::string text;
  const auto add = [&text](const std::string& part) {
    if (!part.empty()) {
      text += (text.empty() ? "" : ", ") + part;
    }
  };
  for (std::size_t i = 0; i < decode.layers.size(); ++i) {
    add(DescribeStatuses(kLayerNames[i], decode.layers[i]));
  }
  add(DescribeStatuses("dns", decode.dns));
  return text.empty() ? "nothing" : text;
}

std::string DescribeCounters(const std::vector<SourceCounter>& counters, SourceCounter::Kind kind) {
  std::string text;
  for (const SourceCounter& counter : counters) {
    if (counter.kind == kind && counter.count != 0) {
      text += fmt::format("{}{} {}", text.empty() ? " (" : ", ", counter.name, counter.count);
    }
  }
  return text.empty() ? text : text + ")";
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
  ledger.decode = pipeline.counters();
  ledger.dispatch = dispatcher.counters();
  ledger.findings_refused = dispatcher.findings().overflows();
  for (const auto& detector : dispatcher.detectors()) {
    ledger.detectors.push_back(DescribeDetector(*detector));
  }
  CheckSums(ledger, seen);
  return ledger;
}

std::string DescribeLedger(const Ledger& ledger) {
  std::string text;
  const auto line = [&text](std::string_view words) {
    text += fmt::format("wirehound: {}\n", words);
  };
  line(fmt::format("records: {} in, {} lost{}, {} not needed{}", ledger.records_in, ledger.lost,
                   DescribeCounters(ledger.source, SourceCounter::Kind::kLost), ledger.filtered,
                   DescribeCounters(ledger.source, SourceCounter::Kind::kFiltered)));
  line(fmt::format("decoded: {}", DescribeDecoding(ledger.decode)));
  line(fmt::format("events: {} out, of {} from packets and {} from detectors",
                   ledger.dispatch.shown, ledger.dispatch.base_events,
                   ledger.dispatch.detector_events));
  for (const std::string& detector : ledger.detectors) {
    line("detector " + detector);
  }
  if (ledger.findings_refused != 0) {
    line(fmt::format("detections: {} refused, as one record led to too many",
                     ledger.findings_refused));
  }
  for (const std::string& gap : ledger.gaps) {
    line("the account does not close: " + gap);
  }
  return text;
}

}  // namespace wirehound
