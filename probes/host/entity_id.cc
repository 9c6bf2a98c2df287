// SPDX-License-Identifier: Apache-2.0

#include "probes/host/entity_id.h"

namespace wirehound {

std::uint32_t EntityId(std::int32_t host_id, std::uint64_t start_since_boot_ns) {
  if (host_id == 0) {
    return 0;
  }
  // FNV-1a over the id and the time. Byte by byte, so that byte order does not change the result.
  std::uint32_t hash = 2166136261u;
  const auto add = [&hash](std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
      hash ^= static_cast<std::uint8_t>(value >> (8 * i));
      hash *= 16777619u;
    }
  };
  add(static_cast<std::uint32_t>(host_id), 4);
  add(start_since_boot_ns, 8);
  return hash;
}

}  // namespace wirehound
