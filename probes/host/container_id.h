// SPDX-License-Identifier: Apache-2.0

// Finds the container of a control group in the group's path alone: every runtime puts the id into
// the name of the group it creates. "/system.slice/docker-5f0c….scope" is container 5f0c… of
// Docker. Knows the names that Docker, containerd, CRI-O, Podman and Garden use with either cgroup
// driver, with and without Kubernetes, and those of plain runc with an id of 64 digits. Pure; any
// thread.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace wirehound {

/// Digits of an id that is the whole name of a group.
inline constexpr std::size_t kContainerIdSize = 64;
/// The fewest characters of an id behind a known prefix such as "docker-".
inline constexpr std::size_t kMinContainerIdSize = 28;

struct ContainerName {
  std::string id;
  std::string_view runtime;  ///< "docker", "containerd", "crio", "podman", "garden", "": unknown
  std::string cgroup;        ///< path of the container's outermost group
  std::string pod_uid;       ///< UID of the Kubernetes pod, with dashes; "" outside a pod
};

/// The innermost container of a path that starts at the hierarchy's root ("/docker/5f0c…"). Nothing
/// for other groups: those of a service, a session, the monitor process of a container.
std::optional<ContainerName> ContainerFromCgroupPath(std::string_view path);

/// The same from the text of /proc/PID/cgroup: from the version 2 line, else from the first version
/// 1 line that names a container.
std::optional<ContainerName> ContainerFromCgroupFile(std::string_view text);

/// The version 2 path in the text of /proc/PID/cgroup; "" without one.
std::string_view UnifiedPathFromCgroupFile(std::string_view text);

}  // namespace wirehound
