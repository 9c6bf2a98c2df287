// SPDX-License-Identifier: Apache-2.0

#include "probes/live/process_table.h"

#include <utility>

#include <wirehound/views.h>

#include "probes/host/entity_id.h"
#include "probes/live/wire_reader.h"

namespace wirehound {

void FillProcess(OwnedProcess& target, const wirehound_wire_process& facts, const BootClock& clock,
                 const ProcessResolvers& resolvers) {
  target.comm = WireComm(facts);
  target.host_name = WireHostName(facts);
  const bool path_unknown = (facts.flags & WIREHOUND_WIRE_PATH_UNKNOWN) != 0;
  target.executable = path_unknown ? resolvers.path(facts) : std::string(WirePath(facts));
  target.container_id = resolvers.container(facts);
  const bool has_facts = !target.container_id.empty() && resolvers.container_facts != nullptr;
  target.container = has_facts ? resolvers.container_facts(target.container_id) : nullptr;
  target.process = {
      .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_process, container),
      .uid = facts.uid,
      .start_time_ns = clock.ToEpoch(facts.start_time_ns),
      .thread_start_time_ns = clock.ToEpoch(facts.thread_start_time_ns),
      .cgroup_id = facts.cgroup_id,
      .pid = facts.pid,
      .tid = facts.tid,
      .parent_pid = facts.parent_pid,
      .host_pid = facts.host_pid,
      .host_tid = facts.host_tid,
      .host_parent_pid = facts.host_parent_pid,
      .mount_namespace = facts.mount_namespace,
      .pid_namespace = facts.pid_namespace,
      .thread_entity_id = EntityId(facts.host_tid, facts.thread_start_time_ns),
      .process_entity_id = EntityId(facts.host_pid, facts.start_time_ns),
      .parent_entity_id = EntityId(facts.host_parent_pid, facts.parent_start_time_ns),
      .gid = facts.gid,
      .comm = FromView(target.comm),
      .executable = FromView(target.executable),
      .host_name = FromView(target.host_name),
      .container_id = FromView(target.container_id),
      .container = target.container == nullptr ? nullptr : &target.container->info(),
  };
}

ProcessTable::ProcessTable(BootClock clock, ProcessResolvers resolvers, std::size_t capacity)
    : clock_(clock), resolvers_(std::move(resolvers)), capacity_(capacity) {}

// An entry is moved by splicing its list node. Records point into the OwnedProcess of an entry, so
// its address must never change, and an evicted entry keeps the memory of its texts for the next
// owner.
void ProcessTable::Put(const wirehound_wire_process& facts) {
  const auto known = by_owner_.find(facts.owner_id);
  if (known != by_owner_.end()) {
    entries_.splice(entries_.begin(), entries_, known->second);
  } else if (entries_.size() >= capacity_) {
    by_owner_.erase(entries_.back().owner_id);
    entries_.splice(entries_.begin(), entries_, std::prev(entries_.end()));
    ++evicted_;
  } else {
    entries_.emplace_front();
  }
  by_owner_[facts.owner_id] = entries_.begin();
  entries_.front().owner_id = facts.owner_id;
  FillProcess(entries_.front().owned, facts, clock_, resolvers_);
}

const wirehound_process* ProcessTable::Find(std::uint64_t owner_id) {
  // Packets of one owner come in runs, so most calls end here without a hash.
  if (!entries_.empty() && entries_.front().owner_id == owner_id) {
    return &entries_.front().owned.process;
  }
  const auto known = by_owner_.find(owner_id);
  if (known == by_owner_.end()) {
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, known->second);
  return &known->second->owned.process;
}

}  // namespace wirehound
