// SPDX-License-Identifier: Apache-2.0

// One GET over HTTP/1.1 to a server behind a unix socket: what Docker's and Podman's APIs are asked
// with. Side thread.

#pragma once

#include <string>

#include <wirehound/result.h>

#include "engine/runtimes/unix_stream.h"

namespace wirehound {

/// The body of the answer. `target` is a path without characters that would need an escape. Errors:
/// kNotFound for a status of 404, kFailed for every other that is not 200 and for what is no HTTP.
Result<std::string> HttpGet(const std::string& socket_path, const std::string& target,
                            const Patience& patience);

}  // namespace wirehound
