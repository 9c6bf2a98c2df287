// SPDX-License-Identifier: Apache-2.0

// What a PROCESS record lacks when the programs could not look into the kernel's structures, from
// /proc, while the process is there. Dispatch thread, once per process.

#pragma once

#include "probes/bpf/wire.h"
#include "probes/host/proc_folder.h"

namespace wirehound {

/// Fills a record that is marked WIREHOUND_WIRE_PARTIAL as far as /proc tells; what is not known
/// stays 0. The path stays unknown: who needs it asks for it by the start time.
void CompleteFromProc(wirehound_wire_process& process, const ProcFolder& proc);

}  // namespace wirehound
