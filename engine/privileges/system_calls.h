// SPDX-License-Identifier: Apache-2.0

// The system calls the running engine may make, it and the detectors in its process: files,
// memory, threads, time, sockets. Starting programs, looking into other processes, mounting,
// loading code into the kernel are refused. Control thread.

#pragma once

#include <cstdint>

#include <wirehound/result.h>

namespace wirehound {

/// What of bpf() is still needed.
enum class BpfCalls : std::uint8_t {
  kMaps,  ///< maps that are open already
  kAll,   ///< everything: programs are still to be attached
};

/// Puts all threads of the process under the filter, for good. What is refused fails with EPERM;
/// a call that is in no list, such as one the kernel learnt later, with ENOSYS, as if it were not
/// there, and so does what is left of bpf(). Nobody is killed: a detector gets the error of its
/// call.
Status FilterSystemCalls(BpfCalls bpf);

}  // namespace wirehound
