// SPDX-License-Identifier: Apache-2.0

// One gRPC call with one message each way, over HTTP/2 to a server behind a unix socket: what
// containerd and CRI-O are asked with. Knows nothing of what the messages mean. Side thread.

#pragma once

#include <string>
#include <vector>

#include <wirehound/result.h>

#include "engine/runtimes/unix_stream.h"

namespace wirehound {

struct GrpcQuestion {
  std::string method;   ///< "/package.Service/Method"
  std::string message;  ///< in the wire format of protocol buffers
  /// Name (lower case) and value.
  std::vector<std::pair<std::string, std::string>> metadata = {};
};

/// The message of the answer. Errors: kNotFound for gRPC's NOT_FOUND, kUnsupported for
/// UNIMPLEMENTED, kNotPermitted for PERMISSION_DENIED, kFailed for the rest.
Result<std::string> GrpcCall(const std::string& socket_path, const GrpcQuestion& question,
                             const Patience& patience);

}  // namespace wirehound
