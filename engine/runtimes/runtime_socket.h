// SPDX-License-Identifier: Apache-2.0

// RuntimeSocket: where a container runtime can be asked, as the user names it or where it usually
// is. Any thread.

#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include <wirehound/result.h>

namespace wirehound {

enum class RuntimeKind : unsigned char { kDocker, kPodman, kContainerd, kCrio };

/// The word of a kind, which is also wirehound_container_info::runtime: "docker". Static text.
std::string_view RuntimeName(RuntimeKind kind);

struct RuntimeSocket {
  RuntimeKind kind = RuntimeKind::kDocker;
  std::string path;
};

/// Whom to ask for containers.
struct RuntimeChoice {
  /// These and no others; empty: those at the usual paths.
  std::vector<RuntimeSocket> sockets;
  bool nobody = false;
};

/// What the values of --runtime-socket say: "docker:/run/docker.sock", or "none" alone. A socket
/// need not be there yet. kInvalidInput for anything else.
Result<RuntimeChoice> ParseRuntimeSockets(const std::vector<std::string>& specs);

/// The paths at which runtimes of the system, and of user `uid`, listen by default.
std::vector<RuntimeSocket> UsualRuntimeSockets(uid_t uid);

/// Whether there is a socket that belongs to root or to the running user. kNotFound when there is
/// none, kNotPermitted when it is somebody else's.
Status CheckRuntimeSocket(const std::string& path);

}  // namespace wirehound
