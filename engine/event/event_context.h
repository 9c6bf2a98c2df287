// SPDX-License-Identifier: Apache-2.0

// EventContext: the part of an event besides its fields: the process it belongs to, and what is
// missing of the bytes it was made from. A value: the maker of an event passes it along, so that
// the events of one record may have different contexts. Borrows from the record. Dispatch thread.

#pragma once

#include <cstdint>

#include <wirehound/abi/detector_abi.h>

#include "probes/capture/record.h"

namespace wirehound {

struct EventContext {
  const wirehound_process* process = &UnknownProcess();  ///< never null
  std::uint32_t owner_source = WIREHOUND_OWNER_NONE;     ///< how the process is known
  std::uint32_t cpu = 0;                                 ///< that saw the packet
  wirehound_string syscall{};  ///< in which the packet was sent; "" when unknown
  bool truncated = false;      ///< the record is shorter than what was decoded from it
  bool stream_gap = false;     ///< the connection had bytes that were never captured

  /// Whether the owner is known; the kernel counts as one.
  bool has_owner() const {
    return owner_source != WIREHOUND_OWNER_NONE || process != &UnknownProcess();
  }
};

}  // namespace wirehound
