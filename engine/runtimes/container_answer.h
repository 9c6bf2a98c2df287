// SPDX-License-Identifier: Apache-2.0

// ContainerAnswer: what a runtime says about one container. Owns its text. Any thread.

#pragma once

#include <string>
#include <string_view>

#include <wirehound/abi/stores_abi.h>

namespace wirehound {

/// Members as in wirehound_container_info; empty: the runtime did not say.
struct ContainerAnswer {
  std::string id;
  std::string runtime;
  std::string name;
  std::string image;
  std::string image_digest;
  std::string pod_name;
  std::string pod_namespace;
  std::string pod_uid;
  bool is_pod_sandbox = false;

  /// The C form, which points into this object.
  wirehound_container_info Info() const;
};

/// Takes the pod and names from a label: Kubernetes labels its containers with their pod, nerdctl
/// with their name. Ignores other labels.
void TakeLabel(ContainerAnswer& answer, std::string_view key, std::string_view value);

/// The digest in a reference to an image, "nginx@sha256:…" or "sha256:…"; "" without one.
std::string_view DigestOf(std::string_view image_reference);

}  // namespace wirehound
