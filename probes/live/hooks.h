// SPDX-License-Identifier: Apache-2.0

// The kernel hooks live capture can use, and how each fared. Only the two packet hooks are
// mandatory; every other is loaded on its own, so that one refusal never hurts another, and its
// absence costs attribution, never packets. `wirehound doctor` prints these reports.

#pragma once

#include <map>
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

/// What a hook is for. Where several serve one need, the best the kernel takes is used.
enum class HookNeed : unsigned char {
  kPacketsIn,
  kPacketsOut,
  kCreator,     ///< who makes a socket, binds or connects it
  kDatagram,    ///< who sends or receives datagrams with an address
  kSender,      ///< who sends on a socket that is there
  kReceiver,    ///< who receives
  kAcceptor,    ///< who accepts a connection
  kPeerName,    ///< who accepts one and asks whose it is
  kMail,        ///< which sockets end, for the kprobes' sake
  kOldSockets,  ///< who has the sockets that are older than the engine
  kProcesses,   ///< which processes begin and end
};

/// "packets in"; static text.
std::string_view HookNeedText(HookNeed need);

/// One line for the doctor.
struct HookReport {
  std::string_view name;   ///< "cgroup_skb/ingress"; static text
  std::string_view costs;  ///< what its absence costs, one plain sentence; static text
  HookNeed need = HookNeed::kPacketsIn;
  unsigned char rung = 0;  ///< of the ladder of its need, 0 the best
  bool mandatory = false;
  HookState state = HookState::kRefused;
  std::string reason;  ///< when refused: errno text, and the verifier's last line if it had one
};

/// Why hooks were refused, by name: for a process that opens several sources one after the other.
using HookRefusals = std::map<std::string_view, std::string>;

/// A hook there is, whether this kernel takes it or not.
struct KnownHook {
  std::string_view name;
  HookNeed need = HookNeed::kPacketsIn;
  bool mandatory = false;
  bool whole_machine = false;  ///< attached to no control group: its program checks the group
};

/// Every hook that live capture tries to attach, in that order. Asks the kernel nothing. Empty in a
/// build without live capture.
std::vector<KnownHook> KnownHooks();

/// Which hooks may be tried: for tests, and to see what a lesser kernel would lose.
enum class HookChoice : unsigned char {
  kBest,
  kNoFentry,       ///< as if the kernel refused fentry and fexit
  kNoKernelTypes,  ///< as if the kernel had no BTF
};

/// Whether a hook of this need and rung has nothing to do beside these, of which those that serve
/// the same or better come first.
bool IsSuperseded(const std::vector<HookReport>& reports, HookNeed need, unsigned char rung);

/// Whether the hook would be at work in a capture: loaded, and does not stand aside.
bool IsBestRung(const std::vector<HookReport>& reports, const HookReport& hook);

/// Loads every hook's program without attaching any, and lets it go again. Needs the privileges of
/// live capture; without them every report says so. Takes up to a second; not for the hot path.
std::vector<HookReport> ProbeHooks(HookChoice choice = HookChoice::kBest);

}  // namespace wirehound
