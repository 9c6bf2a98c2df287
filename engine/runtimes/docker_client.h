// SPDX-License-Identifier: Apache-2.0

// Asks Docker, and Podman through the same API, for a container: Docker Engine API, /containers/ID/
// json and /images/ID/json. Side thread.

#pragma once

#include <string>

#include <wirehound/result.h>

#include "engine/runtimes/container_answer.h"
#include "engine/runtimes/unix_stream.h"

namespace wirehound {

/// `id` is of hexadecimal digits and dashes. kNotFound when the runtime has no such container.
Result<ContainerAnswer> AskDocker(const std::string& socket_path, const std::string& id,
                                  const Patience& patience);

}  // namespace wirehound
