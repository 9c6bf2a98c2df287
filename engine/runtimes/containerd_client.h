// SPDX-License-Identifier: Apache-2.0

// Asks containerd for a container through its own API, which also knows containers that are not of
// Kubernetes: containerd.services.containers.v1 and …namespaces.v1. Side thread.

#pragma once

#include <cstddef>
#include <string>

#include <wirehound/result.h>

#include "engine/runtimes/container_answer.h"
#include "engine/runtimes/unix_stream.h"

namespace wirehound {

/// The most namespaces of containerd that are searched.
inline constexpr std::size_t kMaxContainerdNamespaces = 16;

/// kNotFound when no namespace has such a container.
Result<ContainerAnswer> AskContainerd(const std::string& socket_path, const std::string& id,
                                      const Patience& patience);

}  // namespace wirehound
