// SPDX-License-Identifier: Apache-2.0

// ContainerInfo: the known facts of one container, from the container store or from the process of
// an event. A view: valid as long as the struct that it was made from. Dispatch thread.

#pragma once

#include <cstdint>
#include <string_view>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/abi/stores_abi.h>
#include <wirehound/namespace.h>
#include <wirehound/views.h>

WIREHOUND_NAMESPACE_BEGIN

/// One container. Empty: unknown.
class ContainerInfo {
 public:
  explicit ContainerInfo(const wirehound_container_info& info) : info_(&info) {}
  const wirehound_container_info& abi() const { return *info_; }

  std::uint64_t cgroup_id() const { return info_->cgroup_id; }
  std::string_view id() const { return ToView(info_->id); }
  std::string_view runtime() const { return ToView(info_->runtime); }
  std::string_view name() const { return ToView(info_->name); }
  std::string_view image() const { return ToView(info_->image); }
  std::string_view image_digest() const {
    return WIREHOUND_HAS(info_, wirehound_container_info, image_digest)
               ? ToView(info_->image_digest)
               : std::string_view();
  }
  std::string_view pod_name() const { return ToView(info_->pod_name); }
  std::string_view pod_namespace() const { return ToView(info_->pod_namespace); }
  std::string_view pod_uid() const { return ToView(info_->pod_uid); }
  /// It holds the namespaces of its pod and runs nothing else.
  bool is_pod_sandbox() const { return info_->is_pod_sandbox != 0; }

 private:
  const wirehound_container_info* info_;
};

WIREHOUND_NAMESPACE_END
