// SPDX-License-Identifier: Apache-2.0

// Ledger: the account of a run. It adds up the counters of source, decoders and dispatcher, checks
// that every stage closes (in = out + filtered + lost), and describes the result in text. It is
// built from counters at the end of a run, never on the hot path.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/recording/recording_file.h"
#include "engine/run/engine.h"
#include "engine/run/reload_counters.h"
#include "engine/runtimes/runtime_counters.h"

namespace wirehound {

/// What the stores learnt, evicted to make room, and refused.
struct StoreCounters {
  DnsStore::Counters dns;
  std::uint64_t processes_evicted = 0;
  std::uint64_t processes_refused = 0;   ///< queries refused: too many in one turn
  std::uint64_t processes_not_read = 0;  ///< processes that already ran, beyond the limit
  std::uint64_t tree_answers_evicted = 0;
  std::uint64_t containers_evicted = 0;
  std::uint64_t containers_refused = 0;  ///< queries refused: too many in one turn
  std::uint64_t shared_evicted = 0;
  std::uint64_t shared_refused = 0;  ///< maps refused: too many, or too large
};

struct Ledger {
  std::uint64_t records_in = 0;  ///< records that the source delivered
  std::uint64_t filtered = 0;    ///< records that the source left out on purpose
  std::uint64_t lost = 0;        ///< records wanted but not delivered
  std::vector<SourceCounter> source;
  DecodeCounters decode;
  DnsEvents::Counters dns;
  HttpEvents::Counters http;
  FlowTableCounters flows;
  ApplicationCounters applications;
  FragmentCounters fragments;
  std::uint64_t fragments_waiting = 0;
  AnomalyEvents::Counters anomalies{};
  std::vector<SourceCounter> memory_refused;  ///< what memory limits of the pipeline excluded
  Dispatcher::Counters dispatch;
  std::uint64_t detections_refused = 0;
  GapEvents::Counters capture_gaps;
  std::vector<OutputCounters> outputs;  ///< only of outputs that count
  StoreCounters stores;
  RuntimeCounters runtimes;                    ///< MakeLedger leaves it at 0; the caller fills it
  std::optional<RecordingCounters> recording;  ///< of --write
  ReloadCounters reloads;                      ///< MakeLedger leaves it at 0; the caller fills it
  std::vector<std::string> detectors;          ///< one line each
  std::vector<std::string> gaps;               ///< one line for each sum that does not add up

  bool closes() const { return gaps.empty(); }
};

/// Builds the account of an engine that has a source.
Ledger MakeLedger(const Engine& engine);

/// A few lines for people, each starting with "wirehound: ".
std::string DescribeLedger(const Ledger& ledger);

}  // namespace wirehound
