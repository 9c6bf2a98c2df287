// SPDX-License-Identifier: Apache-2.0

// A store that gets the notices another one reported gives the same answers, if each notice comes
// before the record that was the occasion for it. A recording of a live run relies on this.

#include <doctest/doctest.h>
#include <unistd.h>

#include <deque>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "probes/host/entity_id.h"
#include "tests/engine/stores/process_test_support.h"

namespace wirehound::test {
namespace process_replay_test {

using Kind = ProcessNotice::Kind;

// A notice with the texts that it points to.
class KeptNotice {
 public:
  explicit KeptNotice(const ProcessNotice& notice)
      : notice_(notice),
        process_(*notice.process),
        comm_(Text(process_.comm)),
        executable_(Text(process_.executable)),
        container_(Text(process_.container_id)) {
    for (const wirehound_string& argument : notice.arguments) {
      arguments_.push_back(Text(argument));
    }
  }

  void GiveTo(ProcessStore& store) const {
    wirehound_process process = process_;
    process.comm = {comm_.data(), comm_.size()};
    process.executable = {executable_.data(), executable_.size()};
    process.container_id = {container_.data(), container_.size()};
    std::vector<wirehound_string> arguments;
    for (const std::string& argument : arguments_) {
      arguments.push_back({argument.data(), argument.size()});
    }
    store.Take({.kind = notice_.kind,
                .timestamp_ns = notice_.timestamp_ns,
                .process = &process,
                .arguments = arguments});
  }

  Kind kind() const { return notice_.kind; }

 private:
  ProcessNotice notice_;
  wirehound_process process_;
  std::string comm_;
  std::string executable_;
  std::string container_;
  std::vector<std::string> arguments_;
};

std::string Describe(const wirehound_process_info& info) {
  std::string text;
  for (const std::uint64_t number :
       {std::uint64_t{info.entity_id}, std::uint64_t{info.parent_entity_id},
        static_cast<std::uint64_t>(info.pid), static_cast<std::uint64_t>(info.parent_pid),
        static_cast<std::uint64_t>(info.host_pid), static_cast<std::uint64_t>(info.host_parent_pid),
        std::uint64_t{info.uid}, std::uint64_t{info.gid}, std::uint64_t{info.exited},
        info.start_time_ns, info.exit_time_ns}) {
    text += std::to_string(number) + ' ';
  }
  return text + Text(info.comm) + ' ' + Text(info.executable) + ' ' + Text(info.container_id) +
         " [" + Arguments(info) + ']';
}

std::string AnswerOfGet(ProcessStore& store, std::uint32_t id) {
  const wirehound_process_info* info = nullptr;
  const std::int32_t status = store.Get(id, &info);
  return status == WIREHOUND_OK ? Describe(*info) : std::to_string(status);
}

std::string AnswerOfAncestry(ProcessStore& store, std::uint32_t id) {
  std::span<const wirehound_process_info> parents;
  std::string text = std::to_string(store.Ancestry(id, 10, &parents));
  for (const wirehound_process_info& parent : parents) {
    text += '\n' + Describe(parent);
  }
  return text;
}

// A live store over a made-up /proc, and one that gets the notices that its recording would hold.
class Pair {
 public:
  explicit Pair(std::uint64_t seed) : random_(seed) {
    ProcessStore::Setup live = world_.Setup();
    live.clock = BootClock(kEpochOfBoot + kOddOffset);
    live.learned = [this](const ProcessNotice& notice) { tape_.emplace_back(notice); };
    live_.emplace(live);
    read_.emplace(ProcessStore::Setup{
        .time = read_time_, .proc = ProcFolder(""), .clock = BootClock(0), .only_when_told = true});
    RunEach();
    world_.proc.Run({.pid = getpid(), .parent_pid = 0, .start_ticks = 7});
    live_->FindRunning({});
    Hand();
  }

  void Step();

 private:
  static constexpr std::uint64_t kOddOffset =
      3'456'789;  // the ticks of this clock begin between those of the other
  static constexpr int kPids = 8;

  // One of a handful of processes, as it is now: the pid is used again and again.
  struct Life {
    std::int32_t parent_pid = 0;
    std::uint64_t parent_start_ns = 0;
    std::uint64_t start_ns = 0;
    bool runs = false;
    std::string comm = "sh";
    std::string executable = "/bin/sh";
    std::string arguments = "sh";
  };

  std::uint64_t Any(std::uint64_t below) { return random_() % below; }
  std::int32_t AnyPid() { return 10 + static_cast<std::int32_t>(Any(kPids)); }
  Life& Of(std::int32_t pid) { return lives_[static_cast<std::size_t>(pid - 10)]; }
  std::uint64_t BootNow() const { return world_.time.now_ns - kEpochOfBoot - kOddOffset; }

  void RunEach() {
    for (std::int32_t pid = 10; pid < 10 + kPids; ++pid) {
      const std::int32_t parent = pid == 10 ? 0 : 10 + (pid - 10) / 2;
      Of(pid) = {.parent_pid = parent,
                 .parent_start_ns = parent == 0 ? 0 : Of(parent).start_ns,
                 .start_ns = WithinTick(static_cast<std::uint64_t>(100 * pid)),
                 .runs = true};
      Show(pid);
    }
  }
  // In /proc.
  void Show(std::int32_t pid) {
    const Life& life = Of(pid);
    if (!life.runs) {
      return world_.proc.End(pid);
    }
    world_.proc.Run({.pid = pid,
                     .parent_pid = life.parent_pid,
                     .start_ticks = life.start_ns / ProcTickNs(),
                     .comm = life.comm,
                     .executable = life.executable,
                     .arguments = life.arguments + '\0',
                     .namespace_pids = std::to_string(pid)});
  }
  wirehound_process Process(std::int32_t pid) {
    const Life& life = Of(pid);
    wirehound_process process = OfEvent({.pid = pid, .parent_pid = life.parent_pid});
    process.start_time_ns = kEpochOfBoot + kOddOffset + life.start_ns;
    process.process_entity_id = EntityId(pid, life.start_ns);
    process.parent_entity_id = EntityId(life.parent_pid, life.parent_start_ns);
    process.comm = {life.comm.data(), life.comm.size()};
    process.executable = {life.executable.data(), life.executable.size()};
    ids_.push_back(process.process_entity_id);
    return process;
  }

  // The reported notices go before the record that was their occasion.
  void Hand() {
    for (const KeptNotice& notice : tape_) {
      notice.GiveTo(*read_);
    }
    tape_.clear();
    read_time_ = world_.time;
  }
  template <typename Ask>
  void Compare(Ask ask) {
    const std::string live = ask(*live_);
    Hand();
    CHECK(live == ask(*read_));
  }
  void Tell(Kind kind, std::int32_t pid);
  void Fork();
  void Exec();
  void Exit();

  std::mt19937_64 random_;
  ProcessWorld world_;
  StreamTime read_time_;
  std::deque<KeptNotice> tape_;
  std::optional<ProcessStore> live_;
  std::optional<ProcessStore> read_;
  Life lives_[kPids];
  std::vector<std::uint32_t> ids_{0, 4711};
};

// Some notices are missing: lost, or of other control groups.
void Pair::Tell(Kind kind, std::int32_t pid) {
  if (Any(4) == 0) {
    return;
  }
  const wirehound_process process = Process(pid);
  const wirehound_string argument{Of(pid).arguments.data(), Of(pid).arguments.size()};
  ProcessNotice notice{
      .kind = kind, .timestamp_ns = world_.time.now_ns + Any(1000), .process = &process};
  if (kind == Kind::kExec) {
    notice.arguments = {&argument, 1};
  }
  live_->Take(notice);
  Hand();
  KeptNotice(notice).GiveTo(*read_);
}

void Pair::Fork() {
  const std::int32_t pid = AnyPid();
  const std::int32_t parent = AnyPid();
  if (pid == parent || !Of(parent).runs) {
    return;
  }
  Life life = Of(parent);
  life.parent_pid = parent;
  life.parent_start_ns = life.start_ns;
  life.start_ns = BootNow();
  Of(pid) = life;
  Show(pid);
  Tell(Kind::kForked, pid);
}

void Pair::Exec() {
  const std::int32_t pid = AnyPid();
  if (!Of(pid).runs) {
    return;
  }
  Of(pid).comm = "tool" + std::to_string(Any(3));
  Of(pid).executable = "/bin/" + Of(pid).comm;
  Of(pid).arguments = Of(pid).comm + std::to_string(Any(3));
  Show(pid);
  Tell(Kind::kExec, pid);
}

void Pair::Exit() {
  const std::int32_t pid = AnyPid();
  if (!Of(pid).runs) {
    return;
  }
  Of(pid).runs = false;
  Show(pid);
  Tell(Kind::kExited, pid);
}

void Pair::Step() {
  world_.time.now_ns += Any(80'000'000);
  const std::uint32_t id = ids_[Any(ids_.size())];
  switch (Any(8)) {
    case 0:
      return Fork();
    case 1:
      return Exec();
    case 2:
      return Exit();
    case 3:
    case 4: {
      // A record: the store notes its process, then a question comes.
      const wirehound_process process = Process(AnyPid());
      return Compare([&](ProcessStore& store) {
        store.Note(process);
        return AnswerOfAncestry(store, process.process_entity_id);
      });
    }
    case 5: {
      const wirehound_process process = Process(AnyPid());
      const std::int32_t root = AnyPid();
      return Compare([&](ProcessStore& store) {
        return std::to_string(static_cast<int>(store.IsInTree(process, root)));
      });
    }
    case 6:
      return Compare([&](ProcessStore& store) { return AnswerOfAncestry(store, id); });
    default:
      return Compare([&](ProcessStore& store) { return AnswerOfGet(store, id); });
  }
}

TEST_CASE("process replay: a store that gets the reported notices gives the same answers") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    Pair pair(seed);
    for (int step = 0; step < 400; ++step) {
      CAPTURE(step);
      pair.Step();
    }
  }
}

}  // namespace process_replay_test
}  // namespace wirehound::test
