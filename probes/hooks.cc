// SPDX-License-Identifier: Apache-2.0

#include "probes/hooks.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probes/hook_set.h"

namespace wirehound {
namespace {

constexpr std::uint32_t kProbeRingBytes = 1u << 16;

bool IsMandatory(const HookSpec& spec) {
  return spec.role == HookRole::kPackets || spec.role == HookRole::kEgress;
}

}  // namespace

std::string_view HookStateText(HookState state) {
  switch (state) {
    case HookState::kLoaded:
      return "loaded";
    case HookState::kAttached:
      return "attached";
    case HookState::kRefused:
      return "refused";
    case HookState::kNotNeeded:
      return "not needed";
  }
  return "unknown";
}

HookSet HookSet::Load(const Options& options) {
  HookSet set;
  for (const HookSpec& spec : HookTable())
    set.Take(spec, options);
  return set;
}

void HookSet::Take(const HookSpec& spec, const Options& options) {
  HookReport report{.name = spec.name, .costs = spec.costs, .mandatory = IsMandatory(spec)};
  ErrorCode code = ErrorCode::kFailed;
  if (IsNotNeeded(spec, options.use)) {
    report.state = HookState::kNotNeeded;
  } else if (Status loaded = LoadAndAttach(spec, options); !loaded) {
    report.reason = loaded.error().message();
    code = loaded.error().code();
  } else {
    report.state = options.use == Use::kLoadOnly ? HookState::kLoaded : HookState::kAttached;
    better_egress_ = better_egress_ || spec.role == HookRole::kBetterEgress;
  }
  reports_.push_back(std::move(report));
  codes_.push_back(code);
}

bool HookSet::IsNotNeeded(const HookSpec& spec, Use use) const {
  if (spec.role == HookRole::kBetterEgress)
    return use == Use::kAttachPlain;
  return spec.role == HookRole::kEgress && use != Use::kLoadOnly && better_egress_;
}

Status HookSet::LoadAndAttach(const HookSpec& spec, const Options& options) {
  Result<BpfObject> object =
      BpfObject::Load({.elf = spec.elf,
                       .program = spec.program,
                       .settings = &options.settings,
                       .ring_bytes = options.ring_bytes,
                       .maps = objects_.empty() ? nullptr : &objects_.front()});
  if (!object)
    return std::move(object).error();
  if (options.use != Use::kLoadOnly) {
    Result<BpfLink> link = spec.attach == HookAttach::kCgroup
                               ? BpfLink::AttachCgroup(*object, options.cgroup_fd)
                               : BpfLink::AttachTracing(*object);
    if (!link)
      return std::move(link).error().WithContext("attach");
    links_.push_back(*std::move(link));
  }
  objects_.push_back(*std::move(object));
  return {};
}

std::optional<Error> HookSet::MandatoryRefusal() const {
  for (std::size_t i = 0; i < reports_.size(); ++i) {
    const HookReport& report = reports_[i];
    if (!report.mandatory || report.state != HookState::kRefused)
      continue;
    std::string message = "load " + std::string(report.name) + ": " + report.reason;
    if (codes_[i] == ErrorCode::kNotPermitted)
      message +=
          "; run as root or with CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON; capture files can be "
          "read with --read without privileges";
    return Error(codes_[i], std::move(message));
  }
  return std::nullopt;
}

void HookSet::Detach() {
  links_.clear();
  // A program may still be running on another CPU. They all run inside RCU read sections, and this
  // call waits for those that have begun. Where it is refused, a few packets may come late.
  syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

std::vector<HookReport> ProbeHooks() {
  // All branches of the programs are to be verified.
  return HookSet::Load({.use = HookSet::Use::kLoadOnly,
                        .settings = {.own_netns_cookie = 1},
                        .ring_bytes = kProbeRingBytes})
      .reports();
}

}  // namespace wirehound
