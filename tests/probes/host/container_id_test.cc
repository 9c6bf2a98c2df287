// SPDX-License-Identifier: Apache-2.0

#include "probes/host/container_id.h"

#include <doctest/doctest.h>

#include <string>

namespace wirehound {
namespace container_id_test {

const std::string kId = "5f0c3a9b7d2e48c6a1f4b8e0d9c7a35264718293a4b5c6d7e8f90123456789ab";
const std::string kOther = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const std::string kPod = "d7b3c1de-0c2f-4a55-9f3e-6f2f6c1a2b3c";
const std::string kPodSystemd = "d7b3c1de_0c2f_4a55_9f3e_6f2f6c1a2b3c";

// The container expected for a path; "@" stands for kId, "#" for kOther, "%" for the uid of the
// pod.
struct Row {
  const char* path;
  const char* runtime;
  const char* cgroup;  // null: the path itself
  bool in_pod = false;
  const char* id = "@";
};

const Row kRows[] = {
    {"/docker/@", "docker", nullptr},
    {"/system.slice/docker-@.scope", "docker", nullptr},
    {"/docker-@.scope", "docker", nullptr},
    {"/user.slice/user-1000.slice/user@1000.service/user.slice/docker-@.scope", "docker", nullptr},
    {"/actions_job/@", "docker", nullptr},
    {"/docker/@/init.scope", "docker", "/docker/@"},
    {"/system.slice/docker-@.scope/system.slice/nginx.service", "docker",
     "/system.slice/docker-@.scope"},
    {"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod_.slice/docker-@.scope",
     "docker", nullptr, true},
    {"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod_.slice/"
     "cri-containerd-@.scope",
     "containerd", nullptr, true},
    {"/kubepods.slice/kubepods-pod_.slice/cri-containerd-@.scope", "containerd", nullptr, true},
    {"/system.slice/containerd.service/kubepods-burstable-pod_.slice:cri-containerd:@",
     "containerd", nullptr, true},
    {"/kubepods-besteffort-pod_.slice:cri-containerd:@", "containerd", nullptr, true},
    {"/kubepods/burstable/pod%/@", "", nullptr, true},
    {"/kubepods/besteffort/pod%/@", "", nullptr, true},
    {"/kubepods/pod%/@", "", nullptr, true},
    {"/kubelet/kubepods/burstable/pod%/@", "", nullptr, true},
    {"/kubepods.slice/kubepods-pod_.slice/crio-@.scope", "crio", nullptr, true},
    {"/kubepods.slice/kubepods-pod_.slice/crio-@.scope/container", "crio",
     "/kubepods.slice/kubepods-pod_.slice/crio-@.scope", true},
    {"/kubepods/burstable/pod%/crio-@", "crio", nullptr, true},
    {"/machine.slice/libpod-@.scope", "podman", nullptr},
    {"/machine.slice/libpod-@.scope/container", "podman", "/machine.slice/libpod-@.scope"},
    {"/libpod_parent/libpod-@", "podman", nullptr},
    {"/libpod_parent/@", "podman", nullptr},
    {"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-@.scope/container", "podman",
     "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-@.scope"},
    {"/system.slice/nerdctl-@.scope", "containerd", nullptr},
    {"/default/@", "", nullptr},
    {"/@", "", nullptr},
    {"/ci/jobs/@/payload", "", "/ci/jobs/@"},
    {"/../docker-@.scope", "docker", nullptr},
    {"/docker/@ (deleted)", "docker", "/docker/@"},
    // nested containers: a cluster whose nodes are containers
    {"/docker/#/kubepods/besteffort/pod%/@", "", nullptr, true},
    {"/system.slice/docker-#.scope/kubelet.slice/kubelet-kubepods.slice/"
     "kubelet-kubepods-pod_.slice/cri-containerd-@.scope",
     "containerd", nullptr, true},
    {"/docker/#/docker/@", "docker", nullptr},
    {"/docker/#/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/"
     "kubelet-kubepods-besteffort-pod_.slice/cri-containerd-@.scope",
     "containerd", nullptr, true},
    {"/system.slice/docker-#.scope/kubepods.slice/kubepods-burstable.slice/"
     "kubepods-burstable-pod_.slice/crio-@.scope/container",
     "crio",
     "/system.slice/docker-#.scope/kubepods.slice/kubepods-burstable.slice/"
     "kubepods-burstable-pod_.slice/crio-@.scope",
     true},
    // rootless, in a user's service
    {"/user.slice/user-1000.slice/user@1000.service/app.slice/web.service/libpod-payload-@",
     "podman", nullptr},
    {"/user.slice/user-1000.slice/user@1000.service/user.slice/nerdctl-@.scope", "containerd",
     nullptr},
    {"/machine.slice/libpod-@.scope/libpod-payload-@", "podman", "/machine.slice/libpod-@.scope"},
    // the same container twice: a service manager inside it delegates a group
    {"/docker/@/docker/@/inner", "docker", "/docker/@"},
    // the monitor of an inner container runs in the outer one
    {"/docker/@/libpod_parent/libpod-conmon-#", "docker", "/docker/@"},
    {"/garden/6b2c1f0e-7d9a-4c33-5e81-2f4a", "garden", nullptr, false,
     "6b2c1f0e-7d9a-4c33-5e81-2f4a"},
    {"/machine.slice/libpod-0123456789abcdef0123456789ab.scope", "podman", nullptr, false,
     "0123456789abcdef0123456789ab"},
};

std::string Filled(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '@') {
      result += kId;
    } else if (c == '#') {
      result += kOther;
    } else if (c == '%') {
      result += kPod;
    } else {
      result += c;
    }
  }
  for (std::size_t at = result.find("user" + kId); at != std::string::npos;
       at = result.find("user" + kId)) {
    result.replace(at + 4, kId.size(), "@");
  }
  for (std::size_t at = result.find("pod_."); at != std::string::npos; at = result.find("pod_.")) {
    result.replace(at + 3, 1, kPodSystemd);
  }
  return result;
}

TEST_CASE("container id: the path of a group gives id, runtime, pod and outermost group") {
  for (const Row& row : kRows) {
    CAPTURE(row.path);
    const std::string path = Filled(row.path);
    const std::optional<ContainerName> name = ContainerFromCgroupPath(path);
    REQUIRE(name.has_value());
    CHECK(name->id == Filled(row.id));
    CHECK(name->runtime == row.runtime);
    CHECK(name->cgroup == (row.cgroup == nullptr ? path : Filled(row.cgroup)));
    CHECK(name->pod_uid == (row.in_pod ? kPod : ""));
  }
}

TEST_CASE("container id: a group outside containers has no container name") {
  const char* const paths[] = {
      "",
      "/",
      "/init.scope",
      "/system.slice/docker.service",
      "/system.slice/containerd.service",
      "/user.slice/user-1000.slice/session-3.scope",
      "/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome.scope",
      "/machine.slice/libpod-conmon-@.scope",
      "/kubepods.slice/kubepods-pod_.slice/crio-conmon-@.scope",
      "/libpod_parent/libpod-conmon-@",
      "/libpod_parent/conmon",
      "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-conmon-@.scope",
      "/machine.slice/libpod-@.scope-init",
      "/lxc/web",
      "/lxc.payload.web/system.slice/nginx.service",
      "/lxc.monitor.web",
      "/machine.slice/systemd-nspawn@web.service/payload",
      "/system.slice/containerd.service/docker-@.mount",
      "/garden/6b2c1f0e-7d9a-4c33-5e81",
      "/other/6b2c1f0e-7d9a-4c33-5e81-2f4a",
      "/kubepods/burstable/pod%",
      "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod_.slice",
      "/process_api/c1e137e5f94ccff7b290ffb87a5087fe",  // 32 digits
      "/docker/5f0c3a9b7d2e",
      "/docker/@0",  // 65 digits
      "/docker/5F0C3A9B7D2E48C6A1F4B8E0D9C7A35264718293A4B5C6D7E8F90123456789AB",
      "/docker/5g0c3a9b7d2e48c6a1f4b8e0d9c7a35264718293a4b5c6d7e8f90123456789ab",
      "/system.slice/docker-5f0c3a9b7d2e.scope",
      "/system.slice/docker-@0.scope",
      "/system.slice/docker-.scope",
      "/system.slice/unknown-@.scope",
      "/x:cri-containerd:5f0c3a9b7d2e",
      "/x:unknown:@",
  };
  for (const char* path : paths) {
    CAPTURE(path);
    CHECK_FALSE(ContainerFromCgroupPath(Filled(path)).has_value());
  }
}

TEST_CASE(
    "container id: a cgroup file's version 2 line counts first, then any line with a container") {
  struct File {
    const char* text;
    const char* id;  // "": none
  };
  const File files[] = {
      {"0::/system.slice/docker-@.scope\n", "@"},
      {"0::/docker/@", "@"},
      {"12:pids:/docker/#\n1:name=systemd:/docker/#\n0::/docker/@\n", "@"},
      {"9:name=systemd:/docker/@\n8:pids:/docker/@\n0::/\n", "@"},
      {"9:name=systemd:/\n4:cpu,cpuacct:/kubepods/burstable/pod%/@\n", "@"},
      {"3:cpuset:/x.service/kubepods-pod_.slice:cri-containerd:@\n0::/\n", "@"},
      {"9:name=systemd:/\n0::/user.slice\n", ""},
      {"0::/\n", ""},
      {"", ""},
      {"\n\n:\n::\nno colons", ""},
  };
  for (const File& file : files) {
    CAPTURE(file.text);
    const std::optional<ContainerName> name = ContainerFromCgroupFile(Filled(file.text));
    CHECK((name ? name->id : std::string()) == Filled(file.id));
  }
}

TEST_CASE("container id: the version 2 path of a cgroup file is that of its 0:: line") {
  CHECK(UnifiedPathFromCgroupFile("1:cpu:/a\n0::/b/c\n") == "/b/c");
  CHECK(UnifiedPathFromCgroupFile("0::/a:b") == "/a:b");
  CHECK(UnifiedPathFromCgroupFile("1:cpu:/a\n").empty());
  CHECK(UnifiedPathFromCgroupFile("").empty());
}

}  // namespace container_id_test
}  // namespace wirehound
