// SPDX-License-Identifier: Apache-2.0

// SharedMaps: maps of bytes to bytes that detectors share by name. The first detector that opens a
// map sets its limits. A map lives as long as this object, even when its detectors end. All memory
// is reserved when a map is opened. In stream time. Dispatch thread.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/abi/stores_abi.h>

#include "base/keyed_digest.h"
#include "engine/event/stream_time.h"
#include "engine/state/map_table.h"

namespace wirehound {

class SharedMaps {
 public:
  static constexpr std::size_t kMaxNameBytes = 256;

  /// `time` must outlive this.
  explicit SharedMaps(const StreamTime& time) : time_(time), digest_(KeyedDigest::Random()) {}
  SharedMaps(const SharedMaps&) = delete;
  SharedMaps& operator=(const SharedMaps&) = delete;

  /// A handle for the map of that name, made if need be: WIREHOUND_OK, INVALID for limits other
  /// than those of the first opener or a name that is empty or too long, LIMIT.
  std::int32_t Open(std::string_view name, const MapTable::Options& options, std::uint32_t* handle);

  /// The map of a handle, or null.
  MapTable* Find(std::uint32_t handle) {
    return handle == 0 || handle > maps_.size() ? nullptr : &maps_[handle - 1].table;
  }

  Digest DigestOf(const wirehound_bytes& key) const { return digest_({key.data, key.size}); }
  std::uint64_t now_ns() const { return time_.now_ns; }

  std::size_t size() const { return maps_.size(); }
  /// Reserved for all maps.
  std::uint64_t bytes() const { return bytes_; }
  /// Entries that were forgotten to make room, of all maps.
  std::uint64_t evicted() const;
  /// Maps that were not made: too many, or too large.
  std::uint64_t refused() const { return refused_; }

 private:
  struct Named {
    std::string name;
    MapTable table;
  };

  const StreamTime& time_;
  const KeyedDigest digest_;
  std::vector<Named> maps_;  // a handle is the place in it and one
  std::uint64_t bytes_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace wirehound
