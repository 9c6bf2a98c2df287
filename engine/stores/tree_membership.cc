// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/tree_membership.h"

namespace wirehound {

std::uint64_t TreeMembership::evicted() const {
  std::uint64_t sum = 0;
  for (const auto& [host_pid, root] : roots_) {
    sum += root.members.evicted();
  }
  return sum;
}

TreeMembership::Root& TreeMembership::RootOf(std::int32_t host_pid, ProcessLineage& lineage) {
  const auto [place, is_new] = roots_.try_emplace(host_pid, capacity_);
  Root& root = place->second;
  if (is_new) {
    root.key = lineage.RunningAs(host_pid).value_or(ProcessKey{.host_pid = host_pid});
  }
  return root;
}

// May pin the root: the first process seen with its pid becomes the root, and an event of that
// process brings the root's entity id.
bool TreeMembership::IsRoot(Root& root, const Link& link) {
  if (link.key.host_pid != root.key.host_pid) {
    return false;
  }
  if (!root.key.known() && root.entity_id == 0) {
    root.key = link.key;
    root.entity_id = link.entity_id;
    return true;
  }
  const bool same = root.key.known() && link.key.known() ? root.key == link.key
                                                         : root.entity_id == link.entity_id;
  if (same) {
    root.entity_id = link.entity_id;
  }
  return same;
}

// Remembers the processes on the way that are in the tree: after they ended, their children still
// find them. Those that are not in it are not remembered: the root may have been too far up for
// this walk.
bool TreeMembership::Descends(Root& root, const Link& link, ProcessLineage& lineage, int depth) {
  if (IsRoot(root, link)) {
    return true;
  }
  if (const bool* known = link.key.known() ? root.members.Find(link.key.packed()) : nullptr) {
    return *known;
  }
  if (link.parent_entity_id == 0 || depth == kMaxDepth) {
    return false;
  }
  const std::optional<Link> parent = lineage.LinkOf(link.parent_entity_id);
  const bool descends = parent && Descends(root, *parent, lineage, depth + 1);
  if (descends && link.key.known()) {
    root.members.Put(link.key.packed(), true);
  }
  return descends;
}

std::optional<bool> TreeMembership::Known(const ProcessKey& key, std::int32_t root_host_pid) {
  if (!key.known()) {
    return std::nullopt;
  }
  if (last_.key == key && last_.root_host_pid == root_host_pid) {
    return last_.belongs;
  }
  const auto root = roots_.find(root_host_pid);
  const bool* known = root == roots_.end() ? nullptr : root->second.members.Find(key.packed());
  if (known == nullptr) {
    return std::nullopt;
  }
  last_ = {.key = key, .root_host_pid = root_host_pid, .belongs = *known};
  return *known;
}

bool TreeMembership::Contains(const wirehound_process& process, const ProcessKey& key,
                              std::int32_t root_host_pid, ProcessLineage& lineage) {
  if (process.host_pid == 0) {
    return false;
  }
  if (const std::optional<bool> known = Known(key, root_host_pid)) {
    return *known;
  }
  Root& root = RootOf(root_host_pid, lineage);
  const Link link{.key = key,
                  .entity_id = process.process_entity_id,
                  .parent_entity_id = process.parent_entity_id};
  if (!key.known()) {
    // The BPF programs could not read the task: only the pid is known, which the root may have.
    return process.host_pid == root_host_pid && root.key.known() &&
           lineage.RunningAs(root_host_pid) == root.key;
  }
  return root.members.Put(key.packed(), Descends(root, link, lineage, 0));
}

}  // namespace wirehound
