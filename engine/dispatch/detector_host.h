// SPDX-License-Identifier: Apache-2.0

// DetectorHost: the engine as one detector sees it: the host table of abi/detector_abi.h with its
// extensions, and the log, configuration, timers, state and stores behind them. No exception
// leaves it into a plugin. Dispatch and control thread, which are one. Its address must not change,
// because the plugin keeps a pointer to the table.

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

/// What a detector is started with. `detector` must outlive the instance, and `subscriptions` must
/// live until SetSubscriptions replaces them. `catalogue` is used until the start is over; `config`
/// is copied.
struct InstanceSetup {
  const LoadedDetector& detector;
  const DetectorConfig& config;
  const Catalogue& catalogue;
  const Subscriptions& subscriptions;
};

class DetectorHost {
 public:
  struct Counters {
    std::uint64_t emitted = 0;  ///< detections accepted
    std::uint64_t refused = 0;  ///< detections that break a rule or find the queue full
  };

  /// `instance` is the owner, on which the dispatcher calls OnTimer; `parts` must outlive this.
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

  /// Enclose Init. Timers started in between wait until stream time begins. EndInit also ends the
  /// time in which the detector may resolve events and fields.
  void BeginInit() { timers_.SetPhase(TimerPhase::kInit); }
  void EndInit() {
    catalogue_ = nullptr;
    timers_.SetPhase(TimerPhase::kRunning);
  }

  /// Enclose each call during which the detector may emit.
  void BeginCall(const DetectionOrigin& origin) {
    origin_ = {origin.context, origin.cause};
    loss_before_call_ = loss_reported_;
  }
  void EndCall() { origin_.context = nullptr; }

 private:
  Completeness Missing() const;
  const EventDefinition* RequiredEvent(std::string_view event, bool& required) const;

  // The functions of the host table; `context` is the DetectorHost.
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
  DetectionOrigin origin_;  // without a context Emit refuses every detection
  DetectionQueue& detections_;
  const DispatchParts& parts_;
  const DetectorInstance& instance_;
  // Values of parts_.lost_records. A detection reports the records lost since the last call in
  // which the detector emitted, so it needs the value before this call and the value to come.
  std::uint64_t loss_before_call_;
  std::uint64_t loss_reported_;
  DetectionMaker maker_;
  Counters counters_;
  const DetectorDefinition& definition_;
  const Catalogue* catalogue_;  // null after EndInit
  const DetectorConfig config_;
  std::shared_ptr<spdlog::logger> logger_;  // shared: spdlog keeps loggers by name
  detail::FlatArrays threat_arrays_;
  wirehound_threat threat_{};
  InstanceTimers timers_;
  InstanceState state_;
  StoreExtensions stores_;
};

}  // namespace wirehound
