// SPDX-License-Identifier: Apache-2.0

// The seccomp filter of the running engine, and of the detectors in its process. It allows files,
// memory, threads, time and sockets. It refuses to start programs, to look into other processes, to
// mount and to load code into the kernel. Control thread.

#pragma once

#include <wirehound/result.h>

namespace wirehound {

/// Puts all threads of the process under the filter, for good. A refused call fails with EPERM. A
/// call that is in no list, such as one of a newer kernel, fails with ENOSYS, as if the kernel did
/// not have it; so does bpf(), except on maps that are open already. The filter kills nothing: a
/// detector gets the error of its call.
Status FilterSystemCalls();

}  // namespace wirehound
