// SPDX-License-Identifier: Apache-2.0

// DetectorHost: the engine as one detector sees it: the host table of abi/detector_abi.h with its
// extensions, and what stands behind it: log, configuration, timers, state, stores. Nothing here
// throws into a plugin. Dispatch and control thread, which are one; the address must not change,
// as the plugin holds the table.

#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <spdlog/fwd.h>
#include <wirehound/abi/detector_abi.h>
#include <wirehound/detector.h>

#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/loaded_detector.h"
#include "engine/config/detector_config.h"
#include "engine/dispatch/dispatch_parts.h"
#include "engine/dispatch/instance_timers.h"
#include "engine/plan/subscription.h"
#include "engine/state/instance_state.h"
#include "engine/stores/store_extensions.h"

namespace wirehound {

/// What a detector is started with. `detector` must outlive it, `catalogue` its start,
/// `subscriptions` the plan that they are of; `config` is copied.
struct InstanceSetup {
  const LoadedDetector& detector;
  const DetectorConfig& config;
  const Catalogue& catalogue;
  const Subscriptions& subscriptions;
};

class DetectorHost {
 public:
  struct Counters {
    std::uint64_t emitted = 0;  ///< detections taken
    std::uint64_t refused = 0;  ///< detections that break a rule, or have no room
  };

  /// `instance` is who is told of timers; `parts` must outlive this.
  DetectorHost(const InstanceSetup& setup, DispatchParts& parts, DetectorInstance& instance);
  DetectorHost(const DetectorHost&) = delete;
  DetectorHost& operator=(const DetectorHost&) = delete;

  const wirehound_host& table() const { return table_; }
  spdlog::logger& logger() const { return *logger_; }
  const DetectorConfig& config() const { return config_; }
  const EventDefinition& produced() const { return *maker_.event; }
  InstanceTimers& timers() { return timers_; }
  const InstanceTimers& timers() const { return timers_; }
  const InstanceState& state() const { return state_; }
  const Counters& counters() const { return counters_; }

  /// Between these the detector may bind fields, and its timers wait for stream time to begin.
  void BeginInit() { timers_.SetPhase(TimerPhase::kInit); }
  void EndInit() {
    catalogue_ = nullptr;
    timers_.SetPhase(TimerPhase::kRunning);
  }

  /// Between these it may emit.
  void BeginCall(const DetectionOrigin& origin) {
    origin_ = {origin.context, origin.cause};
    loss_told_ = loss_known_;
  }
  void EndCall() { origin_.context = nullptr; }

 private:
  Completeness Missing() const;
  const EventDefinition* RequiredEvent(std::string_view event, bool& required) const;

  // The host table: each gets this back as its context.
  static void Log(void* context, std::uint32_t level, wirehound_string message,
                  const wirehound_named_value* values, std::uint32_t value_count);
  static std::int32_t ResolveEvent(void* context, wirehound_string event, std::uint32_t* event_id);
  static std::int32_t ResolveField(void* context, wirehound_string event, wirehound_string field,
                                   std::uint32_t type, std::uint32_t* slot);
  static std::int32_t Emit(void* context, const wirehound_finding* detection);
  static const void* GetExtension(void* context, wirehound_string name);
  static std::int32_t Config(void* context, wirehound_string name, std::uint32_t type,
                             wirehound_value* value);

  wirehound_host table_{};
  DetectionOrigin origin_;  // no context: nothing may be emitted
  DetectionQueue& detections_;
  const DispatchParts& parts_;
  const DetectorInstance& instance_;
  // Of parts_.lost_records: what detections before this call have told, those of this call too.
  std::uint64_t loss_told_;
  std::uint64_t loss_known_;
  DetectionMaker maker_;
  Counters counters_;
  const DetectorDefinition& definition_;
  const Catalogue* catalogue_;  // null once the detector is initialised
  const DetectorConfig config_;
  std::shared_ptr<spdlog::logger> logger_;  // shared: spdlog keeps loggers by name
  detail::FlatArrays threat_arrays_;
  wirehound_threat threat_{};
  InstanceTimers timers_;
  InstanceState state_;
  StoreExtensions stores_;
};

}  // namespace wirehound
