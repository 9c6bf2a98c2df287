// SPDX-License-Identifier: Apache-2.0

// Waiting for BPF programs that are running on other CPUs. Any thread.

#pragma once

namespace wirehound {

/// Returns when every program that was running at the call has ended. Programs run inside RCU read
/// sections, and membarrier(MEMBARRIER_CMD_GLOBAL) waits for all that have begun. Takes up to tens
/// of milliseconds. Returns at once where the kernel refuses that call.
void WaitForRunningPrograms();

}  // namespace wirehound
