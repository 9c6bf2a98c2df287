// SPDX-License-Identifier: Apache-2.0

// The sockets that are older than the engine, by asking for a copy of each descriptor of each
// process in the group: what is done where the kernel's iterator over files cannot do it. Reads
// nothing from the sockets and closes the copies at once. Once, at the start, before the first
// packet is read.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <wirehound/result.h>

#include "probes/bpf/wire.h"

namespace wirehound {

/// Whether the kernel lets a process have copies of another's descriptors.
Status CanCopyDescriptors();

/// Writes the holder of each internet socket found into socket storage, marked as found, where no
/// process has been seen using it, and returns those holders. At most kMaxOldSocketProcesses are
/// looked at. Nothing when /proc does not show the host's processes.
std::vector<wirehound_wire_process> OwnOldSockets(const std::string& cgroup, int storage_fd,
                                                  std::uint64_t seed);

inline constexpr std::size_t kMaxOldSocketProcesses = 32768;

}  // namespace wirehound
