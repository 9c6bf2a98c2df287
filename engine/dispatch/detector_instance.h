// SPDX-License-Identifier: Apache-2.0

// DetectorInstance: one running detector: the plugin's instance, the host table it talks to, its
// counters. The only place that calls a detector's functions after it is loaded. Calls happen on
// the dispatch thread; the address must not change, as the plugin holds the host table.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <spdlog/logger.h>
#include <wirehound/abi/detector_abi.h>
#include <wirehound/result.h>

#include "engine/catalogue/catalogue.h"
#include "engine/dispatch/event.h"
#include "engine/dispatch/finding_queue.h"
#include "engine/plugin_loader/plugin_loader.h"

namespace wirehound {

class DetectorInstance {
 public:
  /// Errors in a row after which a detector sees no more events.
  static constexpr std::uint32_t kMaxErrorsInARow = 100;

  struct Counters {
    std::uint64_t events_in = 0;
    std::uint64_t events_out = 0;
    std::uint64_t errors = 0;
    std::uint64_t skipped = 0;  ///< events not shown to it because it is suspended
  };

  /// Creates and initialises. `detector`, `catalogue` and `findings` must outlive the instance.
  static Result<std::unique_ptr<DetectorInstance>> Start(const LoadedDetector& detector,
                                                         const Catalogue& catalogue,
                                                         FindingQueue& findings);

  /// Closes, if that has not been done, and destroys.
  ~DetectorInstance();
  DetectorInstance(const DetectorInstance&) = delete;
  DetectorInstance& operator=(const DetectorInstance&) = delete;

  /// Shows it one event. What goes wrong is counted and logged, and stays here.
  void OnEvent(const Event& event);

  /// Ends it. An error is logged. Does nothing the second time.
  void Close();

  const DetectorDefinition& definition() const { return detector_.definition; }
  const Counters& counters() const { return counters_; }
  bool suspended() const { return suspended_; }

 private:
  DetectorInstance(const LoadedDetector& detector, const Catalogue& catalogue,
                   FindingQueue& findings);

  Status Init();
  void CountError(std::int32_t status);
  std::string LastError() const;
  bool Requires(std::string_view event) const;

  // The host table: each gets the instance back as its context.
  static void Log(void* context, std::uint32_t level, wirehound_string message,
                  const wirehound_named_value* values, std::uint32_t value_count);
  static std::int32_t ResolveEvent(void* context, wirehound_string event, std::uint32_t* event_id);
  static std::int32_t ResolveField(void* context, wirehound_string event, wirehound_string field,
                                   std::uint32_t type, std::uint32_t* slot);
  static std::int32_t Emit(void* context, const wirehound_finding* finding);
  static const void* GetExtension(void* context, wirehound_string name);

  const LoadedDetector& detector_;
  const Catalogue& catalogue_;
  FindingQueue& findings_;
  const EventDefinition& produced_;
  std::shared_ptr<spdlog::logger> logger_;  // shared: spdlog keeps loggers by name
  wirehound_host host_{};
  void* instance_ = nullptr;
  const Event* current_ = nullptr;  // the event being shown, for emit
  bool running_ = false;            // between a successful init and close
  bool suspended_ = false;
  std::uint32_t errors_in_a_row_ = 0;
  std::uint64_t next_error_report_ = 1;
  Counters counters_;
};

}  // namespace wirehound
