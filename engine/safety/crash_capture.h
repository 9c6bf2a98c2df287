// SPDX-License-Identifier: Apache-2.0

// Writes the record that the engine was handling when it crashed as a capture file of one packet,
// so that the crash can be replayed. Runs in a signal handler: system calls only. Any thread.

#pragma once

#include "probes/capture/record.h"

namespace wirehound {

/// Writes a pcap file (nanoseconds, the link type of the record) that must not exist yet and that
/// only its owner may read. Returns 0 or errno; removes what it could not write whole. `path` ends
/// with a NUL. EFAULT when the bytes of the record are not mapped any more or the disk is full.
int WriteCrashCapture(const char* path, const Record& record);

}  // namespace wirehound
