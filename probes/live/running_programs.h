// SPDX-License-Identifier: Apache-2.0

// Waiting for BPF programs that are under way on other CPUs. Any thread.

#pragma once

namespace wirehound {

/// Returns when every program that runs now has ended: they all run inside RCU read sections, and
/// the kernel waits for those that have begun. Takes up to tens of milliseconds. Where the call is
/// refused it returns at once.
void WaitForRunningPrograms();

}  // namespace wirehound
