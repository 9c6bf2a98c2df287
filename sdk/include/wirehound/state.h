// SPDX-License-Identifier: Apache-2.0

// State that the engine keeps for a detector, bounded and in stream time: how often something was
// seen in the last minute, what was seen of an address before. Make it in Init, use it in OnEvent
// and OnTimer:
//
//   Status Init(const InitContext& context) override {
//     return queries_.Create(context, {10'000, 60'000'000'000});
//   }
//   Status OnEvent(const EventView& event, const Emitter& emit) override {
//     if (queries_.Add(event.process()->process_entity_id) == 100) { return emit.Detected(); }
//     …
//
// No table has to be written by hand, nothing grows without end, and a replay counts the same.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <wirehound/abi/state_abi.h>
#include <wirehound/detail/byte_map.h>
#include <wirehound/detector.h>

WIREHOUND_NAMESPACE_BEGIN

struct WindowCounterOptions {
  std::uint32_t max_keys = 10'000;           ///< beyond, the key counted longest ago is forgotten
  std::uint64_t window_ns = 60'000'000'000;  ///< one minute
  std::uint32_t buckets = 12;                ///< the window moves on in so many steps; at most 64
};

struct LruMapOptions {
  std::uint32_t max_entries = 10'000;  ///< beyond, the entry used longest ago is forgotten
  std::uint64_t ttl_ns = 0;            ///< an entry this long after it was put is gone; 0: never
};

struct TextLruMapOptions {
  std::uint32_t max_entries = 10'000;
  std::uint32_t max_value_bytes = 256;  ///< reserved for every entry
  std::uint64_t ttl_ns = 0;
};

namespace detail {

/// The host's table for state, or null when it has none.
inline const wirehound_state* FindState(const InitContext& context) {
  return static_cast<const wirehound_state*>(context.Extension(WIREHOUND_STATE_EXTENSION));
}

/// Why a counter or map could not be made.
inline Status CreateStatus(std::string_view what, std::int32_t status) {
  if (status == WIREHOUND_OK) {
    return {};
  }
  const char* reason = status == WIREHOUND_ERROR_LIMIT     ? "more state than a detector may have"
                       : status == WIREHOUND_ERROR_INVALID ? "an option is out of range"
                                                           : "the engine keeps no such state";
  return Error(status == WIREHOUND_ERROR_INVALID ? ErrorCode::kInvalidInput : ErrorCode::kFailed,
               "create " + std::string(what) + ": " + reason);
}

/// Makes a map of this detector's own.
inline Status CreateMap(const InitContext& context, std::string_view what,
                        const TextLruMapOptions& options, ByteMap& map) {
  const wirehound_state* state = FindState(context);
  if (state == nullptr) {
    return CreateStatus(what, WIREHOUND_ERROR_NOT_FOUND);
  }
  const wirehound_map_options abi = {WIREHOUND_STRUCT_SIZE(wirehound_map_options, ttl_ns),
                                     options.max_entries, options.max_value_bytes, 0,
                                     options.ttl_ns};
  std::uint32_t handle = 0;
  const std::int32_t status = state->map_create(state->context, &abi, &handle);
  if (status == WIREHOUND_OK) {
    map = {state->context, handle, state->map_put, state->map_get, state->map_remove};
  }
  return CreateStatus(what, status);
}

/// How many entries of a counter or map had to make room.
inline std::uint64_t Evicted(const wirehound_state* state, std::uint32_t handle) {
  std::uint64_t count = 0;
  if (state != nullptr) {
    state->evicted(state->context, handle, &count);
  }
  return count;
}

}  // namespace detail

/// Sums over a sliding window, by key. Before Create, and for keys that are too long, all are 0.
class WindowCounter {
 public:
  /// In Init, once.
  Status Create(const InitContext& context, const WindowCounterOptions& options = {}) {
    const wirehound_state* state = detail::FindState(context);
    if (state == nullptr) {
      return detail::CreateStatus("counter", WIREHOUND_ERROR_NOT_FOUND);
    }
    const wirehound_counter_options abi = {
        WIREHOUND_STRUCT_SIZE(wirehound_counter_options, buckets), options.max_keys,
        options.window_ns, options.buckets, 0};
    const std::int32_t status = state->counter_create(state->context, &abi, &handle_);
    state_ = status == WIREHOUND_OK ? state : nullptr;
    return detail::CreateStatus("counter", status);
  }

  /// Counts, and gives the key's sum over the window with that.
  std::uint64_t Add(const StateKey& key, std::uint64_t amount = 1) {
    std::uint64_t sum = 0;
    if (state_ != nullptr) {
      state_->counter_add(state_->context, handle_, key.abi(), amount, &sum);
    }
    return sum;
  }
  std::uint64_t Sum(const StateKey& key) const {
    std::uint64_t sum = 0;
    if (state_ != nullptr) {
      state_->counter_sum(state_->context, handle_, key.abi(), &sum);
    }
    return sum;
  }
  /// Forgets a key: after a detection, say, so that the next one needs as much again.
  void Reset(const StateKey& key) {
    if (state_ != nullptr) {
      state_->counter_reset(state_->context, handle_, key.abi());
    }
  }
  /// Keys that still counted and were forgotten to make room.
  std::uint64_t evicted() const { return detail::Evicted(state_, handle_); }

 private:
  const wirehound_state* state_ = nullptr;
  std::uint32_t handle_ = 0;
};

/// Values by key, of a type that is copied byte by byte.
template <typename Value>
class LruMap : public detail::ValueMap<Value> {
 public:
  /// In Init, once.
  Status Create(const InitContext& context, const LruMapOptions& options = {}) {
    state_ = detail::FindState(context);
    return detail::CreateMap(
        context, "map",
        {options.max_entries, static_cast<std::uint32_t>(sizeof(Value)), options.ttl_ns},
        this->map_);
  }
  /// Entries that were forgotten to make room.
  std::uint64_t evicted() const { return detail::Evicted(state_, this->map_.handle); }

 private:
  const wirehound_state* state_ = nullptr;
};

/// Text by key.
class TextLruMap : public detail::TextMap {
 public:
  /// In Init, once.
  Status Create(const InitContext& context, const TextLruMapOptions& options = {}) {
    state_ = detail::FindState(context);
    return detail::CreateMap(context, "map", options, map_);
  }
  /// Entries that were forgotten to make room.
  std::uint64_t evicted() const { return detail::Evicted(state_, map_.handle); }

 private:
  const wirehound_state* state_ = nullptr;
};

WIREHOUND_NAMESPACE_END
