// SPDX-License-Identifier: Apache-2.0

// Asks containerd or CRI-O for a container through CRI, the API through which Kubernetes uses its
// runtimes: ContainerStatus and PodSandboxStatus of runtime.v1.RuntimeService. Side thread.

#pragma once

#include <string>

#include <wirehound/result.h>

#include "engine/runtimes/container_answer.h"
#include "engine/runtimes/unix_stream.h"

namespace wirehound {

/// kNotFound when `id` is neither a container nor the sandbox of a pod, kUnsupported when the
/// server does not offer CRI.
Result<ContainerAnswer> AskCri(const std::string& socket_path, const std::string& id,
                               const Patience& patience);

}  // namespace wirehound
