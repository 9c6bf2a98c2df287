// SPDX-License-Identifier: Apache-2.0

#include "probes/live/running_programs.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace wirehound {

// The result is ignored: the callers could do nothing about a refusal but go on, and each says what
// that may cost.
void WaitForRunningPrograms() { syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0); }

}  // namespace wirehound
