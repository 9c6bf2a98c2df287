// SPDX-License-Identifier: Apache-2.0

// One gRPC call with one message each way, over HTTP/2 to a server behind a unix socket, as
// containerd and CRI-O take it. Does not read the messages. Side thread.

#pragma once

#include <string>
#include <vector>

#include <wirehound/result.h>

#include "engine/runtimes/unix_stream.h"

namespace wirehound {

struct GrpcQuestion {
  std::string method;   ///< "/package.Service/Method"
  std::string message;  ///< protocol buffers, wire format
  /// Name (lower case) and value of request headers.
  std::vector<std::pair<std::string, std::string>> metadata = {};
};

/// The message of the response. Errors: kNotFound for gRPC's NOT_FOUND, kUnsupported for
/// UNIMPLEMENTED, kNotPermitted for PERMISSION_DENIED, kFailed for all others.
Result<std::string> GrpcCall(const std::string& socket_path, const GrpcQuestion& question,
                             const Patience& patience);

}  // namespace wirehound
