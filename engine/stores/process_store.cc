// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/process_store.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/stores/container_store.h"

namespace wirehound {

ProcessStore::ProcessStore(std::optional<Setup> setup)
    : setup_(std::move(setup)),
      reads_proc_(setup_ && setup_->proc.SeesHost()),
      index_(setup_ ? setup_->capacity : 0) {}

void ProcessStore::Note(const wirehound_process& process) {
  if (!setup_ || process.process_entity_id == 0) {
    return;
  }
  NoteTold(process);
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

// A recording of another machine has the clock of that machine. Its ticks count from its boot, so
// the store only needs the phase: where between two ticks of Unix time a tick of that machine
// begins.
void ProcessStore::NoteTold(const wirehound_process& process) {
  if (is_told_ || process.start_time_ns == 0) [[likely]] {
    return;
  }
  is_told_ = true;
  if (setup_->only_when_told) {
    setup_->clock = BootClock(process.start_time_ns % ProcTickNs());
  }
}

// An event knows neither the end of a process nor its arguments: both stay from the facts before.
// The name of an event is that of the thread, so only the leader's thread may rename the process.
// Another executable means that the process ran exec, so its old arguments are void.
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
    } else {
      entry.has_told_arguments = false;
    }
  }
  SetFacts(entry, std::move(data));
  if (!entry.facts->data().exited) {
    entry.checked_at_ns.reset();  // the next question reads the new arguments at once
  }
  last_noted_ = &entry;
  NoteContainer(process);
  NoteParent(process, key);
}

void ProcessStore::NoteContainer(const wirehound_process& process) {
  if (setup_->containers != nullptr && process.container_id.size != 0) {
    setup_->containers->Note(process);
  }
}

// The entry of an event's process, under the event's id. The store may know the process by its key
// already, under an id made from /proc: then that entry is renamed, so that both ids find it.
ProcessStore::Entry& ProcessStore::EntryOfEvent(const wirehound_process& process,
                                                const ProcessKey& key) {
  const std::uint32_t id = process.process_entity_id;
  Entry* by_id = index_.ById(id);
  if (by_id != nullptr && by_id->key.known() && by_id->key != key) {
    index_.Forget(*by_id);  // a collision of hashes: the later process stays
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

// An event brings the id and the pid of the parent. The store reads the rest when a question needs
// it; until then the start of the child bounds that of the parent.
void ProcessStore::NoteParent(const wirehound_process& process, const ProcessKey& key) {
  const std::uint32_t id = process.parent_entity_id;
  if (id == 0 || process.host_parent_pid == 0 || index_.ById(id) != nullptr) {
    return;
  }
  Entry& parent = index_.Add(id, {.host_pid = process.host_parent_pid});
  parent.started_by_ticks = key.start_ticks;
}

void ProcessStore::Take(const ProcessNotice& notice) {
  const wirehound_process& process = *notice.process;
  if (!setup_ || process.process_entity_id == 0) {
    return;
  }
  NoteTold(process);
  if (notice.kind == ProcessNotice::Kind::kExited) {
    return TakeExit(notice);
  }
  const ProcessKey key = KeyOf(process, setup_->clock);
  if (process.pid == 0) {  // the notice gives the process an entry and no facts
    EntryOfEvent(process, key);
    return;
  }
  NoteParent(process, key);
  // First the parents: a forked child takes its arguments from there.
  DiscoverParents(process.parent_entity_id);
  ProcessData data = DataOfEvent(process, key);
  data.arguments = ArgumentsOf(notice);
  Entry& entry = EntryOfEvent(process, key);
  entry.has_told_arguments = notice.kind != ProcessNotice::Kind::kFound && !data.arguments.empty();
  if (entry.facts != nullptr) {
    data.exited = entry.facts->data().exited;
    data.exit_time_ns = entry.facts->data().exit_time_ns;
  }
  SetFacts(entry, std::move(data));
  NoteContainer(process);
}

// A forked child runs with the arguments of its parent until it runs exec.
std::vector<std::string> ProcessStore::ArgumentsOf(const ProcessNotice& notice) {
  if (notice.kind == ProcessNotice::Kind::kForked && notice.arguments.empty()) {
    const Entry* parent = index_.ById(notice.process->parent_entity_id);
    if (parent != nullptr && parent->facts != nullptr) {
      return parent->facts->data().arguments;
    }
  }
  return TextsOf(notice.arguments);
}

// The notice of an end holds little of the process, so facts that are known already stay.
void ProcessStore::TakeExit(const ProcessNotice& notice) {
  const wirehound_process& process = *notice.process;
  const ProcessKey key = KeyOf(process, setup_->clock);
  Entry& entry = EntryOfEvent(process, key);
  if (entry.facts == nullptr) {
    ProcessData data = DataOfEvent(process, key);
    data.arguments = TextsOf(notice.arguments);
    SetFacts(entry, std::move(data));
    NoteContainer(process);
    NoteParent(process, key);
  }
  End(entry, notice.timestamp_ns);
}

void ProcessStore::SetFacts(Entry& entry, ProcessData data) {
  data.entity_id = entry.entity_id;
  entry.facts = std::make_shared<const ProcessFacts>(std::move(data));
  entry.held_in_turn = 0;
}

void ProcessStore::ExpectNotices(BootClock clock) {
  if (setup_ && setup_->only_when_told) {
    setup_->clock = clock;
    is_told_ = true;
  }
}

void ProcessStore::SetLearned(Learned learned) {
  if (setup_) {
    setup_->learned = std::move(learned);
  }
}

// A notice may be ahead of stream time, which is the time of the last record: the process then
// still runs for every event until stream time gets there.
void ProcessStore::End(Entry& entry, std::uint64_t exit_time_ns) {
  entry.ends_at_ns = exit_time_ns;
  EndIfItIsTime(entry);
}

void ProcessStore::EndIfItIsTime(Entry& entry) {
  if (entry.ends_at_ns && *entry.ends_at_ns <= setup_->time.now_ns) {
    SetEnded(entry, *entry.ends_at_ns);
    entry.ends_at_ns.reset();
  }
}

void ProcessStore::SetEnded(Entry& entry, std::uint64_t exit_time_ns) {
  ProcessData data = entry.facts != nullptr ? entry.facts->data() : DataOfKey(entry);
  data.key = entry.key;
  data.exited = true;
  data.exit_time_ns = exit_time_ns;
  SetFacts(entry, std::move(data));
}

// Reads the process again when it is due: it may have ended, or run another program.
ProcessStore::Entry& ProcessStore::Refresh(Entry& entry) {
  EndIfItIsTime(entry);
  if (entry.facts == nullptr) {
    return Discover(entry);
  }
  if (IsDue(entry)) {
    Check(entry);
  }
  return entry;
}

// The entry of a parent that was found in /proc may have the kernel's id by now: answers carry that
// one.
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
  if (!IsHealthy()) {
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
  if (!IsHealthy()) {
    return WIREHOUND_ERROR_UNHEALTHY;
  }
  Entry* entry = entity_id == 0 ? nullptr : index_.ById(entity_id);
  if (entry == nullptr) {
    return WIREHOUND_ERROR_NOT_FOUND;
  }
  std::vector<wirehound_process_info> found;
  std::uint32_t parent = Refresh(*entry).facts->data().parent_entity_id;
  // Ids are hashes: after a collision the chain of parents may be a circle.
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
  Note(process);  // the walk up starts from its entry
  return membership_.Contains(process, key, root_host_pid, *this);
}

std::optional<ProcessLineage::Link> ProcessStore::LinkOf(std::uint32_t entity_id) {
  Entry* entry = index_.ById(entity_id);
  if (entry == nullptr) {
    return std::nullopt;
  }
  // Known facts need no second look: the parents of a process do not change.
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
