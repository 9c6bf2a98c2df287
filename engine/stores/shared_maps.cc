// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/shared_maps.h"

#include <new>

#include <wirehound/abi/detector_abi.h>

namespace wirehound {

std::int32_t SharedMaps::Open(std::string_view name, const MapTable::Options& options,
                              std::uint32_t* handle) {
  if (name.empty() || name.size() > kMaxNameBytes || options.max_entries == 0) {
    return WIREHOUND_ERROR_INVALID;
  }
  for (std::size_t i = 0; i < maps_.size(); ++i) {
    if (maps_[i].name == name) {
      *handle = static_cast<std::uint32_t>(i + 1);
      return maps_[i].table.options() == options ? WIREHOUND_OK : WIREHOUND_ERROR_INVALID;
    }
  }
  const std::uint64_t bytes = MapTable::BytesFor(options);
  if (maps_.size() == WIREHOUND_MAX_SHARED_MAPS || bytes > WIREHOUND_MAX_SHARED_BYTES - bytes_) {
    ++refused_;
    return WIREHOUND_ERROR_LIMIT;
  }
  try {
    maps_.push_back({std::string(name), MapTable(options)});
  } catch (const std::bad_alloc&) {
    ++refused_;
    return WIREHOUND_ERROR_LIMIT;
  }
  bytes_ += bytes;
  *handle = static_cast<std::uint32_t>(maps_.size());
  return WIREHOUND_OK;
}

std::uint64_t SharedMaps::evicted() const {
  std::uint64_t sum = 0;
  for (const Named& map : maps_) {
    sum += map.table.evicted();
  }
  return sum;
}

}  // namespace wirehound
