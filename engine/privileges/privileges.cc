// SPDX-License-Identifier: Apache-2.0

#include "engine/privileges/privileges.h"

#include <grp.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "base/sanitizers.h"
#include "engine/privileges/system_calls.h"

namespace wirehound {

namespace {

#ifndef CAP_BPF
constexpr cap_value_t kBpf = 39;
#else
constexpr cap_value_t kBpf = CAP_BPF;
#endif

// At the end a sanitizer traces the process from another one, which the filter would refuse.
#ifdef WIREHOUND_ADDRESS_SANITIZER
constexpr bool kCanFilter = false;
#else
constexpr bool kCanFilter = true;
#endif

using Capabilities = std::vector<cap_value_t>;

struct Free {
  void operator()(void* object) const { cap_free(object); }
};
using CapabilityState = std::unique_ptr<std::remove_pointer_t<cap_t>, Free>;

Error Failed(const std::string& what) {
  return Error(ErrorCode::kNotPermitted, what + ": " + std::strerror(errno));
}

// The wanted capabilities that this process has.
Capabilities Held(const Capabilities& wanted) {
  const CapabilityState now(cap_get_proc());
  Capabilities held;
  std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(held), [&now](cap_value_t one) {
    cap_flag_value_t permitted = CAP_CLEAR;
    return now && cap_get_flag(now.get(), one, CAP_PERMITTED, &permitted) == 0 &&
           permitted == CAP_SET;
  });
  return held;
}

// Keeps `permitted` and no other capability; of these, puts `effective` in force.
Status SetCapabilities(const Capabilities& permitted, const Capabilities& effective) {
  const CapabilityState state(cap_init());
  const auto raise = [&state](cap_flag_t flag, const Capabilities& capabilities) {
    return capabilities.empty() ||
           cap_set_flag(state.get(), flag, static_cast<int>(capabilities.size()),
                        capabilities.data(), CAP_SET) == 0;
  };
  if (!state || !raise(CAP_PERMITTED, permitted) || !raise(CAP_EFFECTIVE, effective) ||
      cap_set_proc(state.get()) != 0) {
    return Failed("give up capabilities");
  }
  return {};
}

Capabilities NeededBy(const PrivilegeNeeds& needs) {
  Capabilities needed;
  if (needs.is_live) {
    // To read names of programs in /proc, and to open control groups by their ids.
    needed.push_back(CAP_SYS_PTRACE);
    needed.push_back(CAP_DAC_READ_SEARCH);
  }
  if (needs.has_command) {
    needed.push_back(CAP_KILL);
  }
  return needed;
}

// Supplementary groups go first: without root's user id the process may not change them.
Status BecomeUser(const RunAs& user) {
  const bool is_user = geteuid() == user.user && getegid() == user.group;
  if (is_user && geteuid() != 0) {
    return {};
  }
  if (setgroups(0, nullptr) != 0 || setresgid(user.group, user.group, user.group) != 0 ||
      prctl(PR_SET_KEEPCAPS, 1) != 0 || setresuid(user.user, user.user, user.user) != 0) {
    return Failed("run as user " + user.name);
  }
  // Otherwise /proc/self belongs to root, and the process could not read its own entries.
  prctl(PR_SET_DUMPABLE, 1);
  return {};
}

// Before Linux 6.0, reading an open map may need CAP_BPF: this tries it without.
Result<Capabilities> ApplyNeeded(Capabilities needed, const PrivilegeNeeds& needs) {
  Capabilities with_bpf = needed;
  if (needs.can_read_maps) {
    with_bpf.push_back(kBpf);
  }
  with_bpf = Held(with_bpf);
  needed = Held(needed);
  WIREHOUND_TRY(SetCapabilities(with_bpf, needed));
  const bool keeps_bpf = with_bpf.size() > needed.size() && !needs.can_read_maps();
  const Capabilities& kept = keeps_bpf ? with_bpf : needed;
  WIREHOUND_TRY(SetCapabilities(kept, kept));
  return kept;
}

std::string Names(const Capabilities& capabilities) {
  std::string names;
  for (const cap_value_t capability : capabilities) {
    const std::unique_ptr<char, Free> name(cap_to_name(capability));
    names += names.empty() ? "" : ", ";
    names += name ? name.get() + std::strlen("cap_") : std::to_string(capability);
  }
  return names.empty() ? "no capabilities" : "capabilities " + names;
}

}  // namespace

Result<std::string> DropPrivileges(const PrivilegeNeeds& needs, const PrivilegeOptions& options) {
  if (options.user) {
    WIREHOUND_TRY(BecomeUser(*options.user));
  }
  const Capabilities left = WIREHOUND_TRY(ApplyNeeded(NeededBy(needs), needs));
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return Failed("give up new privileges");
  }
  const std::string user = options.user ? options.user->name : std::to_string(geteuid());
  const bool filters = options.filters_system_calls && kCanFilter;
  if (filters) {
    WIREHOUND_TRY(FilterSystemCalls());
  }
  return "user " + user + ", " + Names(left) +
         (filters ? ", system calls filtered" : ", all system calls");
}

}  // namespace wirehound
