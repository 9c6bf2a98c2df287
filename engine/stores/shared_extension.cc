// SPDX-License-Identifier: Apache-2.0

// The context of each function is the maps themselves: nothing is kept for one detector.

#include "engine/stores/shared_extension.h"

#include <wirehound/abi/detector_abi.h>
#include <wirehound/views.h>

#include "engine/state/abi_bytes.h"

namespace wirehound {
namespace {

SharedMaps& MapsOf(void* context) { return *static_cast<SharedMaps*>(context); }

std::int32_t Open(void* context, wirehound_string name, const wirehound_shared_options* options,
                  std::uint32_t* handle) {
  if (!IsSound(name) || options == nullptr || handle == nullptr ||
      !WIREHOUND_HAS(options, wirehound_shared_options, ttl_ns)) {
    return WIREHOUND_ERROR_INVALID;
  }
  return MapsOf(context).Open(
      ToView(name), {options->max_entries, options->max_value_bytes, options->ttl_ns}, handle);
}

std::int32_t Put(void* context, std::uint32_t handle, wirehound_bytes key, wirehound_bytes value) {
  SharedMaps& maps = MapsOf(context);
  MapTable* map = maps.Find(handle);
  if (map == nullptr || !IsKey(key) || !IsSound(value)) {
    return WIREHOUND_ERROR_INVALID;
  }
  const bool put = map->Put(maps.DigestOf(key), ToSpan(value), maps.now_ns());
  return put ? WIREHOUND_OK : WIREHOUND_ERROR_INVALID;
}

std::int32_t Get(void* context, std::uint32_t handle, wirehound_bytes key, wirehound_bytes* value) {
  SharedMaps& maps = MapsOf(context);
  MapTable* map = maps.Find(handle);
  if (map == nullptr || !IsKey(key) || value == nullptr) {
    return WIREHOUND_ERROR_INVALID;
  }
  const auto found = map->Get(maps.DigestOf(key), maps.now_ns());
  if (!found) {
    return WIREHOUND_ERROR_NOT_FOUND;
  }
  *value = ToAbi(*found);
  return WIREHOUND_OK;
}

std::int32_t Remove(void* context, std::uint32_t handle, wirehound_bytes key) {
  SharedMaps& maps = MapsOf(context);
  MapTable* map = maps.Find(handle);
  if (map == nullptr || !IsKey(key)) {
    return WIREHOUND_ERROR_INVALID;
  }
  const bool removed = map->Remove(maps.DigestOf(key), maps.now_ns());
  return removed ? WIREHOUND_OK : WIREHOUND_ERROR_NOT_FOUND;
}

std::int32_t Size(void* context, std::uint32_t handle, std::uint64_t* entries) {
  SharedMaps& maps = MapsOf(context);
  MapTable* map = maps.Find(handle);
  if (map == nullptr || entries == nullptr) {
    return WIREHOUND_ERROR_INVALID;
  }
  *entries = map->Size(maps.now_ns());
  return WIREHOUND_OK;
}

}  // namespace

SharedExtension::SharedExtension(SharedMaps& maps) {
  table_.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_shared_store, size);
  table_.context = &maps;
  table_.open = &Open;
  table_.put = &Put;
  table_.get = &Get;
  table_.remove = &Remove;
  table_.size = &Size;
}

}  // namespace wirehound
