// SPDX-License-Identifier: Apache-2.0

// RingSource: the live source, put together from the parts in this folder. Open loads the hooks and
// maps the memory they share with us; Read takes records from the ring, in this order for each
// packet: the PROCESS record of its owner if that is new, a gap if packets were lost before it, the
// packet.
//
// The ring is written by other CPUs while it is read. The order of some steps below matters for
// that reason; the comments there say so.

#include "probes/live/live_source.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bit>
#include <ctime>
#include <utility>

#include "base/random_seed.h"
#include "base/system_error.h"
#include "base/unique_fd.h"
#include "probes/host/boot_clock.h"
#include "probes/host/cgroup.h"
#include "probes/host/interface_names.h"
#include "probes/host/proc_folder.h"
#include "probes/live/container_ids.h"
#include "probes/live/control_memory.h"
#include "probes/live/counters.h"
#include "probes/live/hook_set.h"
#include "probes/live/loss_tracker.h"
#include "probes/live/old_sockets.h"
#include "probes/live/partial_process.h"
#include "probes/live/plan_memory.h"
#include "probes/live/plan_tables.h"
#include "probes/live/process_notices.h"
#include "probes/live/process_table.h"
#include "probes/live/reader_wakeup.h"
#include "probes/live/ring_reader.h"
#include "probes/live/wire_reader.h"

namespace wirehound {
namespace {

// The reader returns space to the ring after so many records, not only after a batch: a long batch
// would leave the programs without room.
constexpr std::size_t kReleaseEvery = 64;
// A reader that polls is woken early when the ring is a quarter full.
constexpr std::uint32_t kWakeupDivisor = 4;

std::uint64_t NowSinceBoot() {
  timespec now = {};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

class RingSource final : public LiveSource {
 public:
  RingSource(HookSet hooks, PlanMemory plan, RingReader ring, ReaderWakeup wakeup)
      : hooks_(std::move(hooks)),
        plan_(std::move(plan)),
        ring_(std::move(ring)),
        wakeup_(std::move(wakeup)),
        clock_(BootClock::OfThisRun()),
        containers_(ContainerIds::OfThisSystem()),
        processes_(clock_, MakeResolvers()),
        notices_(clock_, MakeResolvers()),
        last_ns_(clock_.ToEpoch(NowSinceBoot())) {}

  /// Adds the processes that own sockets already.
  void AddOwners(const std::vector<wirehound_wire_process>& owners) {
    for (const wirehound_wire_process& process : owners) {
      processes_.Put(process);
    }
  }

  int poll_fd() const override { return wakeup_.fd(); }
  Result<SourceState> Read(RecordSink& sink, std::size_t max_records) override;
  std::vector<SourceCounter> Counters() const override;
  const wirehound_process* FindOwner(std::uint64_t owner_id) override {
    return processes_.Find(owner_id);
  }
  void UseContainers(ContainerDirectory& containers) override { directory_ = &containers; }
  void SetPlan(const CapturePlan& plan) override { plan_.Set(plan); }
  bool WatchProcesses(ProcessWatch processes) override {
    wakeup_.control().SetSendsLifecycle(processes == ProcessWatch::kOn ? 1 : 0);
    return true;
  }
  void Stop() override;
  bool CanReadMaps() const override;
  std::optional<std::uint64_t> Seen() const override { return ReadKernel()[WIREHOUND_COUNT_SEEN]; }
  const std::vector<HookReport>& hooks() const override { return hooks_.reports(); }
  std::vector<SourceNote> Notes() const override;

 private:
  ProcessResolvers MakeResolvers() {
    return {
        .path =
            [](const wirehound_wire_process& process) {
              return ProcFolder().ExecutableOf(process.host_pid, process.start_time_ns);
            },
        .container = [this](const wirehound_wire_process& process) { return ContainerOf(process); },
        .container_facts = [this](const std::string& id) { return FactsOf(id); }};
  }
  std::size_t Drain(RecordSink& sink, std::size_t max_records);
  void HandlePlace(std::span<const std::byte> place, RecordSink& sink);
  void Deliver(const WirePacket& packet, RecordSink& sink);
  void ReportGap(std::uint64_t lost_so_far, std::uint64_t timestamp_ns, RecordSink& sink);
  void ReportTrailingGap(RecordSink& sink);
  const wirehound_process& OwnerOf(const wirehound_wire_packet& header);
  std::string ContainerOf(const wirehound_wire_process& process);
  std::shared_ptr<const ContainerFacts> FactsOf(const std::string& container_id);
  KernelCounters ReadKernel() const;
  ReaderCounters ReadReader() const;

  HookSet hooks_;
  PlanMemory plan_;
  RingReader ring_;
  ReaderWakeup wakeup_;
  BootClock clock_;
  ContainerIds containers_;
  ContainerDirectory* directory_ = nullptr;  // null: records carry container ids alone
  RecordSink* sink_ = nullptr;               // the sink of the last Read; valid within Read
  ProcessTable processes_;
  ProcessNotices notices_;
  ProcFolder proc_;
  InterfaceNames interfaces_;
  ReaderCounters counted_;
  LossTracker losses_;
  std::uint64_t last_ns_;  // Unix time of the last record; before the first one, of the start
  bool detached_ = false;
};

Result<SourceState> RingSource::Read(RecordSink& sink, std::size_t max_records) {
  wakeup_.Acknowledge();
  sink_ = &sink;
  std::size_t taken = Drain(sink, max_records);
  if (taken == 0 && wakeup_.polling()) {
    // In this order: a record submitted before StopPolling did not wake us, so look once more after
    // it.
    wakeup_.StopPolling();
    taken = Drain(sink, max_records);
  } else if (taken == 0) {
    // A program may have decided already not to wake us for a record that it is still writing: keep
    // the timer until that is readable.
    ring_.HasData() ? wakeup_.StopPolling() : wakeup_.StopTimer();
  }
  if (taken > 0) {
    wakeup_.StartPolling();
  }
  if (taken > 0 && taken >= max_records) {
    return SourceState::kMore;
  }
  ReportTrailingGap(sink);
  return detached_ && !ring_.HasData() ? SourceState::kEnd : SourceState::kIdle;
}

std::size_t RingSource::Drain(RecordSink& sink, std::size_t max_records) {
  std::size_t taken = 0;
  while (taken < max_records) {
    const std::optional<std::span<const std::byte>> place = ring_.Next();
    if (!place) {
      break;
    }
    HandlePlace(*place, sink);
    if (++taken % kReleaseEvery == 0) {
      ring_.Release();
    }
  }
  ring_.Release();
  return taken;
}

// Handles one place of the ring. A malformed place would mean a bug in the programs; it was a
// packet for all we know, so it counts as a lost one and makes a gap.
void RingSource::HandlePlace(std::span<const std::byte> place, RecordSink& sink) {
  switch (WireTypeOf(place)) {
    case WireType::kPacket:
      if (const std::optional<WirePacket> packet = ReadWirePacket(place)) {
        return Deliver(*packet, sink);
      }
      break;
    case WireType::kProcess:
      if (std::optional<wirehound_wire_process> process = ReadWireProcess(place)) {
        if ((process->flags & WIREHOUND_WIRE_PARTIAL) != 0 && proc_.SeesHost()) {
          CompleteFromProc(*process, proc_);
        }
        return processes_.Put(*process);
      }
      ++counted_.malformed_process;
      return;
    case WireType::kLifecycle:
      if (const std::optional<WireLifecycle> record = ReadWireLifecycle(place)) {
        return sink.OnProcess(notices_.Make(*record));
      }
      ++counted_.malformed_process;
      return;
    case WireType::kMalformed:
      break;
  }
  ++counted_.malformed;
  sink.OnGap({.timestamp_ns = last_ns_, .reason = "malformed_record", .records = 1});
}

void RingSource::ReportGap(std::uint64_t lost_so_far, std::uint64_t timestamp_ns,
                           RecordSink& sink) {
  const std::uint64_t records = losses_.Notice(lost_so_far);
  if (records == 0) {
    return;
  }
  sink.OnGap({.timestamp_ns = timestamp_ns,
              .reason = losses_.Explain(records, ReadKernel()),
              .records = records});
}

// Reports the packets lost since the last record: the next record, which would report them, may
// come late or never. The gap has the time of the last record, since the next may have been
// captured before now.
void RingSource::ReportTrailingGap(RecordSink& sink) {
  ReportGap(wakeup_.control().Lost(), last_ns_, sink);
}

// The owner source of a record. NONE when we have forgotten its process, unless the owner is the
// kernel, which has no process.
std::uint32_t SourceOf(const wirehound_wire_packet& header, const wirehound_process& process) {
  const bool known = process.host_pid != 0 || header.owner_source == WIREHOUND_OWNER_KERNEL;
  return known ? header.owner_source : WIREHOUND_OWNER_NONE;
}

void RingSource::Deliver(const WirePacket& packet, RecordSink& sink) {
  const wirehound_wire_packet& header = packet.header;
  const wirehound_process& process = OwnerOf(header);
  const bool known = process.host_pid != 0;
  const bool own_netns = (header.flags & WIREHOUND_WIRE_OWN_NETNS) != 0;
  last_ns_ = clock_.ToEpoch(header.timestamp_ns);
  // Before the record: the packets it counts as lost are missing in front of it.
  ReportGap(header.lost, last_ns_, sink);
  ++counted_.delivered;
  sink.OnRecord({
      .timestamp_ns = last_ns_,
      .bytes = packet.bytes,
      .wire_length = header.packet_length,
      .link_type = kLinkTypeRaw,
      .direction = header.direction,
      .interface_index = header.interface_index,
      .interface_name =
          own_netns ? interfaces_.Find(header.interface_index, header.timestamp_ns) : "any",
      .cpu = header.cpu,
      .syscall = header.syscall,
      .owner_source = SourceOf(header, process),
      .process = &process,
      .owner_id = known ? header.owner_id : 0,
      .network_namespace = header.netns_cookie,
  });
}

const wirehound_process& RingSource::OwnerOf(const wirehound_wire_packet& header) {
  if (header.owner_id == 0) {
    return UnknownProcess();
  }
  if (const wirehound_process* process = processes_.Find(header.owner_id)) {
    return *process;
  }
  ++counted_.owner_unknown;
  return UnknownProcess();
}

// Also reports a container that is new to the sink, before the first record of its process.
std::string RingSource::ContainerOf(const wirehound_wire_process& process) {
  const std::optional<ContainerName> name = containers_.Name(process);
  if (!name) {
    return {};
  }
  if (directory_ != nullptr && directory_->Find(name->id) == nullptr) {
    const wirehound_container_info info = InfoOf(*name, containers_.GroupIdOf(*name));
    if (sink_ != nullptr) {
      sink_->OnContainer(info);
    }
    directory_->Of(name->id).facts->Fill(info);
  }
  return name->id;
}

std::shared_ptr<const ContainerFacts> RingSource::FactsOf(const std::string& container_id) {
  return directory_ == nullptr ? nullptr : directory_->Of(container_id).facts;
}

// A per-CPU map has a value for each possible CPU, online or not, so the buffer must have room for
// all of them: the kernel writes that many.
KernelCounters RingSource::ReadKernel() const {
  const auto cpus = static_cast<std::size_t>(libbpf_num_possible_cpus());
  std::vector<KernelCounters> per_cpu(cpus);
  KernelCounters sum = {};
  const std::uint32_t key = 0;
  if (bpf_map_lookup_elem(hooks_.map_fd("counter_values"), &key, per_cpu.data()) != 0) {
    return sum;
  }
  for (const KernelCounters& counters : per_cpu) {
    for (std::size_t i = 0; i < sum.size(); ++i) {
      sum[i] += counters[i];
    }
  }
  return sum;
}

bool RingSource::CanReadMaps() const {
  const auto cpus = static_cast<std::size_t>(libbpf_num_possible_cpus());
  std::vector<KernelCounters> per_cpu(cpus);
  const std::uint32_t key = 0;
  return bpf_map_lookup_elem(hooks_.map_fd("counter_values"), &key, per_cpu.data()) == 0;
}

ReaderCounters RingSource::ReadReader() const {
  ReaderCounters reader = counted_;
  reader.owners_evicted = processes_.evicted();
  return reader;
}

std::vector<SourceCounter> RingSource::Counters() const {
  return AccountOf(ReadKernel(), ReadReader());
}

std::vector<SourceNote> RingSource::Notes() const { return NotesOf(ReadKernel(), ReadReader()); }

void RingSource::Stop() {
  if (detached_) {
    return;
  }
  hooks_.Detach();
  // From here on no program runs, so an empty ring stays empty: Read may return kEnd.
  detached_ = true;
  wakeup_.StartPolling();  // the timer makes poll_fd readable, so that the caller reads the end
}

// The cookie of our network namespace, unique per boot; 0 on kernels before 5.14.
std::uint64_t OwnNetworkNamespace() {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  std::uint64_t cookie = 0;
  socklen_t size = sizeof(cookie);
  if (getsockopt(socket.get(), SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) != 0) {
    return 0;
  }
  return cookie;
}

wirehound_settings SettingsOf(const LiveOptions& options, std::uint64_t cgroup_id) {
  return {
      .owner_seed = RandomSeed(),
      .cgroup_id = cgroup_id,
      .own_netns_cookie = OwnNetworkNamespace(),
      .wakeup_bytes = options.ring_bytes / kWakeupDivisor,
      .reserved = 0,
      .scope = MakeScope(options.plan.scope),
  };
}

Status CheckRingSize(std::uint32_t bytes) {
  const auto page = static_cast<std::uint32_t>(sysconf(_SC_PAGESIZE));
  if (std::has_single_bit(bytes) && bytes >= page) {
    return {};
  }
  return Error(ErrorCode::kInvalidInput,
               "ring buffer of " + std::to_string(bytes) +
                   " bytes: expected a power of two, at least a page of " + std::to_string(page));
}

}  // namespace

Result<std::unique_ptr<LiveSource>> LiveSource::Open(const LiveOptions& options) {
  WIREHOUND_TRY(CheckRingSize(options.ring_bytes));
  const std::string root =
      options.cgroup.empty() ? WIREHOUND_TRY(FindCgroupMount()) : options.cgroup;
  const std::uint64_t id = WIREHOUND_TRY(CgroupId(root));
  // Needed only to attach: the links keep the group.
  const UniqueFd cgroup(open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!cgroup) {
    return SystemError("open control group " + root, errno);
  }

  const bool best = options.egress_owner == EgressOwner::kBest;
  HookSet hooks = HookSet::Load({.use = best ? HookSet::Use::kAttach : HookSet::Use::kAttachPlain,
                                 .choice = options.hook_choice,
                                 .settings = SettingsOf(options, id),
                                 .ring_bytes = options.ring_bytes,
                                 .cgroup_fd = cgroup.get(),
                                 .refusals = options.refusals});
  if (std::optional<Error> refusal = hooks.MandatoryRefusal()) {
    return *std::move(refusal);
  }
  RingReader ring = WIREHOUND_TRY(RingReader::Map(hooks.map_fd("ring"), options.ring_bytes));
  ControlMemory control = WIREHOUND_TRY(ControlMemory::Map(hooks.map_fd("control")));
  control.SetSendsLifecycle(options.processes == ProcessWatch::kOn ? 1 : 0);
  PlanMemory plan = WIREHOUND_TRY(PlanMemory::Map(hooks.map_fd("plans"), hooks.map_fd("prefixes")));
  // The hooks are attached already. Until this call the plan is all zeros, which wants no packet,
  // so the programs count the packets of this moment as filtered, not as lost.
  plan.Set(options.plan);
  ReaderWakeup wakeup =
      WIREHOUND_TRY(ReaderWakeup::Create(hooks.map_fd("ring"), std::move(control), kMaxDelayNs));
  // After the hooks are attached: they set the owner of every socket that is created from then on,
  // so no socket falls between the two.
  std::vector<wirehound_wire_process> old;
  if (hooks.MustCopyDescriptors()) {
    old = OwnOldSockets(root, hooks.map_fd("socket_owners"), RandomSeed());
  }
  auto source = std::make_unique<RingSource>(std::move(hooks), std::move(plan), std::move(ring),
                                             std::move(wakeup));
  source->AddOwners(old);
  return std::unique_ptr<LiveSource>(std::move(source));
}

}  // namespace wirehound
