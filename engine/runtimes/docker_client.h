// SPDX-License-Identifier: Apache-2.0

// Asks Docker, or Podman through the same API, for a container: /containers/ID/json and
// /images/ID/json of the Docker Engine API. Side thread.

#pragma once

#include <string>

#include <wirehound/result.h>

#include "engine/runtimes/container_answer.h"
#include "engine/runtimes/unix_stream.h"

namespace wirehound {

/// `id` consists of hexadecimal digits and dashes. kNotFound when the runtime has no such
/// container.
Result<ContainerAnswer> AskDocker(const std::string& socket_path, const std::string& id,
                                  const Patience& patience);

}  // namespace wirehound
