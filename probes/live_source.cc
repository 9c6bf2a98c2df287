// SPDX-License-Identifier: Apache-2.0

#include "probes/live_source.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bit>
#include <utility>

#include "probes/boot_clock.h"
#include "probes/cgroup.h"
#include "probes/container_ids.h"
#include "probes/control_memory.h"
#include "probes/counters.h"
#include "probes/hook_set.h"
#include "probes/interface_names.h"
#include "probes/process_table.h"
#include "probes/program_path.h"
#include "probes/reader_wakeup.h"
#include "probes/ring_reader.h"
#include "probes/system_error.h"
#include "probes/unique_fd.h"
#include "probes/wire_reader.h"

namespace wirehound {
namespace {

// Places of the ring are given back after so many, so that a long batch does not starve it.
constexpr std::size_t kReleaseEvery = 64;
// How full the ring gets before a reader that polls is woken early: a quarter.
constexpr std::uint32_t kWakeupDivisor = 4;

class RingSource final : public LiveSource {
 public:
  RingSource(HookSet hooks, RingReader ring, ReaderWakeup wakeup)
      : hooks_(std::move(hooks)),
        ring_(std::move(ring)),
        wakeup_(std::move(wakeup)),
        clock_(BootClock::OfThisRun()),
        containers_(ContainerIds::OfThisSystem()),
        processes_(clock_, {.path = ProgramPathFromProc,
                            .container = [this](const wirehound_wire_process& process) {
                              return containers_.Find(process);
                            }}) {}

  int poll_fd() const override { return wakeup_.fd(); }
  Result<SourceState> Read(RecordSink& sink, std::size_t max_records) override;
  std::vector<SourceCounter> Counters() const override;
  void SetPlan(const CapturePlan& plan) override { wakeup_.control().SetPlan(plan); }
  void Detach() override;
  std::uint64_t Seen() const override { return ReadKernel()[WIREHOUND_COUNT_SEEN]; }
  const std::vector<HookReport>& hooks() const override { return hooks_.reports(); }
  std::vector<LiveNote> Notes() const override;

 private:
  std::size_t Drain(RecordSink& sink, std::size_t max_records);
  void Take(std::span<const std::byte> place, RecordSink& sink);
  void Deliver(const WirePacket& packet, RecordSink& sink);
  const wirehound_process& OwnerOf(const wirehound_wire_packet& header);
  KernelCounters ReadKernel() const;
  ReaderCounters ReadReader() const;

  HookSet hooks_;
  RingReader ring_;
  ReaderWakeup wakeup_;
  BootClock clock_;
  ContainerIds containers_;
  ProcessTable processes_;
  InterfaceNames interfaces_;
  ReaderCounters counted_;
  bool detached_ = false;
};

Result<SourceState> RingSource::Read(RecordSink& sink, std::size_t max_records) {
  wakeup_.Acknowledge();
  std::size_t taken = Drain(sink, max_records);
  if (taken == 0 && wakeup_.polling()) {
    wakeup_.StopPolling();
    taken = Drain(sink, max_records);
  } else if (taken == 0) {
    // Something half-written has no wake-up of its own to come.
    ring_.HasData() ? wakeup_.StopPolling() : wakeup_.StopTimer();
  }
  if (taken > 0)
    wakeup_.StartPolling();
  if (taken > 0 && taken >= max_records)
    return SourceState::kMore;
  return detached_ && !ring_.HasData() ? SourceState::kEnd : SourceState::kIdle;
}

std::size_t RingSource::Drain(RecordSink& sink, std::size_t max_records) {
  std::size_t taken = 0;
  while (taken < max_records) {
    const std::optional<std::span<const std::byte>> place = ring_.Next();
    if (!place)
      break;
    Take(*place, sink);
    if (++taken % kReleaseEvery == 0)
      ring_.Release();
  }
  ring_.Release();
  return taken;
}

void RingSource::Take(std::span<const std::byte> place, RecordSink& sink) {
  switch (WireTypeOf(place)) {
    case WireType::kPacket:
      if (const std::optional<WirePacket> packet = ReadWirePacket(place))
        return Deliver(*packet, sink);
      break;
    case WireType::kProcess:
      if (const std::optional<wirehound_wire_process> process = ReadWireProcess(place))
        return processes_.Put(*process);
      ++counted_.malformed_process;
      return;
    case WireType::kMalformed:
      break;
  }
  ++counted_.malformed;
}

void RingSource::Deliver(const WirePacket& packet, RecordSink& sink) {
  const wirehound_wire_packet& header = packet.header;
  const wirehound_process& process = OwnerOf(header);
  const bool known = process.host_pid != 0;
  const bool own_netns = (header.flags & WIREHOUND_WIRE_OWN_NETNS) != 0;
  ++counted_.delivered;
  sink.OnRecord({
      .timestamp_ns = clock_.ToEpoch(header.timestamp_ns),
      .bytes = packet.bytes,
      .wire_length = header.packet_length,
      .link_type = kLinkTypeRaw,
      .direction = header.direction,
      .interface_index = header.interface_index,
      .interface_name =
          own_netns ? interfaces_.Find(header.interface_index, header.timestamp_ns) : "any",
      .cpu = header.cpu,
      .syscall = header.syscall,
      .owner_source = known ? header.owner_source : WIREHOUND_OWNER_NONE,
      .process = &process,
  });
}

const wirehound_process& RingSource::OwnerOf(const wirehound_wire_packet& header) {
  if (header.owner_id == 0)
    return UnknownProcess();
  if (const wirehound_process* process = processes_.Find(header.owner_id))
    return *process;
  ++counted_.owner_unknown;
  return UnknownProcess();
}

KernelCounters RingSource::ReadKernel() const {
  const auto cpus = static_cast<std::size_t>(libbpf_num_possible_cpus());
  std::vector<KernelCounters> per_cpu(cpus);
  KernelCounters sum = {};
  const std::uint32_t key = 0;
  if (bpf_map_lookup_elem(hooks_.map_fd("counter_values"), &key, per_cpu.data()) != 0)
    return sum;
  for (const KernelCounters& counters : per_cpu) {
    for (std::size_t i = 0; i < sum.size(); ++i)
      sum[i] += counters[i];
  }
  return sum;
}

ReaderCounters RingSource::ReadReader() const {
  ReaderCounters reader = counted_;
  reader.owners_evicted = processes_.evicted();
  return reader;
}

std::vector<SourceCounter> RingSource::Counters() const {
  return AccountOf(ReadKernel(), ReadReader());
}

std::vector<LiveNote> RingSource::Notes() const { return NotesOf(ReadKernel(), ReadReader()); }

void RingSource::Detach() {
  if (detached_)
    return;
  hooks_.Detach();
  detached_ = true;
  wakeup_.StartPolling();  // so that whoever waits comes and finds the end
}

// Tells one network namespace from every other of this boot; 0 before 5.14.
std::uint64_t OwnNetworkNamespace() {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  std::uint64_t cookie = 0;
  socklen_t size = sizeof(cookie);
  if (getsockopt(socket.get(), SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) != 0)
    return 0;
  return cookie;
}

std::uint64_t RandomSeed() {
  std::uint64_t seed = 0;
  [[maybe_unused]] const ssize_t size = getrandom(&seed, sizeof(seed), 0);
  return seed;
}

wirehound_settings SettingsOf(const LiveOptions& options, std::uint64_t cgroup_id) {
  return {
      .owner_seed = RandomSeed(),
      .cgroup_id = cgroup_id,
      .own_netns_cookie = OwnNetworkNamespace(),
      .wakeup_bytes = options.ring_bytes / kWakeupDivisor,
      .reserved = 0,
  };
}

Status CheckRingSize(std::uint32_t bytes) {
  const auto page = static_cast<std::uint32_t>(sysconf(_SC_PAGESIZE));
  if (std::has_single_bit(bytes) && bytes >= page)
    return {};
  return Error(ErrorCode::kInvalidInput,
               "ring buffer of " + std::to_string(bytes) +
                   " bytes: expected a power of two, at least a page of " + std::to_string(page));
}

}  // namespace

Result<std::unique_ptr<LiveSource>> LiveSource::Open(const LiveOptions& options) {
  if (Status size = CheckRingSize(options.ring_bytes); !size)
    return std::move(size).error();
  Result<std::string> root = options.cgroup.empty() ? FindCgroupMount() : options.cgroup;
  if (!root)
    return std::move(root).error();
  Result<std::uint64_t> id = CgroupId(*root);
  if (!id)
    return std::move(id).error();
  const UniqueFd cgroup(open(root->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!cgroup)
    return SystemError("open control group " + *root, errno);

  const bool best = options.egress_owner == EgressOwner::kBest;
  HookSet hooks = HookSet::Load({.use = best ? HookSet::Use::kAttach : HookSet::Use::kAttachPlain,
                                 .settings = SettingsOf(options, *id),
                                 .ring_bytes = options.ring_bytes,
                                 .cgroup_fd = cgroup.get()});
  if (std::optional<Error> refusal = hooks.MandatoryRefusal())
    return *std::move(refusal);
  Result<RingReader> ring = RingReader::Map(hooks.map_fd("ring"), options.ring_bytes);
  if (!ring)
    return std::move(ring).error();
  Result<ControlMemory> control = ControlMemory::Map(hooks.map_fd("control"));
  if (!control)
    return std::move(control).error();
  control->SetPlan(options.plan);
  Result<ReaderWakeup> wakeup =
      ReaderWakeup::Create(hooks.map_fd("ring"), *std::move(control), kMaxDelayNs);
  if (!wakeup)
    return std::move(wakeup).error();
  return std::unique_ptr<LiveSource>(
      std::make_unique<RingSource>(std::move(hooks), *std::move(ring), *std::move(wakeup)));
}

}  // namespace wirehound
