// SPDX-License-Identifier: Apache-2.0

#include "engine/runtimes/container_answer.h"

#include <cstddef>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/views.h>

namespace wirehound {
namespace {

struct Label {
  std::string_view key;
  std::string ContainerAnswer::*member;
};

constexpr Label kLabels[] = {
    {"io.kubernetes.pod.name", &ContainerAnswer::pod_name},
    {"io.kubernetes.pod.namespace", &ContainerAnswer::pod_namespace},
    {"io.kubernetes.pod.uid", &ContainerAnswer::pod_uid},
    {"io.kubernetes.container.name", &ContainerAnswer::name},
    {"nerdctl/name", &ContainerAnswer::name},
};

// The labels of a pod's sandbox: from containerd's CRI plugin, and from Docker's Kubernetes shim.
constexpr std::string_view kSandboxLabels[] = {"io.cri-containerd.kind",
                                               "io.kubernetes.docker.type"};

}  // namespace

wirehound_container_info ContainerAnswer::Info() const {
  wirehound_container_info info{};
  info.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_container_info, image_digest);
  info.is_pod_sandbox = is_pod_sandbox ? 1 : 0;
  info.id = FromView(id);
  info.runtime = FromView(runtime);
  info.name = FromView(name);
  info.image = FromView(image);
  info.pod_name = FromView(pod_name);
  info.pod_namespace = FromView(pod_namespace);
  info.pod_uid = FromView(pod_uid);
  info.image_digest = FromView(image_digest);
  return info;
}

void TakeLabel(ContainerAnswer& answer, std::string_view key, std::string_view value) {
  for (const Label& label : kLabels) {
    if (label.key == key && !value.empty()) {
      answer.*label.member = value;
    }
  }
  for (const std::string_view kind : kSandboxLabels) {
    answer.is_pod_sandbox =
        answer.is_pod_sandbox || (kind == key && (value == "sandbox" || value == "podsandbox"));
  }
}

std::string_view DigestOf(std::string_view image_reference) {
  constexpr std::string_view kAlgorithm = "sha256:";
  const std::size_t at = image_reference.rfind('@');
  const std::string_view digest =
      at == std::string_view::npos ? image_reference : image_reference.substr(at + 1);
  return digest.substr(0, kAlgorithm.size()) == kAlgorithm ? digest : std::string_view();
}

}  // namespace wirehound
