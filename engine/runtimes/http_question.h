// SPDX-License-Identifier: Apache-2.0

// One GET request over HTTP/1.1 to a server behind a unix socket, as the APIs of Docker and Podman
// take it. Side thread.

#pragma once

#include <string>

#include <wirehound/result.h>

#include "engine/runtimes/unix_stream.h"

namespace wirehound {

/// The body of the response. `target` is a path without characters that need an escape. Errors:
/// kNotFound for status 404, kFailed for any other status but 200 and for what is not HTTP.
Result<std::string> HttpGet(const std::string& socket_path, const std::string& target,
                            const Patience& patience);

}  // namespace wirehound
