// SPDX-License-Identifier: Apache-2.0

// The record that was being handled when the engine crashed, as a capture file of one packet, so
// that the crash can be looked into. Written by a signal handler: system calls only. Any thread.

#pragma once

#include "probes/capture/record.h"

namespace wirehound {

/// Writes a pcap file (nanoseconds, the link type of the record) that must not exist yet and that
/// only its owner may read. Returns 0 or errno. `path` ends with a NUL. Where the bytes of the
/// record are no memory any more, the error is EFAULT and the file is removed.
int WriteCrashCapture(const char* path, const Record& record);

}  // namespace wirehound
