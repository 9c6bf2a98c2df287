// SPDX-License-Identifier: Apache-2.0

// Checks bytes of the ring against probes/bpf/wire.h. The ring is written by our own programs, yet
// nothing in it is trusted: a record that does not add up is refused here. Pure; any thread.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "probes/bpf/wire.h"

namespace wirehound {

enum class WireType : unsigned char { kPacket, kProcess, kLifecycle, kMalformed };

/// What `place`, one place of the ring, holds by its header: a known version and type, and sizes
/// that fit into the place. The other functions check the rest.
WireType WireTypeOf(std::span<const std::byte> place);

struct WirePacket {
  wirehound_wire_packet header;
  std::span<const std::byte> bytes;  ///< of the packet; views `place`
};

/// The packet in a place of type kPacket; nothing when it is malformed.
std::optional<WirePacket> ReadWirePacket(std::span<const std::byte> place);

/// The process in a place of type kProcess; nothing when it is malformed.
std::optional<wirehound_wire_process> ReadWireProcess(std::span<const std::byte> place);

struct WireLifecycle {
  wirehound_wire_lifecycle header;  ///< of one that has ended `process` has no path
  std::string_view arguments;       ///< NUL-terminated, perhaps but the last; views `place`
};

/// What is told of a process in a place of type kLifecycle; nothing when it is malformed.
std::optional<WireLifecycle> ReadWireLifecycle(std::span<const std::byte> place);

/// The texts of a process that ReadWireProcess accepted; they view it.
std::string_view WireComm(const wirehound_wire_process& process);
std::string_view WireHostName(const wirehound_wire_process& process);
std::string_view WirePath(const wirehound_wire_process& process);

}  // namespace wirehound
