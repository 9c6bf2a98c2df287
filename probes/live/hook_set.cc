// SPDX-License-Identifier: Apache-2.0

// Goes through the table of hooks from the first to the last. A hook is attached at its turn,
// unless a hook of a better rung is up already (hooks.cc).
//
// Loading is the slow part. So at the turn of the first hook of a group, all programs of that group
// are loaded in one object. When the kernel refuses the object, one program may be at fault. Then
// each is loaded alone at its turn: the others work, and the reason in the report is that of this
// program.

#include "probes/live/hook_set.h"

#include <unistd.h>

#include <algorithm>

#include "probes/live/old_sockets.h"
#include "probes/live/running_programs.h"

namespace wirehound {
namespace {

constexpr std::uint32_t kProbeRingBytes = 1u << 16;

// Reported as a hook, but a system call of ours; see old_sockets.h.
constexpr std::string_view kCopying = "pidfd_getfd";
constexpr const char* kKprobeEvents = "/sys/bus/event_source/devices/kprobe/type";

// The reason for not trying a hook; empty when it is tried.
std::string_view Excluded(const HookSpec& spec, HookChoice choice) {
  if (choice == HookChoice::kNoKernelTypes && spec.needs_btf) {
    return "not tried: the kernel's types are taken to be absent";
  }
  const bool entry = spec.name.starts_with("fentry/") || spec.name.starts_with("fexit/");
  if (choice == HookChoice::kNoFentry && entry) {
    return "not tried: fentry is taken to be refused";
  }
  // A kprobe program loads even where attaching it fails, and ProbeHooks attaches none: look first.
  if (spec.name.starts_with("kprobe/") && access(kKprobeEvents, F_OK) != 0) {
    return "this kernel has no kprobes";
  }
  return {};
}

// The reason why an earlier source was refused this hook; null when it was not.
const std::string* RefusedBefore(const HookSpec& spec, const HookSet::Options& options) {
  if (options.refusals == nullptr) {
    return nullptr;
  }
  const auto found = options.refusals->find(spec.name);
  return found == options.refusals->end() ? nullptr : &found->second;
}

// Whether two hooks are in one group: the kernel is likely to accept both or refuse both. The rung
// counts because one file may hold programs that need newer kernels than others of it.
bool InOneGroup(const HookSpec& left, const HookSpec& right) {
  return left.elf.data() == right.elf.data() && left.attach == right.attach &&
         left.rung == right.rung;
}

// A scope with every list full. An empty list is a constant to the verifier, which then skips the
// code for it as unreachable; ProbeHooks wants all code verified.
wirehound_scope FullScope() {
  wirehound_scope scope = {};
  scope.uids = scope.comms = scope.cgroups = WIREHOUND_SCOPE_VALUES;
  return scope;
}

// The object files of the table, each once.
std::vector<std::span<const std::byte>> ObjectFiles() {
  std::vector<std::span<const std::byte>> files;
  for (const HookSpec& spec : HookTable()) {
    if (std::none_of(files.begin(), files.end(),
                     [&](const auto& file) { return file.data() == spec.elf.data(); })) {
      files.push_back(spec.elf);
    }
  }
  return files;
}

}  // namespace

HookSet HookSet::Load(const Options& options) {
  HookSet set;
  const std::vector<std::span<const std::byte>> files = ObjectFiles();
  set.kernel_types_ = ReducedBtf(files);
  for (const HookSpec& spec : HookTable()) {
    set.Try(spec, options);
  }
  set.kernel_types_ = {};
  set.loaded_.clear();
  set.ReportDescriptorCopying(options);
  return set;
}

// The last rung of kOldSockets is no BPF program, but belongs in the report.
void HookSet::ReportDescriptorCopying(const Options& options) {
  const HookSpec spec{.name = kCopying,
                      .program = "",
                      .elf = {},
                      .attach = HookAttach::kIterator,
                      .need = HookNeed::kOldSockets,
                      .rung = 1,
                      .costs = "Sockets older than the engine have no owner until they are used."};
  HookReport report{.name = spec.name, .costs = spec.costs, .need = spec.need, .rung = spec.rung};
  if (Status can = CanCopyDescriptors(); !can) {
    report.reason = can.error().message();
  } else if (IsNotNeeded(spec, options.use)) {
    report.state = HookState::kNotNeeded;
  } else {
    report.state = options.use == Use::kLoadOnly ? HookState::kLoaded : HookState::kAttached;
  }
  reports_.push_back(std::move(report));
  codes_.push_back(ErrorCode::kFailed);
}

bool HookSet::MustCopyDescriptors() const {
  return std::any_of(reports_.begin(), reports_.end(), [](const HookReport& report) {
    return report.name == kCopying && report.state == HookState::kAttached;
  });
}

void HookSet::Try(const HookSpec& spec, const Options& options) {
  HookReport report{.name = spec.name,
                    .costs = spec.costs,
                    .need = spec.need,
                    .rung = spec.rung,
                    .mandatory = spec.mandatory};
  ErrorCode code = ErrorCode::kFailed;
  if (const std::string_view excluded = Excluded(spec, options.choice); !excluded.empty()) {
    report.reason = excluded;
  } else if (IsNotNeeded(spec, options.use)) {
    report.state = HookState::kNotNeeded;
  } else if (const std::string* before = RefusedBefore(spec, options); before != nullptr) {
    report.reason = *before;
    code = ErrorCode::kUnsupported;  // the only code that is kept in refusals
  } else if (Status loaded = LoadAndAttach(spec, options); !loaded) {
    report.reason = loaded.error().message();
    code = loaded.error().code();
    if (options.refusals != nullptr && code == ErrorCode::kUnsupported) {
      options.refusals->emplace(spec.name, report.reason);
    }
  } else {
    report.state = options.use == Use::kLoadOnly ? HookState::kLoaded : HookState::kAttached;
  }
  reports_.push_back(std::move(report));
  codes_.push_back(code);
}

bool HookSet::IsNotNeeded(const HookSpec& spec, Use use) const {
  if (use == Use::kLoadOnly) {
    return false;  // `wirehound doctor` wants to know of every hook whether it loads
  }
  if (use == Use::kAttachPlain && spec.need == HookNeed::kPacketsOut && spec.rung == 0) {
    return true;
  }
  return IsSuperseded(reports_, spec.need, spec.rung);
}

void HookSet::LoadGroupOf(const HookSpec& spec, const Options& options) {
  for (const HookSpec* tried : tried_groups_) {
    if (InOneGroup(*tried, spec)) {
      return;
    }
  }
  tried_groups_.push_back(&spec);
  std::vector<const HookSpec*> group;
  std::vector<const char*> programs;
  for (const HookSpec& other : HookTable()) {
    if (!InOneGroup(other, spec) || RefusedBefore(other, options) != nullptr) {
      continue;
    }
    group.push_back(&other);
    programs.push_back(other.program);
  }
  Result<std::vector<BpfObject>> objects = LoadPrograms(spec, options, programs);
  if (!objects && objects.error().code() == ErrorCode::kNotPermitted) {
    forbidden_groups_.emplace_back(&spec, objects.error().message());
  }
  for (std::size_t i = 0; objects && i < group.size(); ++i) {
    loaded_.emplace_back(group[i], (*objects)[i]);
  }
}

// Programs of the object file of `spec`.
Result<std::vector<BpfObject>> HookSet::LoadPrograms(const HookSpec& spec, const Options& options,
                                                     std::span<const char* const> programs) const {
  return BpfObject::Load({.elf = spec.elf,
                          .programs = programs,
                          .settings = &options.settings,
                          .ring_bytes = options.ring_bytes,
                          .maps = objects_.empty() ? nullptr : &objects_.front(),
                          .kernel_types = kernel_types_.path()});
}

// The loaded program of a hook: from its group or, when the group was refused, loaded alone.
Result<BpfObject> HookSet::GetProgram(const HookSpec& spec, const Options& options) {
  LoadGroupOf(spec, options);
  for (const auto& [hook, object] : loaded_) {
    if (hook == &spec) {
      return object;
    }
  }
  for (const auto& [hook, reason] : forbidden_groups_) {
    if (InOneGroup(*hook, spec)) {
      return Error(ErrorCode::kNotPermitted, reason);
    }
  }
  const std::vector<BpfObject> alone =
      WIREHOUND_TRY(LoadPrograms(spec, options, std::span(&spec.program, 1)));
  return alone.front();
}

Status HookSet::LoadAndAttach(const HookSpec& spec, const Options& options) {
  BpfObject object = WIREHOUND_TRY(GetProgram(spec, options));
  if (options.use != Use::kLoadOnly) {
    WIREHOUND_TRY(Attach(spec, options, object));
  }
  // Only objects whose hook works: the front one shares its maps with all later ones.
  objects_.push_back(std::move(object));
  return {};
}

Status HookSet::Attach(const HookSpec& spec, const Options& options, const BpfObject& object) {
  if (spec.attach == HookAttach::kIterator) {
    Status run = object.RunIterator();
    return run ? Status() : Status(std::move(run).error().WithContext("run"));
  }
  Result<BpfLink> link = spec.attach == HookAttach::kCgroup
                             ? BpfLink::AttachCgroup(object, options.cgroup_fd)
                             : BpfLink::AttachTracing(object);
  if (!link) {
    return std::move(link).error().WithContext("attach");
  }
  links_.push_back(*std::move(link));
  return {};
}

std::optional<Error> HookSet::MandatoryRefusal() const {
  for (std::size_t i = 0; i < reports_.size(); ++i) {
    const HookReport& report = reports_[i];
    if (!report.mandatory || report.state != HookState::kRefused) {
      continue;
    }
    std::string message = "load " + std::string(report.name) + ": " + report.reason;
    if (codes_[i] == ErrorCode::kNotPermitted) {
      message +=
          "; run as root or with CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON; capture files can be "
          "read with --read without privileges";
    }
    return Error(codes_[i], std::move(message));
  }
  return std::nullopt;
}

void HookSet::Detach() {
  links_.clear();
  // Programs that were running when the links went may still submit records. Where the kernel
  // refuses to wait for them, a few packets may come after the end of the account.
  WaitForRunningPrograms();
}

std::vector<KnownHook> KnownHooks() {
  std::vector<KnownHook> hooks;
  for (const HookSpec& spec : HookTable()) {
    hooks.push_back({.name = spec.name,
                     .need = spec.need,
                     .mandatory = spec.mandatory,
                     .whole_machine = spec.attach != HookAttach::kCgroup});
  }
  return hooks;
}

std::vector<HookReport> ProbeHooks(HookChoice choice) {
  // Not 0 and not empty, so that the verifier skips no branch.
  return HookSet::Load({.use = HookSet::Use::kLoadOnly,
                        .choice = choice,
                        .settings = {.own_netns_cookie = 1, .scope = FullScope()},
                        .ring_bytes = kProbeRingBytes})
      .reports();
}

}  // namespace wirehound
