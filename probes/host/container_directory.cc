// SPDX-License-Identifier: Apache-2.0

#include "probes/host/container_directory.h"

#include <iterator>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/views.h>

namespace wirehound {
namespace {

constexpr wirehound_string wirehound_container_info::*kTextMembers[] = {
    &wirehound_container_info::id,       &wirehound_container_info::runtime,
    &wirehound_container_info::name,     &wirehound_container_info::image,
    &wirehound_container_info::pod_name, &wirehound_container_info::pod_namespace,
    &wirehound_container_info::pod_uid,  &wirehound_container_info::image_digest,
};

std::string_view Bounded(const wirehound_string& text) {
  return ToView(text).substr(0, ContainerFacts::kMaxTextBytes);
}

}  // namespace

wirehound_container_info InfoOf(const ContainerName& name, std::uint64_t cgroup_id) {
  wirehound_container_info info{};
  info.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_container_info, image_digest);
  info.cgroup_id = cgroup_id;
  info.id = FromView(name.id);
  info.runtime = FromView(name.runtime);
  info.pod_uid = FromView(name.pod_uid);
  return info;
}

ContainerFacts::ContainerFacts(const wirehound_container_info& info) {
  info_.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_container_info, image_digest);
  Merge(info, Known::kReplace);
}

bool ContainerFacts::Update(const wirehound_container_info& info) {
  return Merge(info, Known::kReplace);
}

bool ContainerFacts::Fill(const wirehound_container_info& info) {
  return Merge(info, Known::kKeep);
}

bool ContainerFacts::MergeNumbers(const wirehound_container_info& info, Known known) {
  bool changed = false;
  if (info.cgroup_id != 0 && info.cgroup_id != info_.cgroup_id &&
      (known == Known::kReplace || info_.cgroup_id == 0)) {
    info_.cgroup_id = info.cgroup_id;
    changed = true;
  }
  if (info.is_pod_sandbox != 0 && info_.is_pod_sandbox == 0) {
    info_.is_pod_sandbox = 1;
    changed = true;
  }
  return changed;
}

// A text is a view into `texts_`, so both change together. An empty text in `info` says nothing and
// erases nothing.
bool ContainerFacts::Merge(const wirehound_container_info& info, Known known) {
  static_assert(std::size(kTextMembers) == kTexts);
  bool changed = MergeNumbers(info, known);
  for (std::size_t i = 0; i < kTexts; ++i) {
    const std::string_view text = Bounded(info.*kTextMembers[i]);
    // The kKeep path must not touch a text that has a value: an event may show it right now.
    const bool is_open = known == Known::kReplace || texts_[i].empty();
    if (text.empty() || !is_open || text == texts_[i]) {
      continue;
    }
    texts_[i] = text;
    info_.*kTextMembers[i] = FromView(texts_[i]);
    changed = true;
  }
  return changed;
}

ContainerDirectory::Entry& ContainerDirectory::Of(const std::string& id) {
  if (Entry* known = entries_.Find(id)) {
    return *known;
  }
  wirehound_container_info info{};
  info.id = FromView(id);
  return entries_.Put(id, {.facts = std::make_shared<ContainerFacts>(info)});
}

}  // namespace wirehound
