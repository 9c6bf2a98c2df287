// SPDX-License-Identifier: Apache-2.0

// The kernel hooks live capture can use, and how each fared. Only the two packet hooks are
// mandatory; every other is loaded on its own, so that one refusal never hurts another, and its
// absence costs attribution, never packets. `wirehound doctor` prints these reports.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wirehound {

enum class HookState : unsigned char {
  kLoaded,     ///< the kernel took the program; it is not attached
  kAttached,   ///< at work
  kRefused,    ///< `reason` says why
  kNotNeeded,  ///< a better hook of the same purpose is at work
};

/// "loaded", "attached", "refused" or "not needed".
std::string_view HookStateText(HookState state);

/// One line for the doctor.
struct HookReport {
  std::string_view name;   ///< "cgroup_skb/ingress"; static text
  std::string_view costs;  ///< what its absence costs, one plain sentence; static text
  bool mandatory = false;
  HookState state = HookState::kRefused;
  std::string reason;  ///< when refused: errno text, and the verifier's last line if it had one
};

/// Loads every hook's program without attaching any, and lets it go again. Needs the privileges of
/// live capture; without them every report says so. Takes up to a second; not for the hot path.
std::vector<HookReport> ProbeHooks();

}  // namespace wirehound
