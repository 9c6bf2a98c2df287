// SPDX-License-Identifier: Apache-2.0

// Asks containerd or CRI-O for a container through CRI, the interface that Kubernetes has to its
// runtimes: runtime.v1.RuntimeService, ContainerStatus and PodSandboxStatus. Side thread.

#pragma once

#include <string>

#include <wirehound/result.h>

#include "engine/runtimes/container_answer.h"
#include "engine/runtimes/unix_stream.h"

namespace wirehound {

/// kNotFound when it is neither a container nor the sandbox of a pod, kUnsupported when the server
/// does not offer the interface.
Result<ContainerAnswer> AskCri(const std::string& socket_path, const std::string& id,
                               const Patience& patience);

}  // namespace wirehound
