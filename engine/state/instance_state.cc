// SPDX-License-Identifier: Apache-2.0

// The functions of abi/state_abi.h. Arguments come from a plugin: all are checked.

#include "engine/state/instance_state.h"

#include <new>

#include <wirehound/abi/detector_abi.h>

#include "engine/state/abi_bytes.h"

namespace wirehound {

InstanceState::InstanceState(const StreamTime& time) : time_(time), digest_(KeyedDigest::Random()) {
  table_.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_state, evicted);
  table_.context = this;
  table_.counter_create = &CounterCreate;
  table_.counter_add = &CounterAdd;
  table_.counter_sum = &CounterSum;
  table_.counter_reset = &CounterReset;
  table_.map_create = &MapCreate;
  table_.map_put = &MapPut;
  table_.map_get = &MapGet;
  table_.map_remove = &MapRemove;
  table_.evicted = &Evicted;
}

std::uint64_t InstanceState::evicted() const {
  std::uint64_t sum = 0;
  for (const Object& object : objects_) {
    sum += std::visit([](const auto& table) { return table.evicted(); }, object);
  }
  return sum;
}

template <typename Table>
std::int32_t InstanceState::Create(const typename Table::Options& options, std::uint32_t* handle) {
  const std::uint64_t bytes = Table::BytesFor(options);
  if (objects_.size() == WIREHOUND_MAX_STATE_OBJECTS ||
      bytes > WIREHOUND_MAX_STATE_BYTES - bytes_) {
    ++refused_;
    return WIREHOUND_ERROR_LIMIT;
  }
  try {
    objects_.emplace_back(std::in_place_type<Table>, options);
  } catch (const std::bad_alloc&) {
    ++refused_;
    return WIREHOUND_ERROR_LIMIT;
  }
  bytes_ += bytes;
  *handle = static_cast<std::uint32_t>(objects_.size());
  return WIREHOUND_OK;
}

// Null for an invalid handle, or one of another kind of object.
template <typename Table>
Table* InstanceState::Find(std::uint32_t handle) {
  return handle == 0 || handle > objects_.size() ? nullptr
                                                 : std::get_if<Table>(&objects_[handle - 1]);
}

std::int32_t InstanceState::CounterCreate(void* context, const wirehound_counter_options* options,
                                          std::uint32_t* handle) {
  if (options == nullptr || handle == nullptr ||
      !WIREHOUND_HAS(options, wirehound_counter_options, buckets) || options->max_keys == 0 ||
      options->window_ns == 0 || options->buckets == 0 ||
      options->buckets > WIREHOUND_MAX_COUNTER_BUCKETS) {
    return WIREHOUND_ERROR_INVALID;
  }
  return static_cast<InstanceState*>(context)->Create<CounterTable>(
      {options->max_keys, options->window_ns, options->buckets}, handle);
}

std::int32_t InstanceState::CounterAdd(void* context, std::uint32_t handle, wirehound_bytes key,
                                       std::uint64_t amount, std::uint64_t* sum) {
  auto& self = *static_cast<InstanceState*>(context);
  CounterTable* counter = self.Find<CounterTable>(handle);
  if (counter == nullptr || !IsKey(key) || sum == nullptr) {
    return WIREHOUND_ERROR_INVALID;
  }
  *sum = counter->Add(self.digest_(ToSpan(key)), amount, self.time_.now_ns);
  return WIREHOUND_OK;
}

std::int32_t InstanceState::CounterSum(void* context, std::uint32_t handle, wirehound_bytes key,
                                       std::uint64_t* sum) {
  auto& self = *static_cast<InstanceState*>(context);
  CounterTable* counter = self.Find<CounterTable>(handle);
  if (counter == nullptr || !IsKey(key) || sum == nullptr) {
    return WIREHOUND_ERROR_INVALID;
  }
  *sum = counter->Sum(self.digest_(ToSpan(key)), self.time_.now_ns);
  return WIREHOUND_OK;
}

std::int32_t InstanceState::CounterReset(void* context, std::uint32_t handle, wirehound_bytes key) {
  auto& self = *static_cast<InstanceState*>(context);
  CounterTable* counter = self.Find<CounterTable>(handle);
  if (counter == nullptr || !IsKey(key)) {
    return WIREHOUND_ERROR_INVALID;
  }
  counter->Reset(self.digest_(ToSpan(key)));
  return WIREHOUND_OK;
}

std::int32_t InstanceState::MapCreate(void* context, const wirehound_map_options* options,
                                      std::uint32_t* handle) {
  if (options == nullptr || handle == nullptr ||
      !WIREHOUND_HAS(options, wirehound_map_options, ttl_ns) || options->max_entries == 0) {
    return WIREHOUND_ERROR_INVALID;
  }
  return static_cast<InstanceState*>(context)->Create<MapTable>(
      {options->max_entries, options->max_value_bytes, options->ttl_ns}, handle);
}

std::int32_t InstanceState::MapPut(void* context, std::uint32_t handle, wirehound_bytes key,
                                   wirehound_bytes value) {
  auto& self = *static_cast<InstanceState*>(context);
  MapTable* map = self.Find<MapTable>(handle);
  if (map == nullptr || !IsKey(key) || !IsSound(value)) {
    return WIREHOUND_ERROR_INVALID;
  }
  const bool put = map->Put(self.digest_(ToSpan(key)), ToSpan(value), self.time_.now_ns);
  return put ? WIREHOUND_OK : WIREHOUND_ERROR_INVALID;
}

std::int32_t InstanceState::MapGet(void* context, std::uint32_t handle, wirehound_bytes key,
                                   wirehound_bytes* value) {
  auto& self = *static_cast<InstanceState*>(context);
  MapTable* map = self.Find<MapTable>(handle);
  if (map == nullptr || !IsKey(key) || value == nullptr) {
    return WIREHOUND_ERROR_INVALID;
  }
  const auto found = map->Get(self.digest_(ToSpan(key)), self.time_.now_ns);
  if (!found) {
    return WIREHOUND_ERROR_NOT_FOUND;
  }
  *value = ToAbi(*found);
  return WIREHOUND_OK;
}

std::int32_t InstanceState::MapRemove(void* context, std::uint32_t handle, wirehound_bytes key) {
  auto& self = *static_cast<InstanceState*>(context);
  MapTable* map = self.Find<MapTable>(handle);
  if (map == nullptr || !IsKey(key)) {
    return WIREHOUND_ERROR_INVALID;
  }
  const bool removed = map->Remove(self.digest_(ToSpan(key)), self.time_.now_ns);
  return removed ? WIREHOUND_OK : WIREHOUND_ERROR_NOT_FOUND;
}

std::int32_t InstanceState::Evicted(void* context, std::uint32_t handle, std::uint64_t* count) {
  auto& self = *static_cast<InstanceState*>(context);
  if (handle == 0 || handle > self.objects_.size() || count == nullptr) {
    return WIREHOUND_ERROR_INVALID;
  }
  *count = std::visit([](const auto& table) { return table.evicted(); }, self.objects_[handle - 1]);
  return WIREHOUND_OK;
}

}  // namespace wirehound
