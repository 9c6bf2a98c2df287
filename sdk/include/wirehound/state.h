// SPDX-License-Identifier: Apache-2.0

// State that the engine keeps for a detector, bounded and in stream time: the number of events in
// the last minute, values by address. Create it in Init, use it in OnEvent and OnTimer:
//
//   Status Init(const InitContext& context) override {
//     return queries_.Create(context, {10'000, 60'000'000'000});
//   }
//   Status OnEvent(const EventView& event, const Emitter& emit) override {
//     if (queries_.Add(event.process()->process_entity_id) == 100) { return emit.Detected(); }
//     …
//
// The engine bounds the memory, and a replay of the same packets gives the same counts.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <wirehound/abi/state_abi.h>
#include <wirehound/detail/byte_map.h>
#include <wirehound/detector.h>

WIREHOUND_NAMESPACE_BEGIN

struct WindowCounterOptions {
  std::uint32_t max_keys = 10'000;           ///< one more evicts the key counted longest ago
  std::uint64_t window_ns = 60'000'000'000;  ///< one minute
  std::uint32_t buckets = 12;  ///< parts of the window, which expire as a whole; at most 64
};

struct LruMapOptions {
  std::uint32_t max_entries = 10'000;  ///< one more evicts the entry used longest ago
  std::uint64_t ttl_ns = 0;            ///< an entry expires this long after it was put; 0: never
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

/// The error of a counter or map that could not be created.
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

/// Creates a map that is private to this detector.
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

/// The number of evicted entries of a counter or map.
inline std::uint64_t Evicted(const wirehound_state* state, std::uint32_t handle) {
  std::uint64_t count = 0;
  if (state != nullptr) {
    state->evicted(state->context, handle, &count);
  }
  return count;
}

}  // namespace detail

/// Sums over a sliding window, by key. Before Create, and for a key that is too long, a sum is 0.
class WindowCounter {
 public:
  /// Call it once, in Init.
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

  /// Adds to a key and returns its sum over the window, the addition included.
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
  /// Removes a key, for example after a detection, so that counting starts again.
  void Reset(const StateKey& key) {
    if (state_ != nullptr) {
      state_->counter_reset(state_->context, handle_, key.abi());
    }
  }
  /// The number of keys that were evicted with a sum in the window.
  std::uint64_t evicted() const { return detail::Evicted(state_, handle_); }

 private:
  const wirehound_state* state_ = nullptr;
  std::uint32_t handle_ = 0;
};

/// Values by key, of a type that is copied byte by byte.
template <typename Value>
class LruMap : public detail::ValueMap<Value> {
 public:
  /// Call it once, in Init.
  Status Create(const InitContext& context, const LruMapOptions& options = {}) {
    state_ = detail::FindState(context);
    return detail::CreateMap(
        context, "map",
        {options.max_entries, static_cast<std::uint32_t>(sizeof(Value)), options.ttl_ns},
        this->map_);
  }
  /// The number of entries that were evicted.
  std::uint64_t evicted() const { return detail::Evicted(state_, this->map_.handle); }

 private:
  const wirehound_state* state_ = nullptr;
};

/// Text by key.
class TextLruMap : public detail::TextMap {
 public:
  /// Call it once, in Init.
  Status Create(const InitContext& context, const TextLruMapOptions& options = {}) {
    state_ = detail::FindState(context);
    return detail::CreateMap(context, "map", options, map_);
  }
  /// The number of entries that were evicted.
  std::uint64_t evicted() const { return detail::Evicted(state_, map_.handle); }

 private:
  const wirehound_state* state_ = nullptr;
};

WIREHOUND_NAMESPACE_END
