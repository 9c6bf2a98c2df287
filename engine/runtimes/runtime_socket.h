// SPDX-License-Identifier: Apache-2.0

// RuntimeSocket: the socket of a container runtime, as the user names it or at its usual path. Any
// thread.

#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include <wirehound/result.h>

namespace wirehound {

enum class RuntimeKind : unsigned char { kDocker, kPodman, kContainerd, kCrio };

/// The name of a kind, as in wirehound_container_info::runtime: "docker". Static text.
std::string_view RuntimeName(RuntimeKind kind);

struct RuntimeSocket {
  RuntimeKind kind = RuntimeKind::kDocker;
  std::string path;
};

/// The runtimes to ask for containers.
struct RuntimeChoice {
  /// Only these; empty: the sockets at the usual paths.
  std::vector<RuntimeSocket> sockets;
  bool nobody = false;  ///< ask no runtime
};

/// Reads the values of --runtime-socket: "docker:/run/docker.sock", or "none" alone. A socket need
/// not exist yet. kInvalidInput for any other value.
Result<RuntimeChoice> ParseRuntimeSockets(const std::vector<std::string>& specs);

/// The sockets at which runtimes of the system and of user `uid` listen by default.
std::vector<RuntimeSocket> UsualRuntimeSockets(uid_t uid);

/// Fails unless `path` is a socket that belongs to root or to the running user. kNotFound when
/// there is no socket, kNotPermitted when it belongs to another user.
Status CheckRuntimeSocket(const std::string& path);

}  // namespace wirehound
