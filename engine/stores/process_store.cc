// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/process_store.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/stores/container_store.h"
#include "probes/process_table.h"

namespace wirehound {

ProcessStore::ProcessStore(std::optional<Setup> setup)
    : setup_(std::move(setup)),
      reads_proc_(setup_ && setup_->proc.SeesHost()),
      index_(setup_ ? setup_->capacity : 0) {}

void ProcessStore::Note(const wirehound_process& process) {
  if (!setup_ || process.process_entity_id == 0) {
    return;
  }
  const bool is_last =
      last_noted_ != nullptr && last_noted_->entity_id == process.process_entity_id;
  const Entry* known = is_last ? last_noted_ : index_.ById(process.process_entity_id);
  if (known == nullptr || known->facts == nullptr || known->facts->data().from_proc ||
      !SaysTheSame(known->facts->data(), process)) {
    NoteChanged(process);
  } else {
    last_noted_ = known;
  }
}

void ProcessStore::NoteChanged(const wirehound_process& process) {
  const ProcessKey key = KeyOf(process, setup_->clock);
  Entry& entry = EntryOfEvent(process, key);
  ProcessData data = DataOfEvent(process, key);
  if (entry.facts != nullptr) {
    const ProcessData& before = entry.facts->data();
    data.exited = before.exited;
    data.exit_time_ns = before.exit_time_ns;
    if (process.host_tid != process.host_pid && !before.comm.empty()) {
      data.comm = before.comm;
    }
    if (before.executable == data.executable) {
      data.arguments = before.arguments;
    }
  }
  SetFacts(entry, std::move(data));
  if (!entry.facts->data().exited) {
    entry.checked_at_ns.reset();
  }
  last_noted_ = &entry;
  if (setup_->containers != nullptr && process.container_id.size != 0) {
    setup_->containers->Note(process);
  }
  NoteParent(process, key);
}

// The entry an event's process has or gets: under the event's id, whatever it went by before.
ProcessStore::Entry& ProcessStore::EntryOfEvent(const wirehound_process& process,
                                                const ProcessKey& key) {
  const std::uint32_t id = process.process_entity_id;
  Entry* by_id = index_.ById(id);
  if (by_id != nullptr && by_id->key.known() && by_id->key != key) {
    index_.Forget(*by_id);  // two processes whose ids are the same by chance: the later one stays
    by_id = nullptr;
  }
  Entry* by_key = index_.ByKey(key);
  if (by_key != nullptr && by_key != by_id) {
    if (by_id != nullptr) {
      index_.Forget(*by_id);
    }
    index_.Rename(*by_key, id);
    return *by_key;
  }
  if (by_id == nullptr) {
    return index_.Add(id, key);
  }
  index_.SetKey(*by_id, key);
  return *by_id;
}

// The kernel tells the parent's id; the rest is looked up when somebody wants it.
void ProcessStore::NoteParent(const wirehound_process& process, const ProcessKey& key) {
  const std::uint32_t id = process.parent_entity_id;
  if (id == 0 || process.host_parent_pid == 0 || index_.ById(id) != nullptr) {
    return;
  }
  Entry& parent = index_.Add(id, {.host_pid = process.host_parent_pid});
  parent.started_by_ticks = key.start_ticks;
}

void ProcessStore::NoteExit(std::uint32_t entity_id, std::uint64_t exit_time_ns) {
  Entry* entry = entity_id == 0 || !setup_ ? nullptr : index_.ById(entity_id);
  if (entry != nullptr) {
    End(*entry, exit_time_ns);
  }
}

void ProcessStore::SetFacts(Entry& entry, ProcessData data) {
  data.entity_id = entry.entity_id;
  entry.facts = std::make_shared<const ProcessFacts>(std::move(data));
  entry.held_in_turn = 0;
}

void ProcessStore::End(Entry& entry, std::uint64_t exit_time_ns) {
  ProcessData data;
  if (entry.facts != nullptr) {
    data = entry.facts->data();
  }
  data.key = entry.key;
  data.exited = true;
  data.exit_time_ns = exit_time_ns;
  SetFacts(entry, std::move(data));
}

bool ProcessStore::IsDue(const Entry& entry) const {
  return reads_proc_ && entry.key.known() && !entry.facts->data().exited &&
         (!entry.checked_at_ns || setup_->time.now_ns - *entry.checked_at_ns >= kRecheckNs);
}

// Whoever is asked about is looked at again: it may have ended, or run another program.
ProcessStore::Entry& ProcessStore::Refresh(Entry& entry) {
  if (entry.facts == nullptr) {
    return Discover(entry);
  }
  if (IsDue(entry)) {
    Check(entry);
  }
  return entry;
}

void ProcessStore::Check(Entry& entry) {
  if (entry.facts->data().from_proc) {
    return ReadFromProc(entry);
  }
  entry.checked_at_ns = setup_->time.now_ns;
  std::vector<std::string> arguments = setup_->proc.Arguments(entry.key.host_pid);
  const std::optional<ProcStat> stat = setup_->proc.Stat(entry.key.host_pid);
  if (!stat || stat->start_ticks != entry.key.start_ticks || stat->ended()) {
    return End(entry, setup_->time.now_ns);
  }
  if (arguments != entry.facts->data().arguments) {
    ProcessData data = entry.facts->data();
    data.arguments = std::move(arguments);
    SetFacts(entry, std::move(data));
  }
}

// A parent that nobody has looked at yet. Whoever has its pid and started no later than the child
// is the one: the pid has been in its hands since before the child was born.
ProcessStore::Entry& ProcessStore::Discover(Entry& entry) {
  const bool has_bound = entry.started_by_ticks != ProcessKey::kUnknownStart;
  if (!reads_proc_ || (!entry.key.known() && !has_bound)) {
    SetFacts(entry, ProcessData{.key = entry.key});
    return entry;
  }
  if (!entry.key.known()) {
    const std::optional<ProcStat> stat = setup_->proc.Stat(entry.key.host_pid);
    if (!stat || stat->start_ticks > entry.started_by_ticks) {
      End(entry, setup_->time.now_ns);
      return entry;
    }
    const ProcessKey key{.host_pid = entry.key.host_pid, .start_ticks = stat->start_ticks};
    if (Entry* known = index_.ByKey(key)) {  // from /proc, under an id of its own
      const std::uint32_t id = entry.entity_id;
      index_.Forget(entry);
      index_.Rename(*known, id);
      if (known->facts != nullptr) {
        SetFacts(*known, known->facts->data());
      }
      return Refresh(*known);
    }
    index_.SetKey(entry, key);
  }
  ReadFromProc(entry);
  return entry;
}

void ProcessStore::ReadFromProc(Entry& entry) {
  entry.checked_at_ns = setup_->time.now_ns;
  std::optional<ProcProcess> process = ReadProcess(setup_->proc, entry.key, setup_->clock);
  if (!process) {
    return End(entry, setup_->time.now_ns);
  }
  if (setup_->containers != nullptr && process->container) {
    setup_->containers->Note(*process->container);
  }
  process->data.parent_entity_id = ParentFromProc(process->data);
  SetFacts(entry, std::move(process->data));
}

// The id of the parent that /proc names, with an entry to find it by.
std::uint32_t ProcessStore::ParentFromProc(const ProcessData& child) {
  if (child.host_parent_pid == 0) {
    return 0;
  }
  const std::optional<ProcStat> stat = setup_->proc.Stat(child.host_parent_pid);
  if (!stat || stat->start_ticks > child.key.start_ticks) {
    return 0;
  }
  const ProcessKey key{.host_pid = child.host_parent_pid, .start_ticks = stat->start_ticks};
  if (const Entry* known = index_.ByKey(key)) {
    return known->entity_id;
  }
  const std::uint32_t id = EntityId(key.host_pid, key.start_ticks * ProcTickNs());
  return index_.ById(id) == nullptr ? index_.Add(id, key).entity_id : id;
}

// A parent found in /proc may have got the kernel's id since.
void ProcessStore::FollowParentId(Entry& entry) {
  const std::uint32_t named = entry.facts->data().parent_entity_id;
  const Entry* parent = named == 0 ? nullptr : index_.ById(named);
  if (parent != nullptr && parent->entity_id != named) {
    ProcessData data = entry.facts->data();
    data.parent_entity_id = parent->entity_id;
    SetFacts(entry, std::move(data));
  }
}

const ProcessFacts* ProcessStore::Answer(Entry& entry) {
  FollowParentId(entry);
  if (entry.held_in_turn != turn_) {
    if (!answers_.Hold(entry.facts)) {
      return nullptr;
    }
    entry.held_in_turn = turn_;
  }
  return entry.facts.get();
}

std::int32_t ProcessStore::Get(std::uint32_t entity_id, const wirehound_process_info** process) {
  if (!setup_) {
    return WIREHOUND_ERROR_UNHEALTHY;
  }
  Entry* entry = entity_id == 0 ? nullptr : index_.ById(entity_id);
  if (entry == nullptr) {
    return WIREHOUND_ERROR_NOT_FOUND;
  }
  const ProcessFacts* facts = Answer(Refresh(*entry));
  if (facts == nullptr) {
    return WIREHOUND_ERROR_LIMIT;
  }
  *process = &facts->info();
  return WIREHOUND_OK;
}

std::int32_t ProcessStore::Ancestry(std::uint32_t entity_id, std::uint32_t depth,
                                    std::span<const wirehound_process_info>* parents) {
  if (!setup_) {
    return WIREHOUND_ERROR_UNHEALTHY;
  }
  Entry* entry = entity_id == 0 ? nullptr : index_.ById(entity_id);
  if (entry == nullptr) {
    return WIREHOUND_ERROR_NOT_FOUND;
  }
  std::vector<wirehound_process_info> found;
  std::uint32_t parent = Refresh(*entry).facts->data().parent_entity_id;
  const auto was_met = [&](std::uint32_t id) {
    return id == entity_id || std::any_of(found.begin(), found.end(),
                                          [id](const auto& info) { return info.entity_id == id; });
  };
  const std::uint32_t limit = std::min(depth, kMaxAncestryDepth);
  while (found.size() < limit && parent != 0 && (entry = index_.ById(parent)) != nullptr) {
    const ProcessFacts* facts = Answer(Refresh(*entry));
    if (facts == nullptr) {
      return WIREHOUND_ERROR_LIMIT;
    }
    if (was_met(facts->info().entity_id)) {
      break;
    }
    found.push_back(facts->info());
    parent = facts->info().parent_entity_id;
  }
  *parents = found.empty()
                 ? std::span<const wirehound_process_info>()
                 : std::span<const wirehound_process_info>(answers_.HoldList(std::move(found)));
  return WIREHOUND_OK;
}

bool ProcessStore::IsInTree(const wirehound_process& process, std::int32_t root_host_pid) {
  if (!setup_) {
    return false;
  }
  const ProcessKey key = KeyOf(process, setup_->clock);
  if (const std::optional<bool> known = membership_.Known(key, root_host_pid)) {
    return *known;
  }
  Note(process);  // the walk up starts from what is known of it
  return membership_.Contains(process, key, root_host_pid, *this);
}

std::optional<ProcessKey> ProcessStore::RunningAs(std::int32_t host_pid) {
  const std::optional<ProcStat> stat =
      reads_proc_ ? setup_->proc.Stat(host_pid) : std::optional<ProcStat>();
  if (!stat || stat->ended()) {
    return std::nullopt;
  }
  return ProcessKey{.host_pid = host_pid, .start_ticks = stat->start_ticks};
}

std::optional<ProcessLineage::Link> ProcessStore::LinkOf(std::uint32_t entity_id) {
  Entry* entry = index_.ById(entity_id);
  if (entry == nullptr) {
    return std::nullopt;
  }
  // What is known already will do: who somebody descends from does not change.
  const Entry& known = entry->facts != nullptr ? *entry : Discover(*entry);
  return Link{.key = known.key,
              .entity_id = known.entity_id,
              .parent_entity_id = known.facts->data().parent_entity_id};
}

void ProcessStore::EndOfTurn() {
  answers_.EndOfTurn();
  ++turn_;
}

}  // namespace wirehound
