// SPDX-License-Identifier: Apache-2.0

// Ledger: the account of a run. Adds up what the source, the decoders and the dispatcher counted,
// says whether it closes (in = out + filtered + lost, at every stage) and puts it into words.
// Built at the end from counters; nothing here is on the hot path.

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

/// What the stores learnt, forgot to make room, and refused.
struct StoreCounters {
  DnsStore::Counters dns;
  std::uint64_t processes_evicted = 0;
  std::uint64_t processes_refused = 0;   ///< questions: too many in one turn
  std::uint64_t processes_not_read = 0;  ///< that ran already, too many
  std::uint64_t tree_answers_evicted = 0;
  std::uint64_t containers_evicted = 0;
  std::uint64_t containers_refused = 0;  ///< questions: too many in one turn
  std::uint64_t shared_evicted = 0;
  std::uint64_t shared_refused = 0;  ///< maps: too many, or too large
};

struct Ledger {
  std::uint64_t records_in = 0;  ///< delivered by the source
  std::uint64_t filtered = 0;    ///< left out by the source on purpose
  std::uint64_t lost = 0;        ///< wanted and not delivered
  std::vector<SourceCounter> source;
  DecodeCounters decode;
  DnsEvents::Counters dns;
  HttpEvents::Counters http;
  FlowTableCounters flows;
  ApplicationCounters applications;
  FragmentCounters fragments;
  std::uint64_t fragments_waiting = 0;
  AnomalyEvents::Counters anomalies{};
  std::vector<SourceCounter> memory_refused;  ///< what the limits of the pipeline left out
  Dispatcher::Counters dispatch;
  std::uint64_t detections_refused = 0;
  GapEvents::Counters capture_gaps;
  std::vector<OutputCounters> outputs;  ///< those that keep an account
  StoreCounters stores;
  RuntimeCounters runtimes;                    ///< of whoever asks: MakeLedger leaves it at 0
  std::optional<RecordingCounters> recording;  ///< of --write
  ReloadCounters reloads;                      ///< of whoever reloads: MakeLedger leaves it at 0
  std::vector<std::string> detectors;          ///< one line each
  std::vector<std::string> gaps;               ///< one line for each sum that does not add up

  bool closes() const { return gaps.empty(); }
};

/// The account of an engine that has a source.
Ledger MakeLedger(const Engine& engine);

/// A few lines for people, each starting with "wirehound: ".
std::string DescribeLedger(const Ledger& ledger);

}  // namespace wirehound
