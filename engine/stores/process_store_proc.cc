// SPDX-License-Identifier: Apache-2.0

// The half of the process store that reads /proc, and reports what it finds as notices.

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "engine/stores/container_store.h"
#include "engine/stores/process_store.h"
#include "probes/host/entity_id.h"

namespace wirehound {
namespace {

constexpr std::int32_t kKernelThreads = 2;  // the pid of their parent

}  // namespace

bool ProcessStore::IsDue(const Entry& entry) const {
  return reads_proc_ && entry.key.known() && !entry.facts->data().exited && !entry.ends_at_ns &&
         (!entry.checked_at_ns || setup_->time.now_ns - *entry.checked_at_ns >= kRecheckNs);
}

void ProcessStore::Check(Entry& entry) {
  if (entry.facts->data().from_proc) {
    return ReadFromProc(entry);
  }
  entry.checked_at_ns = setup_->time.now_ns;
  // First the arguments, then the start time: when that is still the same afterwards, the pid was
  // not reused in between, and the arguments are those of this process.
  std::vector<std::string> arguments = entry.has_told_arguments
                                           ? entry.facts->data().arguments
                                           : setup_->proc.Arguments(entry.key.host_pid);
  const std::optional<ProcStat> stat = setup_->proc.Stat(entry.key.host_pid);
  if (!stat || stat->start_ticks != entry.key.start_ticks || stat->ended()) {
    return FindEnded(entry);
  }
  if (arguments != entry.facts->data().arguments) {
    ProcessData data = entry.facts->data();
    data.arguments = std::move(arguments);
    SetFacts(entry, std::move(data));
    Report(entry);
  }
}

// Reads a process that is known as a parent only. The process that now has the pid is that parent
// when it started no later than the child: it has held the pid since before the child began.
ProcessStore::Entry& ProcessStore::Discover(Entry& entry) {
  const bool has_bound = entry.started_by_ticks != ProcessKey::kUnknownStart;
  if (!reads_proc_ || (!entry.key.known() && !has_bound)) {
    SetFacts(entry, ProcessData{.key = entry.key});
    return entry;
  }
  if (!entry.key.known()) {
    const std::optional<ProcStat> stat = setup_->proc.Stat(entry.key.host_pid);
    if (!stat || stat->start_ticks > entry.started_by_ticks) {
      if (Entry* known = HadPid(entry)) {
        return DiscoverAs(entry, *known);
      }
      FindEnded(entry);
      return entry;
    }
    const ProcessKey key{.host_pid = entry.key.host_pid, .start_ticks = stat->start_ticks};
    if (Entry* known = index_.ByKey(key)) {
      return DiscoverAs(entry, *known);
    }
    index_.SetKey(entry, key);
  }
  ReadFromProc(entry);
  return entry;
}

// The process that last had the pid, as /proc showed it while it ran. It is the parent when it ran
// until the child began; no other known process had the pid after it.
ProcessStore::Entry* ProcessStore::HadPid(const Entry& entry) {
  Entry* last = index_.ByPid(entry.key.host_pid);
  if (last == nullptr || last->facts == nullptr || !last->facts->data().from_proc ||
      last->key.start_ticks > entry.started_by_ticks) {
    return nullptr;
  }
  const ProcessData& data = last->facts->data();
  const bool in_time = !data.exited || setup_->clock.ToBoot(data.exit_time_ns) / ProcTickNs() >=
                                           entry.started_by_ticks;
  return in_time ? last : nullptr;
}

// `known` is the same process, read from /proc under an id of its own. It takes over the id of
// `entry`.
ProcessStore::Entry& ProcessStore::DiscoverAs(Entry& entry, Entry& known) {
  const std::uint32_t id = entry.entity_id;
  index_.Forget(entry);
  index_.Rename(known, id);
  if (known.facts != nullptr) {
    SetFacts(known, known.facts->data());
  }
  Report(known);
  return Refresh(known);
}

// Reads all parents that are not known yet, up to the first process or to the first one that is
// gone.
void ProcessStore::DiscoverParents(std::uint32_t entity_id) {
  for (std::uint32_t depth = 0; reads_proc_ && depth < kMaxAncestryDepth; ++depth) {
    Entry* entry = entity_id == 0 ? nullptr : index_.ById(entity_id);
    if (entry == nullptr) {
      return;
    }
    Entry& known = entry->facts == nullptr ? Discover(*entry) : *entry;
    entity_id = known.facts->data().parent_entity_id;
  }
}

void ProcessStore::ReadFromProc(Entry& entry) {
  entry.checked_at_ns = setup_->time.now_ns;
  std::optional<ProcProcess> process = ReadProcess(setup_->proc, entry.key, setup_->clock);
  if (!process) {
    return FindEnded(entry);
  }
  if (setup_->containers != nullptr && process->container) {
    setup_->containers->Note(*process->container);
  }
  process->data.parent_entity_id = ParentFromProc(process->data);
  process->data.entity_id = entry.entity_id;
  if (entry.facts == nullptr || entry.facts->data() != process->data) {
    SetFacts(entry, std::move(process->data));
    Report(entry);
  }
}

void ProcessStore::FindEnded(Entry& entry) {
  End(entry, setup_->time.now_ns);
  Report(entry);
}

// The id of the parent that /proc names, which has an entry afterwards. 0 when the parent is gone:
// a process that has its pid and started after the child is another one.
std::uint32_t ProcessStore::ParentFromProc(const ProcessData& child) {
  if (child.host_parent_pid == 0) {
    return 0;
  }
  const std::optional<ProcStat> stat = setup_->proc.Stat(child.host_parent_pid);
  if (!stat || stat->start_ticks > child.key.start_ticks) {
    return 0;
  }
  const ProcessKey key{.host_pid = child.host_parent_pid, .start_ticks = stat->start_ticks};
  const Entry* known = index_.ByKey(key);
  return known != nullptr ? known->entity_id : AddFromProc(key).entity_id;
}

// Adds a process of which only pid and start are known.
ProcessStore::Entry& ProcessStore::AddFromProc(const ProcessKey& key) {
  const std::uint64_t start_ns = key.start_ticks * ProcTickNs();
  const std::uint32_t id = EntityId(key.host_pid, start_ns);
  if (Entry* other = index_.ById(id)) {  // a collision of hashes
    return *other;
  }
  Entry& entry = index_.Add(id, key);
  Report(entry);
  return entry;
}

void ProcessStore::FindRunning(std::span<const std::int32_t> host_pids) {
  if (!reads_proc_) {
    return;
  }
  Find(getpid());
  const std::size_t count = std::min(host_pids.size(), kMaxFound);
  not_read_ += host_pids.size() - count;
  for (const std::int32_t host_pid : host_pids.first(count)) {
    Find(host_pid);
  }
}

void ProcessStore::Find(std::int32_t host_pid) {
  const std::optional<ProcStat> stat = setup_->proc.Stat(host_pid);
  if (!stat || stat->ended() || host_pid == kKernelThreads || stat->parent_pid == kKernelThreads) {
    return;
  }
  const ProcessKey key{.host_pid = host_pid, .start_ticks = stat->start_ticks};
  const Entry* known = index_.ByKey(key);
  DiscoverParents(known != nullptr ? known->entity_id : AddFromProc(key).entity_id);
}

// Leaves the index as it will be in a store that gets the notices alone, which must give the same
// answer. There the process that started last holds the pid until a notice of its end.
std::optional<ProcessKey> ProcessStore::RunningAs(std::int32_t host_pid) {
  Entry* last = index_.ByPid(host_pid);
  if (last != nullptr) {
    EndIfItIsTime(*last);
  }
  const bool runs = last != nullptr && (last->facts == nullptr || !last->facts->data().exited);
  if (!reads_proc_) {
    return runs ? std::optional(last->key) : std::nullopt;
  }
  const std::optional<ProcStat> stat = setup_->proc.Stat(host_pid);
  if (!stat || stat->ended()) {
    if (runs) {
      FindEnded(*last);
    }
    return std::nullopt;
  }
  const ProcessKey key{.host_pid = host_pid, .start_ticks = stat->start_ticks};
  if (runs && last->key == key) {
    return key;
  }
  if (index_.ByKey(key) == nullptr) {
    AddFromProc(key);
  }
  return key;
}

void ProcessStore::Report(const Entry& entry) const {
  if (!setup_->learned) {
    return;
  }
  const ProcessData data = entry.facts != nullptr ? entry.facts->data() : DataOfKey(entry);
  const wirehound_process process = ProcessOfFacts(data);
  ProcessNotice notice{.kind = ProcessNotice::Kind::kFound,
                       .timestamp_ns = setup_->time.now_ns,
                       .process = &process};
  if (entry.facts != nullptr) {
    notice.arguments = entry.facts->arguments();
  }
  if (data.exited) {
    notice.kind = ProcessNotice::Kind::kExited;
    notice.timestamp_ns = data.exit_time_ns;
  }
  setup_->learned(notice);
}

// The facts of an entry of which only the key is known.
ProcessData ProcessStore::DataOfKey(const Entry& entry) const {
  ProcessData data;
  data.key = entry.key;
  data.entity_id = entry.entity_id;
  if (entry.key.known()) {
    data.start_time_ns = setup_->clock.ToEpoch(entry.key.start_ticks * ProcTickNs());
  }
  return data;
}

}  // namespace wirehound
