// SPDX-License-Identifier: Apache-2.0

// Checks the bytes of a place of the ring against probes/bpf/wire.h. Our own programs write the
// ring, yet nothing in it is trusted: a record with a wrong size, offset or enumerator is refused.
// Pure; any thread.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "probes/bpf/wire.h"

namespace wirehound {

enum class WireType : unsigned char { kPacket, kProcess, kLifecycle, kMalformed };

/// The type of the record in `place`, one place of the ring, by its header. Checks version, type
/// and that the sizes fit the place; the functions below check the rest.
WireType WireTypeOf(std::span<const std::byte> place);

struct WirePacket {
  wirehound_wire_packet header;
  std::span<const std::byte> bytes;  ///< the captured bytes; views `place`
};

/// The packet in a place of type kPacket; nothing when it is malformed.
std::optional<WirePacket> ReadWirePacket(std::span<const std::byte> place);

/// The process in a place of type kProcess; nothing when it is malformed.
std::optional<wirehound_wire_process> ReadWireProcess(std::span<const std::byte> place);

struct WireLifecycle {
  wirehound_wire_lifecycle header;  ///< its process.path is empty when the process has ended
  std::string_view arguments;       ///< each NUL-terminated, the last perhaps cut; views `place`
};

/// The record in a place of type kLifecycle; nothing when it is malformed.
std::optional<WireLifecycle> ReadWireLifecycle(std::span<const std::byte> place);

/// The texts of a process that one of the functions above accepted; they view it.
std::string_view WireComm(const wirehound_wire_process& process);
std::string_view WireHostName(const wirehound_wire_process& process);
std::string_view WirePath(const wirehound_wire_process& process);

}  // namespace wirehound
