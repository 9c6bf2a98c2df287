// SPDX-License-Identifier: Apache-2.0

// Bytes from detectors, checked before the engine reads them. Pure.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <wirehound/abi/state_abi.h>

namespace wirehound {

/// Whether the pointer is not null, or the size is 0.
inline bool IsSound(const wirehound_bytes& bytes) {
  return bytes.data != nullptr || bytes.size == 0;
}
inline bool IsSound(const wirehound_string& text) { return text.data != nullptr || text.size == 0; }

inline bool IsKey(const wirehound_bytes& key) {
  return IsSound(key) && key.size <= WIREHOUND_MAX_STATE_KEY_BYTES;
}

inline std::span<const std::uint8_t> ToSpan(const wirehound_bytes& bytes) {
  return {bytes.data, bytes.size};
}

inline wirehound_bytes ToAbi(std::span<const std::uint8_t> bytes) {
  return {bytes.data(), bytes.size()};
}

}  // namespace wirehound
