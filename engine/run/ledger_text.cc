// SPDX-License-Identifier: Apache-2.0

// The text of the ledger, which the program prints at the end of a run. Counters that are 0 are
// left out.

#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "engine/run/ledger.h"

namespace wirehound {

namespace {

constexpr std::array<std::string_view, kPacketLayerCount> kLayerNames = {
    "link", "ipv4", "ipv6", "tcp", "udp", "icmp", "icmpv6", "tunnel", "other transport"};
constexpr std::array<std::string_view, kDecodeStatusCount> kStatusNames = {"ok", "truncated",
                                                                           "malformed", "unknown"};

constexpr std::array<std::string_view, kIgnoredReasonCount> kIgnoredNames = {
    "outside the window", "before the start",  "after the end",   "not captured",
    "not wanted",         "no room",           "connection over", "without ack",
    "unexpected syn",     "implausible reset", "stray reset",     "on a reset"};

// "name 3, other 4"; counts of 0 are left out.
template <typename Names, typename Counts>
std::string ListCounts(const Names& names, const Counts& counts) {
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] != 0) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", names[i], counts[i]);
    }
  }
  return text;
}

struct Count {
  std::uint64_t count;
  std::string_view what;
};

// "3 name, 4 other"; counts of 0 are left out.
std::string ListAmounts(std::initializer_list<Count> counts) {
  std::string text;
  for (const auto& [count, what] : counts) {
    if (count != 0) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
    }
  }
  return text;
}

// Joins the parts that are not empty.
std::string Join(std::initializer_list<std::string> parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (!part.empty()) {
      text += (text.empty() ? "" : ", ") + part;
    }
  }
  return text;
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

std::string DescribeDecoding(const Ledger& ledger) {
  std::string text;
  const auto add = [&text](const std::string& part) {
    if (!part.empty()) {
      text += (text.empty() ? "" : ", ") + part;
    }
  };
  for (std::size_t i = 0; i < ledger.decode.layers.size(); ++i) {
    add(DescribeStatuses(kLayerNames[i], ledger.decode.layers[i]));
  }
  add(DescribeStatuses("dns", ledger.dns.messages));
  if (ledger.http.requests + ledger.http.responses != 0) {
    add(fmt::format("http ({} requests, {} responses)", ledger.http.requests,
                    ledger.http.responses));
  }
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

std::string DescribeConnections(const Ledger& ledger) {
  const FlowTableCounters& flows = ledger.flows;
  if (flows.flows_created == 0) {
    return {};
  }
  std::array<std::string_view, kFlowEndCount> ends;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    ends[i] = FlowEndName(static_cast<FlowEnd>(i));
  }
  const ApplicationCounters& applications = ledger.applications;
  std::string text = fmt::format("connections: {} seen, {} seen to open ({})", flows.flows_created,
                                 flows.flows_begun, ListCounts(ends, flows.flows_ended));
  if (applications.dns + applications.http1 + applications.http2 != 0) {
    text += fmt::format("; {} dns, {} http/1, {} http/2", applications.dns, applications.http1,
                        applications.http2);
  }
  return text;
}

std::string DescribeStreams(const StreamCounters& streams) {
  if (streams.payload_bytes == 0) {
    return {};
  }
  std::array<std::uint64_t, kIgnoredReasonCount> ignored{};
  for (std::size_t i = 0; i < ignored.size(); ++i) {
    ignored[i] = streams.ignored[i].bytes;
  }
  std::string text =
      fmt::format("streams: {} bytes, {} delivered, {} again, {} not used", streams.payload_bytes,
                  streams.delivered_bytes, streams.retransmitted_bytes, streams.ignored_bytes());
  if (const std::string reasons = ListCounts(kIgnoredNames, ignored); !reasons.empty()) {
    text += " (" + reasons + ")";
  }
  if (streams.gaps != 0) {
    text += fmt::format("; {} gaps of {} bytes", streams.gaps, streams.gap_bytes);
  }
  return text;
}

std::string DescribeFragments(const Ledger& ledger) {
  const FragmentCounters& counters = ledger.fragments;
  if (counters.fragments == 0) {
    return {};
  }
  constexpr std::array<std::string_view, 9> kNames = {
      "used",     "duplicate", "malformed",  "too large",      "overlapping",
      "too many", "timed out", "pushed out", "left at the end"};
  const std::array<std::uint64_t, 9> counts = {
      counters.used,      counters.duplicate,   counters.malformed,
      counters.too_large, counters.overlapping, counters.too_many,
      counters.expired,   counters.evicted,     counters.shut_down};
  return fmt::format("fragments: {} in, {} datagrams out ({})", counters.fragments,
                     counters.datagrams, ListCounts(kNames, counts));
}

std::string DescribeAnomalies(const AnomalyEvents::Counters& anomalies) {
  std::array<std::string_view, kAnomalyKindCount> names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i] = AnomalyName(static_cast<AnomalyKind>(i));
  }
  const std::string counts = ListCounts(names, anomalies);
  return counts.empty() ? counts : "anomalies: " + counts;
}

std::string DescribeEvents(const Dispatcher::Counters& dispatch) {
  std::string text = fmt::format("events: {} out, of {} from packets and {} from detectors",
                                 dispatch.shown, dispatch.base_events, dispatch.detector_events);
  const std::pair<std::uint64_t, std::string_view> rest[] = {
      {dispatch.engine_events, "about detectors"},
      {dispatch.gap_events, "about gaps"},
      {dispatch.out_of_scope, "out of scope"},
      {dispatch.hidden, "held back by filters"},
      {dispatch.timers, "timers"},
      {dispatch.timers_postponed, "times too many timers"}};
  for (const auto& [count, what] : rest) {
    if (count != 0) {
      text += fmt::format("; {} {}", count, what);
    }
  }
  return text;
}

// Empty for an output that wrote every event without a wait: the line about events already gives
// that number.
std::string DescribeOutput(const OutputCounters& output) {
  const std::uint64_t waited_ms = output.waited_ns / 1'000'000;
  if (output.dropped + output.failed + waited_ms == 0) {
    return {};
  }
  std::string text =
      fmt::format("output {}: {} events, {} written", output.name, output.events, output.written);
  const std::pair<std::uint64_t, std::string_view> rest[] = {
      {output.dropped, "dropped as its queue was full"},
      {output.failed, "failed to be written"},
      {waited_ms, "ms waited for it"}};
  for (const auto& [count, what] : rest) {
    if (count != 0) {
      text += fmt::format(", {} {}", count, what);
    }
  }
  return text;
}

std::string DescribeMemory(const Ledger& ledger) {
  const std::string text = DescribeCounters(ledger.memory_refused, SourceCounter::Kind::kLost);
  return text.empty() ? text : "left out at a limit of memory:" + text;
}

std::string DescribePart(std::string_view store, std::initializer_list<Count> counts) {
  const std::string text = ListAmounts(counts);
  return text.empty() ? text : fmt::format("{} ({})", store, text);
}

std::string DescribeStores(const StoreCounters& stores) {
  const std::string text =
      Join({DescribePart("dns", {{stores.dns.learnt, "learnt"},
                                 {stores.dns.expired, "expired"},
                                 {stores.dns.evicted, "pushed out"},
                                 {stores.dns.unusable, "names too long"},
                                 {stores.dns.cut_short, "messages cut short"}}),
            DescribePart("processes", {{stores.processes_evicted, "pushed out"},
                                       {stores.processes_refused, "questions refused"},
                                       {stores.processes_not_read, "that ran already not read"},
                                       {stores.tree_answers_evicted, "of a tree pushed out"}}),
            DescribePart("containers", {{stores.containers_evicted, "pushed out"},
                                        {stores.containers_refused, "questions refused"}}),
            DescribePart("shared", {{stores.shared_evicted, "pushed out"},
                                    {stores.shared_refused, "maps refused"}})});
  return text.empty() ? text : "stores: " + text;
}

std::string DescribeRecording(const std::optional<RecordingCounters>& recording) {
  if (!recording) {
    return {};
  }
  const std::string rest =
      ListAmounts({{recording->not_written, "not written"},
                   {recording->files_removed, "files removed to keep the limit"},
                   {recording->files_vanished, "files removed by others"}});
  return fmt::format("recorded: {} records, {} bytes in {} files{}{}", recording->written,
                     recording->bytes, recording->files, rest.empty() ? "" : ", ", rest);
}

std::string DescribeReloads(const ReloadCounters& reloads) {
  const std::string text =
      Join({DescribePart("plugins", {{reloads.added, "added"},
                                     {reloads.replaced, "replaced"},
                                     {reloads.removed, "removed"},
                                     {reloads.refused, "refused"}}),
            DescribePart("configuration", {{reloads.configurations, "read again"},
                                           {reloads.configurations_refused, "refused"}})});
  return text.empty() ? text : "reloads: " + text;
}

std::string DescribeRuntimes(const RuntimeCounters& runtimes) {
  if (runtimes.asked == 0) {
    return {};
  }
  return fmt::format("container runtimes: {} asked ({})", runtimes.asked,
                     ListAmounts({{runtimes.answered, "answered"},
                                  {runtimes.unknown, "unknown to them"},
                                  {runtimes.failed, "failed"},
                                  {runtimes.dropped, "dropped"},
                                  {runtimes.waiting, "left waiting"},
                                  {runtimes.errors, "errors of sockets"}}));
}

}  // namespace

std::string DescribeLedger(const Ledger& ledger) {
  std::string text;
  const auto line = [&text](std::string_view words) {
    text += fmt::format("wirehound: {}\n", words);
  };
  line(fmt::format("records: {} in, {} lost{}, {} not needed{}", ledger.records_in, ledger.lost,
                   DescribeCounters(ledger.source, SourceCounter::Kind::kLost), ledger.filtered,
                   DescribeCounters(ledger.source, SourceCounter::Kind::kFiltered)));
  line(fmt::format("decoded: {}", DescribeDecoding(ledger)));
  const auto lines = [&line](std::initializer_list<std::string> all) {
    for (const std::string& words : all) {
      if (!words.empty()) {
        line(words);
      }
    }
  };
  lines({DescribeConnections(ledger), DescribeStreams(ledger.flows.streams),
         DescribeFragments(ledger), DescribeAnomalies(ledger.anomalies), DescribeMemory(ledger)});
  line(DescribeEvents(ledger.dispatch));
  for (const std::string& detector : ledger.detectors) {
    line("detector " + detector);
  }
  if (ledger.detections_refused != 0) {
    line(fmt::format("detections: {} refused, as one record led to too many",
                     ledger.detections_refused));
  }
  for (const OutputCounters& output : ledger.outputs) {
    lines({DescribeOutput(output)});
  }
  lines({DescribeStores(ledger.stores), DescribeRuntimes(ledger.runtimes),
         DescribeRecording(ledger.recording), DescribeReloads(ledger.reloads)});
  for (const std::string& gap : ledger.gaps) {
    line("the account does not close: " + gap);
  }
  return text;
}

}  // namespace wirehound
