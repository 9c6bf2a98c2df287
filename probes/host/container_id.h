// SPDX-License-Identifier: Apache-2.0

// Which container a control group belongs to, told from its path alone: every runtime puts the id
// into the name of the group it makes. Knows the ways Docker, containerd, CRI-O, Podman and Garden
// do it with either cgroup driver, under Kubernetes or not, and plain runc with an id of 64 digits.
// Pure; any thread.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace wirehound {

/// Digits of an id where nothing but the id names the group, and the least behind a known prefix.
inline constexpr std::size_t kContainerIdSize = 64;
inline constexpr std::size_t kMinContainerIdSize = 28;

struct ContainerName {
  std::string id;
  std::string_view runtime;  ///< "docker", "containerd", "crio", "podman", "garden", "": not told
  std::string cgroup;        ///< path of the container's outermost group
  std::string pod_uid;       ///< of Kubernetes, with dashes; "" outside a pod
};

/// The innermost container of a path below the hierarchy's root ("/docker/5f0c…"), or nothing: a
/// service, a session, the monitor process of a container.
std::optional<ContainerName> ContainerFromCgroupPath(std::string_view path);

/// The same from the text of /proc/PID/cgroup: what version 2 says counts first, then whatever
/// version 1 hierarchy names a container.
std::optional<ContainerName> ContainerFromCgroupFile(std::string_view text);

/// The version 2 path in the text of /proc/PID/cgroup; "" without one.
std::string_view UnifiedPathFromCgroupFile(std::string_view text);

}  // namespace wirehound
