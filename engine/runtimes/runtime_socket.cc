// SPDX-License-Identifier: Apache-2.0

#include "engine/runtimes/runtime_socket.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <iterator>
#include <optional>

#include "base/system_error.h"

namespace wirehound {
namespace {

constexpr std::string_view kNone = "none";

struct Named {
  std::string_view name;
  RuntimeKind kind;
};

constexpr Named kKinds[] = {
    {"docker", RuntimeKind::kDocker},
    {"podman", RuntimeKind::kPodman},
    {"containerd", RuntimeKind::kContainerd},
    {"crio", RuntimeKind::kCrio},
};

struct UsualPath {
  RuntimeKind kind;
  std::string_view path;
};

constexpr UsualPath kOfTheSystem[] = {
    {RuntimeKind::kDocker, "/run/docker.sock"},
    {RuntimeKind::kPodman, "/run/podman/podman.sock"},
    {RuntimeKind::kContainerd, "/run/containerd/containerd.sock"},
    {RuntimeKind::kContainerd, "/run/k3s/containerd/containerd.sock"},
    {RuntimeKind::kContainerd, "/run/k0s/containerd.sock"},
    {RuntimeKind::kContainerd, "/var/snap/microk8s/common/run/containerd.sock"},
    {RuntimeKind::kContainerd, "/run/docker/containerd/containerd.sock"},
    {RuntimeKind::kCrio, "/run/crio/crio.sock"},
};

// Below /run/user/UID.
constexpr UsualPath kOfAUser[] = {
    {RuntimeKind::kDocker, "/docker.sock"},
    {RuntimeKind::kPodman, "/podman/podman.sock"},
};

std::optional<RuntimeKind> KindCalled(std::string_view name) {
  for (const Named& kind : kKinds) {
    if (kind.name == name) {
      return kind.kind;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view RuntimeName(RuntimeKind kind) {
  return kKinds[static_cast<std::size_t>(kind)].name;
}

Result<RuntimeChoice> ParseRuntimeSockets(const std::vector<std::string>& specs) {
  RuntimeChoice choice;
  for (const std::string& spec : specs) {
    const auto wrong = [&spec](const std::string& expected) {
      return Error(ErrorCode::kInvalidInput, "runtime socket '" + spec + "': expected " + expected);
    };
    if (spec == kNone && specs.size() == 1) {
      choice.nobody = true;
      continue;
    }
    if (spec == kNone) {
      return wrong("'none' to stand alone");
    }
    const std::size_t colon = spec.find(':');
    const std::optional<RuntimeKind> kind = KindCalled(std::string_view(spec).substr(0, colon));
    if (colon == std::string::npos || !kind) {
      return wrong("docker:PATH, podman:PATH, containerd:PATH, crio:PATH or none");
    }
    std::string path = spec.substr(colon + 1);
    if (path.empty() || path.front() != '/') {
      return wrong("an absolute path behind the colon");
    }
    choice.sockets.push_back({*kind, std::move(path)});
  }
  return choice;
}

std::vector<RuntimeSocket> UsualRuntimeSockets(uid_t uid) {
  std::vector<RuntimeSocket> sockets;
  for (const UsualPath& usual : kOfTheSystem) {
    sockets.push_back({usual.kind, std::string(usual.path)});
  }
  for (const UsualPath& usual : kOfAUser) {
    sockets.push_back({usual.kind, "/run/user/" + std::to_string(uid) + std::string(usual.path)});
  }
  return sockets;
}

Status CheckRuntimeSocket(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    return SystemError("socket '" + path + "'", errno);
  }
  if (!S_ISSOCK(status.st_mode)) {
    return Error(ErrorCode::kNotFound, "'" + path + "' is no socket");
  }
  if (status.st_uid != 0 && status.st_uid != geteuid()) {
    return Error(ErrorCode::kNotPermitted, "socket '" + path + "' belongs to uid " +
                                               std::to_string(status.st_uid) +
                                               "; expected root or the running user");
  }
  return {};
}

}  // namespace wirehound
