// SPDX-License-Identifier: Apache-2.0

// Detectors whose behaviour a test writes down as functions. They go through the same thunks as
// those of a shared object, so the engine cannot tell them from plugins; no file is needed.

#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <wirehound/detector.h>

#include "engine/plugins/plugin_loader.h"

namespace wirehound::test {

/// The functions of one detector, and how often each was called. A function that is not set
/// succeeds.
struct Script {
  DetectorDefinition definition;
  std::function<void()> construct;
  std::function<Status(const InitContext&)> init;
  std::function<Status(const EventView&, const Emitter&)> on_event;
  std::function<Status(const wirehound_timer&, const Emitter&)> on_timer;
  std::function<Status()> close;
  std::function<void()> destroy;

  int described = 0;
  int created = 0;
  int initialised = 0;
  int events = 0;
  int timers = 0;
  int closed = 0;
  int destroyed = 0;
};

namespace detail {

inline constexpr std::size_t kScriptSlots = 8;
// The script of each class below. A detector table carries no context pointer, so the class is the
// only way to tell the detectors apart.
inline std::array<Script*, kScriptSlots> script_slots{};

template <std::size_t kSlot>
class ScriptedDetector : public Detector {
 public:
  ScriptedDetector() {
    ++script().created;
    Call(script().construct);
  }
  ~ScriptedDetector() override {
    ++script().destroyed;
    Call(script().destroy);
  }
  DetectorDefinition GetDefinition() const override {
    ++script().described;
    return script().definition;
  }
  Status Init(const InitContext& context) override {
    ++script().initialised;
    return Call(script().init, context);
  }
  Status OnEvent(const EventView& event, const Emitter& emit) override {
    ++script().events;
    return Call(script().on_event, event, emit);
  }
  Status OnTimer(const wirehound_timer& timer, const Emitter& emit) override {
    ++script().timers;
    return Call(script().on_timer, timer, emit);
  }
  Status Close() override {
    ++script().closed;
    return Call(script().close);
  }

 private:
  static Script& script() { return *script_slots[kSlot]; }

  template <typename Result, typename... Arguments>
  static Result Call(const std::function<Result(Arguments...)>& function,
                     const std::common_type_t<Arguments>&... arguments) {
    return function ? function(arguments...) : Result();
  }
};

template <std::size_t kSlot>
inline constexpr wirehound_detector kScriptedTable =
    wirehound::detail::MakeTable<ScriptedDetector<kSlot>>();

template <std::size_t... kSlots>
const wirehound_detector* ScriptedTable(std::size_t slot, std::index_sequence<kSlots...>) {
  constexpr std::array<const wirehound_detector*, sizeof...(kSlots)> kTables = {
      &kScriptedTable<kSlots>...};
  return kTables.at(slot);
}

}  // namespace detail

/// Up to eight scripted detectors. One of these may exist at a time; it must outlive every engine
/// that runs its detectors.
class ScriptedDetectors {
 public:
  ScriptedDetectors() = default;
  ScriptedDetectors(const ScriptedDetectors&) = delete;
  ScriptedDetectors& operator=(const ScriptedDetectors&) = delete;

  /// Adds a detector, as if loaded after the others.
  Script& Add(DetectorDefinition definition) {
    scripts_.push_back(std::make_unique<Script>());
    scripts_.back()->definition = std::move(definition);
    detail::script_slots.at(scripts_.size() - 1) = scripts_.back().get();
    return *scripts_.back();
  }

  /// The script of the detector that was added at this place, from 0.
  Script& script(std::size_t place) { return *scripts_.at(place); }

  /// Returns what the plugin loader would return for these detectors.
  LoadedPlugins Load() const {
    LoadedPlugins plugins;
    for (std::size_t slot = 0; slot < scripts_.size(); ++slot) {
      plugins.detectors.push_back(
          {detail::ScriptedTable(slot, std::make_index_sequence<detail::kScriptSlots>()),
           scripts_[slot]->definition, "slot" + std::to_string(slot) + ".so"});
    }
    return plugins;
  }

 private:
  std::vector<std::unique_ptr<Script>> scripts_;
};

}  // namespace wirehound::test
