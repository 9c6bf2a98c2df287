// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/container_store.h"

#include <vector>

namespace wirehound {

ContainerStore::ContainerStore(std::optional<Setup> setup)
    : setup_(std::move(setup)),
      directory_(setup_ ? setup_->capacity : ContainerDirectory::kDefaultCapacity) {}

// Adds the container, and reports it, when it is not known.
ContainerStore::Entry& ContainerStore::EntryOf(const wirehound_container_info& info) {
  const std::string id(info.id.data, info.id.size);
  if (Entry* known = directory_.Find(id)) {
    return *known;
  }
  Entry& entry = directory_.Of(id);
  entry.facts->Fill(info);
  if (on_new_) {
    on_new_(entry.facts->info());
  }
  return entry;
}

// Facts that the store finds by itself, perhaps while a detector reads an answer.
ContainerStore::Entry& ContainerStore::Learn(const wirehound_container_info& info) {
  const bool is_new = directory_.Find(std::string(info.id.data, info.id.size)) == nullptr;
  Entry& entry = EntryOf(info);
  if ((entry.facts->Fill(info) || is_new) && on_learnt_) {
    on_learnt_(entry.facts->info());
  }
  return entry;
}

void ContainerStore::Note(const wirehound_process& process) {
  std::string id(process.container_id.data, process.container_id.size);
  if (!setup_ || directory_.Find(id) != nullptr) {
    return;
  }
  const std::optional<std::string> path = setup_->tree.PathOf(process.cgroup_id);
  std::optional<ContainerName> name =
      path ? ContainerFromCgroupPath(*path) : std::optional<ContainerName>();
  if (name && name->id == id) {
    return Note(*name);
  }
  // Its version 2 group does not name it, or is gone: only the id is known.
  Learn(InfoOf({.id = id, .runtime = "", .cgroup = "", .pod_uid = ""}, 0));
}

void ContainerStore::Note(const ContainerName& name) {
  if (setup_ && directory_.Find(name.id) == nullptr) {
    Learn(InfoOf(name, setup_->tree.IdOf(name.cgroup)));
  }
}

void ContainerStore::Take(const wirehound_container_info& container) {
  if (container.id.size == 0) {
    return;
  }
  told_ = true;
  EntryOf(container).facts->Update(container);
}

void ContainerStore::TakeGroup(std::uint64_t cgroup_id, const std::string& path) {
  const std::optional<ContainerName> name = ContainerFromCgroupPath(path);
  if (!name || name->cgroup != path) {
    return;  // none, or a group inside the container's
  }
  Entry& entry = Learn(InfoOf(*name, cgroup_id));
  entry.seen_in_scan = scans_;
}

void ContainerStore::ScanIfDue() {
  if (!setup_) {
    return;
  }
  const std::uint64_t now_ns = setup_->time.now_ns;
  if (scanned_at_ns_ && now_ns - *scanned_at_ns_ < kScanEveryNs) {
    return;
  }
  scanned_at_ns_ = now_ns;
  ++scans_;
  setup_->tree.Scan(kMaxScanned, [this](std::uint64_t cgroup_id, const std::string& path) {
    TakeGroup(cgroup_id, path);
  });
  for (auto& [id, record] : directory_) {
    record.gone = record.seen_in_scan != 0 && record.seen_in_scan != scans_;
  }
}

ContainerStore::Entry* ContainerStore::FindByPrefix(std::string_view prefix) {
  Entry* found = nullptr;
  for (auto& [id, record] : directory_) {
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

ContainerStore::Entry* ContainerStore::Find(std::string_view id) {
  Entry* record = directory_.Find(std::string(id));
  return record != nullptr ? record : FindByPrefix(id);
}

std::int32_t ContainerStore::Get(std::string_view id, const wirehound_container_info** container) {
  if (!IsHealthy()) {
    return WIREHOUND_ERROR_UNHEALTHY;
  }
  if (id.size() < kMinPrefix) {
    return WIREHOUND_ERROR_INVALID;
  }
  ScanIfDue();
  const Entry* record = Find(id);
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
  if (!IsHealthy()) {
    return WIREHOUND_ERROR_UNHEALTHY;
  }
  ScanIfDue();
  std::vector<wirehound_container_info> found;
  for (const auto& [id, record] : directory_) {
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
