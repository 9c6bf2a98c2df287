// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/container_store.h"

#include <utility>
#include <vector>

namespace wirehound {
namespace {

wirehound_string Text(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

ContainerFacts::ContainerFacts(ContainerName name, std::uint64_t cgroup_id)
    : name_(std::move(name)) {
  info_.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_container_info, pod_uid);
  info_.cgroup_id = cgroup_id;
  info_.id = Text(name_.id);
  info_.runtime = Text(name_.runtime);
  info_.pod_uid = Text(name_.pod_uid);
}

ContainerStore::ContainerStore(std::optional<Setup> setup)
    : setup_(std::move(setup)), by_id_(setup_ ? setup_->capacity : 1) {}

void ContainerStore::Note(const wirehound_process& process) {
  std::string id(process.container_id.data, process.container_id.size);
  if (!setup_ || by_id_.Find(id) != nullptr) {
    return;
  }
  const std::optional<std::string> path = setup_->tree.PathOf(process.cgroup_id);
  std::optional<ContainerName> name =
      path ? ContainerFromCgroupPath(*path) : std::optional<ContainerName>();
  if (name && name->id == id) {
    return Note(*name);
  }
  // Its version 2 group does not name it, or is gone: the id is all there is.
  name = ContainerName{.id = id, .runtime = "", .cgroup = "", .pod_uid = ""};
  by_id_.Put(id, {.facts = std::make_shared<const ContainerFacts>(*std::move(name), 0)});
}

void ContainerStore::Note(const ContainerName& name) {
  if (setup_ && by_id_.Find(name.id) == nullptr) {
    const std::uint64_t cgroup_id = setup_->tree.IdOf(name.cgroup);
    by_id_.Put(name.id, {.facts = std::make_shared<const ContainerFacts>(name, cgroup_id)});
  }
}

void ContainerStore::TakeGroup(std::uint64_t cgroup_id, const std::string& path) {
  const std::optional<ContainerName> name = ContainerFromCgroupPath(path);
  if (!name || name->cgroup != path) {
    return;  // none, or a group inside the container's
  }
  Record* record = by_id_.Find(name->id);
  if (record == nullptr) {
    record = &by_id_.Put(name->id, {});
  }
  if (record->facts == nullptr || record->facts->info().cgroup_id != cgroup_id) {
    record->facts = std::make_shared<const ContainerFacts>(*name, cgroup_id);
  }
  record->seen_in_scan = scans_;
}

void ContainerStore::ScanIfDue() {
  const std::uint64_t now_ns = setup_->time.now_ns;
  if (scanned_at_ns_ && now_ns - *scanned_at_ns_ < kScanEveryNs) {
    return;
  }
  scanned_at_ns_ = now_ns;
  ++scans_;
  setup_->tree.Scan(kMaxScanned, [this](std::uint64_t cgroup_id, const std::string& path) {
    TakeGroup(cgroup_id, path);
  });
  for (auto& [id, record] : by_id_) {
    record.gone = record.seen_in_scan != 0 && record.seen_in_scan != scans_;
  }
}

ContainerStore::Record* ContainerStore::FindByPrefix(std::string_view prefix) {
  Record* found = nullptr;
  for (auto& [id, record] : by_id_) {
    if (!id.starts_with(prefix)) {
      continue;
    }
    if (found != nullptr) {
      return nullptr;
    }
    found = &record;
  }
  return found;
}

ContainerStore::Record* ContainerStore::Find(std::string_view id) {
  Record* record = by_id_.Find(std::string(id));
  return record != nullptr ? record : FindByPrefix(id);
}

std::int32_t ContainerStore::Get(std::string_view id, const wirehound_container_info** container) {
  if (!setup_) {
    return WIREHOUND_ERROR_UNHEALTHY;
  }
  if (id.size() < kMinPrefix) {
    return WIREHOUND_ERROR_INVALID;
  }
  ScanIfDue();
  const Record* record = Find(id);
  if (record == nullptr) {
    return WIREHOUND_ERROR_NOT_FOUND;
  }
  if (!answers_.Hold(record->facts)) {
    return WIREHOUND_ERROR_LIMIT;
  }
  *container = &record->facts->info();
  return WIREHOUND_OK;
}

std::int32_t ContainerStore::List(std::span<const wirehound_container_info>* containers) {
  if (!setup_) {
    return WIREHOUND_ERROR_UNHEALTHY;
  }
  ScanIfDue();
  std::vector<wirehound_container_info> found;
  for (const auto& [id, record] : by_id_) {
    if (record.gone) {
      continue;
    }
    if (!answers_.Hold(record.facts)) {
      return WIREHOUND_ERROR_LIMIT;
    }
    found.push_back(record.facts->info());
  }
  *containers = answers_.HoldList(std::move(found));
  return WIREHOUND_OK;
}

}  // namespace wirehound
