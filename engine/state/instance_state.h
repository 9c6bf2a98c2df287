// SPDX-License-Identifier: Apache-2.0

// InstanceState: the counters and maps the host keeps for one detector (abi/state_abi.h), bounded
// and in stream time. Dies with the instance. Dispatch thread.
//
// A counter or map reserves memory for its largest size when it is made: later calls
// allocate nothing and cannot run out.

#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include <wirehound/abi/state_abi.h>

#include "base/keyed_digest.h"
#include "engine/event/stream_time.h"
#include "engine/state/counter_table.h"
#include "engine/state/map_table.h"

namespace wirehound {

class InstanceState {
 public:
  /// `time` must outlive this.
  explicit InstanceState(const StreamTime& time);
  InstanceState(const InstanceState&) = delete;
  InstanceState& operator=(const InstanceState&) = delete;

  /// The extension table; its address never changes.
  const wirehound_state& table() const { return table_; }

  /// Reserved for counters and maps.
  std::uint64_t bytes() const { return bytes_; }
  /// Keys and entries that were forgotten to make room, of all of them.
  std::uint64_t evicted() const;
  /// Counters and maps that were not made: too many, or too large.
  std::uint64_t refused() const { return refused_; }

 private:
  using Object = std::variant<CounterTable, MapTable>;

  // The table's functions: each gets the state back as its context.
  static std::int32_t CounterCreate(void* context, const wirehound_counter_options* options,
                                    std::uint32_t* handle);
  static std::int32_t CounterAdd(void* context, std::uint32_t handle, wirehound_bytes key,
                                 std::uint64_t amount, std::uint64_t* sum);
  static std::int32_t CounterSum(void* context, std::uint32_t handle, wirehound_bytes key,
                                 std::uint64_t* sum);
  static std::int32_t CounterReset(void* context, std::uint32_t handle, wirehound_bytes key);
  static std::int32_t MapCreate(void* context, const wirehound_map_options* options,
                                std::uint32_t* handle);
  static std::int32_t MapPut(void* context, std::uint32_t handle, wirehound_bytes key,
                             wirehound_bytes value);
  static std::int32_t MapGet(void* context, std::uint32_t handle, wirehound_bytes key,
                             wirehound_bytes* value);
  static std::int32_t MapRemove(void* context, std::uint32_t handle, wirehound_bytes key);
  static std::int32_t Evicted(void* context, std::uint32_t handle, std::uint64_t* count);

  template <typename Table>
  std::int32_t Create(const typename Table::Options& options, std::uint32_t* handle);
  template <typename Table>
  Table* Find(std::uint32_t handle);

  wirehound_state table_{};
  const StreamTime& time_;
  const KeyedDigest digest_;
  std::vector<Object> objects_;  // a handle is the place in it and one
  std::uint64_t bytes_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace wirehound
