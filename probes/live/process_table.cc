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
    : clock_(clock), resolvers_(std::move(resolvers)), by_owner_(capacity) {}

void ProcessTable::Put(const wirehound_wire_process& facts) {
  FillProcess(by_owner_.Take(facts.owner_id), facts, clock_, resolvers_);
}

const wirehound_process* ProcessTable::Find(std::uint64_t owner_id) {
  const OwnedProcess* known = by_owner_.Find(owner_id);
  return known == nullptr ? nullptr : &known->process;
}

}  // namespace wirehound
