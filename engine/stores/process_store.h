// SPDX-License-Identifier: Apache-2.0

// ProcessStore: the processes behind events and their parents, by entity id. Bounded. Dispatch
// thread.
//
// An event names the process behind a packet; a notice tells of a process that begins, runs another
// program, or ends. The store reads the rest from /proc when a question needs it: arguments,
// parents, the end of a process without a notice. It believes /proc only when the process there has
// the start time that the event gives, since the kernel reuses pids. Where the engine runs in a pid
// namespace of its own, /proc has other pids than the kernel: then answers come from events and
// notices alone.
//
// The store reports what it learns from /proc as notices. A store without /proc gives the same
// answers when it gets the same notices, each before the record that was the occasion to learn it.
// A recording of a live run relies on this.
//
// Entity ids are the kernel's: hashes of pid and start in nanoseconds. /proc has ticks only, so a
// process that no event named gets the hash of pid and start rounded down to a tick, which is as
// stable. An id that an event brings later takes its place; the first one still finds the process.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/abi/stores_abi.h>

#include "engine/event/process_tree.h"
#include "engine/event/stream_time.h"
#include "engine/stores/answers.h"
#include "engine/stores/process_index.h"
#include "engine/stores/tree_membership.h"
#include "probes/capture/record.h"

namespace wirehound {

class ContainerStore;

class ProcessStore : public ProcessTree, private ProcessLineage {
 public:
  /// Parents named when a definition asks for ancestry and gives no depth.
  static constexpr std::uint32_t kDefaultAncestryDepth = 5;
  /// The most parents in an answer.
  static constexpr std::uint32_t kMaxAncestryDepth = 64;
  static constexpr std::size_t kDefaultCapacity = 32768;
  /// How long the store relies on a look into /proc, in stream time.
  static constexpr std::uint64_t kRecheckNs = 100'000'000;

  /// Processes read from /proc by one FindRunning, parents not counted.
  static constexpr std::size_t kMaxFound = 16384;

  /// Gets each notice; all that it points to is valid until the call returns.
  using Learned = std::function<void(const ProcessNotice&)>;

  struct Setup {
    const StreamTime& time;
    ProcFolder proc;  ///< ProcFolder(""): answers come from events and notices alone
    BootClock clock;
    ContainerStore* containers = nullptr;  ///< gets the containers of processes
    std::size_t capacity = kDefaultCapacity;
    Learned learned{};  ///< gets every fact, and every end, read from /proc; may be empty
    /// For the recording of another machine: unhealthy until the first process, whose start sets
    /// the clock, since it is a multiple of a tick since boot.
    bool only_when_told = false;
  };

  /// Without a setup the store is unhealthy: it answers every question with
  /// WIREHOUND_ERROR_UNHEALTHY.
  explicit ProcessStore(std::optional<Setup> setup);

  /// Notes the process of an event, unless it is known with the same facts. Cheap when it is.
  void Note(const wirehound_process& process);

  /// Takes a notice of a source. Reads unknown parents of the process from /proc at once, since
  /// they may have ended by the time of a question.
  void Take(const ProcessNotice& notice);

  /// Notes these processes, their parents and the caller's own process, first of all, as far as
  /// /proc shows them. At most kMaxFound; kernel threads are left out.
  void FindRunning(std::span<const std::int32_t> host_pids);

  /// Makes a store with `only_when_told` healthy at once, with the clock of the machine that the
  /// notices are of, which is better than one set by the first of them. Others ignore it.
  void ExpectNotices(BootClock clock);

  /// Replaces Setup::learned.
  void SetLearned(Learned learned);

  /// WIREHOUND_OK, NOT_FOUND, UNHEALTHY, or LIMIT after too many answers in one turn. Valid until
  /// the turn is over, however many others are asked for.
  std::int32_t Get(std::uint32_t entity_id, const wirehound_process_info** process);

  /// Parents, nearest first, at most `depth`: up to the first process or to the first unknown one.
  /// Status and validity as of Get.
  std::int32_t Ancestry(std::uint32_t entity_id, std::uint32_t depth,
                        std::span<const wirehound_process_info>* parents);

  /// Remembered per process. The root is the process that had the pid when it was first asked for,
  /// or the first seen with it; those known to descend from it stay in the tree after it ended.
  bool IsInTree(const wirehound_process& process, std::int32_t root_host_pid) override;

  /// Releases the answers of the turn. Call at the end of each.
  void EndOfTurn();

  std::uint64_t evicted() const { return index_.evicted(); }
  /// Questions refused because there were too many in a turn.
  std::uint64_t refused() const { return answers_.refused(); }
  /// Processes that FindRunning left out since there were too many.
  std::uint64_t not_read() const { return not_read_; }
  /// Answers to IsInTree that were forgotten to make room.
  std::uint64_t tree_answers_evicted() const { return membership_.evicted(); }

 private:
  using Entry = ProcessIndex::Entry;

  std::optional<ProcessKey> RunningAs(std::int32_t host_pid) override;
  std::optional<Link> LinkOf(std::uint32_t entity_id) override;

  bool IsHealthy() const { return setup_ && (!setup_->only_when_told || is_told_); }
  void NoteTold(const wirehound_process& process);
  void NoteChanged(const wirehound_process& process);
  void NoteParent(const wirehound_process& process, const ProcessKey& key);
  void NoteContainer(const wirehound_process& process);
  Entry& EntryOfEvent(const wirehound_process& process, const ProcessKey& key);
  void TakeExit(const ProcessNotice& notice);
  std::vector<std::string> ArgumentsOf(const ProcessNotice& notice);
  void SetFacts(Entry& entry, ProcessData data);
  void End(Entry& entry, std::uint64_t exit_time_ns);
  void SetEnded(Entry& entry, std::uint64_t exit_time_ns);
  void EndIfItIsTime(Entry& entry);
  Entry& Refresh(Entry& entry);
  void FollowParentId(Entry& entry);
  const ProcessFacts* Answer(Entry& entry);

  // What /proc tells: process_store_proc.cc.
  bool IsDue(const Entry& entry) const;
  void Check(Entry& entry);
  Entry& Discover(Entry& entry);
  Entry* HadPid(const Entry& entry);
  Entry& DiscoverAs(Entry& entry, Entry& known);
  void DiscoverParents(std::uint32_t entity_id);
  void ReadFromProc(Entry& entry);
  void FindEnded(Entry& entry);
  std::uint32_t ParentFromProc(const ProcessData& child);
  Entry& AddFromProc(const ProcessKey& key);
  void Find(std::int32_t host_pid);
  void Report(const Entry& entry) const;
  ProcessData DataOfKey(const Entry& entry) const;

  std::optional<Setup> setup_;
  bool reads_proc_ = false;
  bool is_told_ = false;
  ProcessIndex index_;
  const Entry* last_noted_ = nullptr;
  Answers<ProcessFacts, wirehound_process_info> answers_;
  std::uint64_t turn_ = 1;
  std::uint64_t not_read_ = 0;
  TreeMembership membership_;
};

}  // namespace wirehound
