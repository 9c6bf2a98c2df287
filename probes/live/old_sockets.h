// SPDX-License-Identifier: Apache-2.0

// Finds the owners of sockets that are older than the engine by copying every descriptor of every
// process in the group (pidfd_getfd). Used where the kernel refuses the better way, an iterator
// over open files (old_sockets.bpf.c). Reads nothing from the sockets and closes each copy at once.
// Runs once, at the start, before the first packet is read. Control thread.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <wirehound/result.h>

#include "probes/bpf/wire.h"

namespace wirehound {

/// Whether the kernel has the system call; an Error says why not.
Status CanCopyDescriptors();

/// Makes the holder of each IPv4 or IPv6 socket its owner, with WIREHOUND_OWNER_SCAN as the source,
/// unless a process has used the socket since the hooks were attached. Returns the new owners.
/// `storage_fd` is the map `socket_owners`, `seed` makes the owner ids unpredictable. Looks at no
/// more than kMaxOldSocketProcesses processes. Does nothing when /proc does not show the host's
/// processes.
std::vector<wirehound_wire_process> OwnOldSockets(const std::string& cgroup, int storage_fd,
                                                  std::uint64_t seed);

inline constexpr std::size_t kMaxOldSocketProcesses = 32768;

}  // namespace wirehound
