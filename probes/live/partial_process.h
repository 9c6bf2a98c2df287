// SPDX-License-Identifier: Apache-2.0

// Completes a partial PROCESS record. Without BTF the BPF programs cannot read the kernel's
// structures and send ids, user and name alone; /proc has the rest while the process runs. Dispatch
// thread, once per process.

#pragma once

#include "probes/bpf/wire.h"
#include "probes/host/proc_folder.h"

namespace wirehound {

/// Fills a record with the flag WIREHOUND_WIRE_PARTIAL from /proc. Facts that /proc does not have
/// stay 0. The path stays unknown: ProcessResolvers::path finds it by pid and start time.
void CompleteFromProc(wirehound_wire_process& process, const ProcFolder& proc);

}  // namespace wirehound
