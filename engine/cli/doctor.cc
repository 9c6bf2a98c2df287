// SPDX-License-Identifier: Apache-2.0

// `wirehound doctor`: every hook of live capture, whether the kernel takes it, and what is lost
// where it does not. Attaches nothing.

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include <fmt/format.h>

#include "engine/cli/commands.h"
#include "engine/detector_set.h"
#include "probes/cgroup.h"
#include "probes/hooks.h"

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

void PrintHook(const HookReport& hook) {
  fmt::print("{:<28} {:<10} {:<11} {}\n", hook.name, HookStateText(hook.state),
             hook.mandatory ? "mandatory" : "optional", hook.costs);
  if (!hook.reason.empty()) {
    fmt::print("{:<28} {}\n", "", hook.reason);
  }
}

}  // namespace

int Doctor() {
  PrintSystem();
  fmt::print("{:<28} {:<10} {:<11} {}\n", "HOOK", "STATE", "NEEDED", "WITHOUT IT");
  const std::vector<HookReport> hooks = ProbeHooks();
  for (const HookReport& hook : hooks) {
    PrintHook(hook);
  }
  const bool refused = std::any_of(hooks.begin(), hooks.end(), [](const HookReport& hook) {
    return hook.mandatory && hook.state == HookState::kRefused;
  });
  const bool can_capture = !refused && !hooks.empty() && FindCgroupMount().has_value();
  fmt::print(
      "\nlive capture      {}\n",
      can_capture ? "works here" : "does not work here; capture files can be read with --read");
  return can_capture ? kExitOk : kExitFailed;
}

}  // namespace wirehound
