// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/process_facts.h"

#include <string_view>
#include <utility>

#include <wirehound/views.h>

namespace wirehound {
namespace {

// Each thread has a name; the name of the process is that of its first thread.
bool NamesTheProcess(const wirehound_process& process) {
  return process.host_tid == process.host_pid;
}

}  // namespace

ProcessKey KeyOf(const wirehound_process& process, const BootClock& clock) {
  ProcessKey key{.host_pid = process.host_pid};
  if (process.start_time_ns != 0) {
    key.start_ticks = clock.ToBoot(process.start_time_ns) / ProcTickNs();
  }
  return key;
}

bool SaysTheSame(const ProcessData& data, const wirehound_process& process) {
  return data.key.host_pid == process.host_pid && data.start_time_ns == process.start_time_ns &&
         data.uid == process.uid && data.gid == process.gid &&
         data.parent_entity_id == process.parent_entity_id &&
         data.executable == ToView(process.executable) &&
         data.container_id == ToView(process.container_id) &&
         (!NamesTheProcess(process) || data.comm == ToView(process.comm));
}

ProcessData DataOfEvent(const wirehound_process& process, const ProcessKey& key) {
  ProcessData data;
  data.key = key;
  data.entity_id = process.process_entity_id;
  data.parent_entity_id = process.parent_entity_id;
  data.pid = process.pid;
  data.parent_pid = process.parent_pid;
  data.host_parent_pid = process.host_parent_pid;
  data.uid = process.uid;
  data.gid = process.gid;
  data.start_time_ns = process.start_time_ns;
  data.comm = ToView(process.comm);
  data.executable = ToView(process.executable);
  data.container_id = ToView(process.container_id);
  return data;
}

wirehound_process ProcessOfFacts(const ProcessData& facts) {
  return {
      .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_process, container_id),
      .uid = facts.uid,
      .start_time_ns = facts.start_time_ns,
      .thread_start_time_ns = facts.start_time_ns,
      .cgroup_id = 0,
      .pid = facts.pid,
      .tid = facts.pid,
      .parent_pid = facts.parent_pid,
      .host_pid = facts.key.host_pid,
      .host_tid = facts.key.host_pid,
      .host_parent_pid = facts.host_parent_pid,
      .mount_namespace = 0,
      .pid_namespace = 0,
      .thread_entity_id = facts.entity_id,
      .process_entity_id = facts.entity_id,
      .parent_entity_id = facts.parent_entity_id,
      .gid = facts.gid,
      .comm = FromView(facts.comm),
      .executable = FromView(facts.executable),
      .host_name = {},
      .container_id = FromView(facts.container_id),
  };
}

std::vector<std::string> TextsOf(std::span<const wirehound_string> texts) {
  std::vector<std::string> copies;
  copies.reserve(texts.size());
  for (const wirehound_string& text : texts) {
    copies.emplace_back(ToView(text));
  }
  return copies;
}

std::optional<ProcProcess> ReadProcess(const ProcFolder& proc, const ProcessKey& key,
                                       const BootClock& clock) {
  ProcProcess process;
  ProcessData& data = process.data;
  const std::optional<ProcStatus> status = proc.Status(key.host_pid);
  data.executable = proc.Executable(key.host_pid);
  data.arguments = proc.Arguments(key.host_pid);
  process.container = ContainerFromCgroupFile(proc.Cgroup(key.host_pid));
  std::optional<ProcStat> stat =
      proc.Stat(key.host_pid);  // last: the same start time proves that the rest is of this process
  if (!status || !stat || stat->start_ticks != key.start_ticks || stat->ended()) {
    return std::nullopt;
  }
  data.key = key;
  data.from_proc = true;
  data.pid = status->pid != 0 ? status->pid : key.host_pid;
  data.parent_pid = status->namespaces == 1 ? stat->parent_pid : 0;
  data.host_parent_pid = stat->parent_pid;
  data.uid = status->uid;
  data.gid = status->gid;
  data.start_time_ns = clock.ToEpoch(key.start_ticks * ProcTickNs());
  data.comm = std::move(stat->comm);
  data.container_id = process.container ? process.container->id : std::string();
  return process;
}

ProcessFacts::ProcessFacts(ProcessData data) : data_(std::move(data)) {
  arguments_.reserve(data_.arguments.size());
  for (const std::string& argument : data_.arguments) {
    arguments_.push_back(FromView(argument));
  }
  info_ = {
      .struct_size = WIREHOUND_STRUCT_SIZE(wirehound_process_info, container_id),
      .entity_id = data_.entity_id,
      .parent_entity_id = data_.parent_entity_id,
      .pid = data_.pid,
      .parent_pid = data_.parent_pid,
      .host_pid = data_.key.host_pid,
      .host_parent_pid = data_.host_parent_pid,
      .uid = data_.uid,
      .gid = data_.gid,
      .exited = data_.exited ? 1u : 0u,
      .start_time_ns = data_.start_time_ns,
      .exit_time_ns = data_.exit_time_ns,
      .comm = FromView(data_.comm),
      .executable = FromView(data_.executable),
      .arguments = {.data = arguments_.data(),
                    .count = static_cast<std::uint32_t>(arguments_.size()),
                    .stride = sizeof(wirehound_string)},
      .container_id = FromView(data_.container_id),
  };
}

}  // namespace wirehound
