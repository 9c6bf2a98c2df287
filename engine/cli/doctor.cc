// SPDX-License-Identifier: Apache-2.0

// `wirehound doctor`: shows what live capture needs. For each need it lists the hooks that can
// serve it, best first, with whether this kernel accepts the hook, whether capture would use it,
// and what is lost without it. Attaches nothing. Control thread.

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "engine/cli/commands.h"
#include "engine/run/detector_set.h"
#include "probes/host/cgroup.h"
#include "probes/live/hooks.h"

namespace wirehound {

namespace {

void PrintSystem() {
  utsname system{};
  uname(&system);
  fmt::print("kernel            {} {} {}\n", system.sysname, system.release, system.machine);
  const bool has_btf = access("/sys/kernel/btf/vmlinux", R_OK) == 0;
  fmt::print("kernel types      {}\n",
             has_btf ? "/sys/kernel/btf/vmlinux" : "no BTF: owners are learnt from fewer hooks");
  const Result<std::string> mount = FindCgroupMount();
  fmt::print("cgroup v2         {}\n", mount ? *mount : mount.error().message());
  fmt::print("running as        user {}{}\n", geteuid(),
             geteuid() == 0 ? "" : " (live capture needs root or capabilities)");
  const std::string plugins = DefaultPluginFolder().string();
  fmt::print("detectors         {}\n\n", plugins.empty() ? "no plugins folder" : plugins);
}

// "used": a capture would use the hook; "spare": a better hook serves the need; "refused": the
// kernel does not accept it.
std::string_view UseOf(const std::vector<HookReport>& hooks, const HookReport& hook) {
  if (hook.state == HookState::kRefused) {
    return "refused";
  }
  return IsBestRung(hooks, hook) ? "used" : "spare";
}

void PrintHook(const std::vector<HookReport>& hooks, const HookReport& hook) {
  fmt::print("{:<17} {:<4} {:<31} {:<8} {}\n", HookNeedText(hook.need), hook.rung + 1, hook.name,
             UseOf(hooks, hook), hook.costs);
  if (!hook.reason.empty()) {
    fmt::print("{:<54} {}\n", "", hook.reason);
  }
}

bool IsServed(const std::vector<HookReport>& hooks, HookNeed need) {
  return std::any_of(hooks.begin(), hooks.end(), [need](const HookReport& hook) {
    return hook.need == need && hook.state != HookState::kRefused;
  });
}

}  // namespace

int Doctor() {
  PrintSystem();
  fmt::print("{:<17} {:<4} {:<31} {:<8} {}\n", "NEED", "RUNG", "HOOK", "STATE", "WITHOUT IT");
  const std::vector<HookReport> hooks = ProbeHooks();
  for (const HookReport& hook : hooks) {
    PrintHook(hooks, hook);
  }
  const bool packets =
      IsServed(hooks, HookNeed::kPacketsIn) && IsServed(hooks, HookNeed::kPacketsOut);
  const bool can_capture = packets && FindCgroupMount().has_value();
  fmt::print(
      "\nlive capture      {}\n",
      can_capture ? "works here" : "does not work here; capture files can be read with --read");
  return can_capture ? kExitOk : kExitFailed;
}

}  // namespace wirehound
