// SPDX-License-Identifier: Apache-2.0

// The kernel hooks that live capture can use, and a report of each: whether this kernel takes it.
// Only the two packet hooks are mandatory. A refusal of any other hook affects no other hook, and
// costs attribution, never packets. `wirehound doctor` prints these reports. Control thread.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wirehound {

enum class HookState : unsigned char {
  kLoaded,     ///< the kernel accepted the program; it is not attached
  kAttached,   ///< it runs
  kRefused,    ///< `reason` says why
  kNotNeeded,  ///< better hooks do its work
};

/// What a hook is for. Of several hooks for one need, the best that the kernel accepts is used.
enum class HookNeed : unsigned char {
  kPacketsIn,
  kPacketsOut,
  kCreator,     ///< the process that creates, binds or connects a socket
  kDatagram,    ///< the process that sends or receives a datagram with an address
  kSender,      ///< the process that sends, on any socket
  kReceiver,    ///< the process that receives, on any socket
  kAcceptor,    ///< the process that accepts a connection
  kPeerName,    ///< the process that accepts one and asks for the peer's address
  kMail,        ///< the end of a socket: its entry in the map of the kprobes goes
  kOldSockets,  ///< the processes that hold sockets older than the engine
  kProcesses,   ///< processes that begin, run another program, or end
};

/// "packets in"; static text.
std::string_view HookNeedText(HookNeed need);

/// What happened to one hook: a line of `wirehound doctor`.
struct HookReport {
  std::string_view name;   ///< "cgroup_skb/ingress"; static text
  std::string_view costs;  ///< what is lost without it, one plain sentence; static text
  HookNeed need = HookNeed::kPacketsIn;
  unsigned char rung = 0;  ///< on the ladder of its need, 0 the best; see HookRung
  bool mandatory = false;
  HookState state = HookState::kRefused;
  std::string reason;  ///< when refused: errno text, and the verifier's last line if it had one
};

/// The reasons for refusals, by the hook's name. For a process that opens several sources in turn.
using HookRefusals = std::map<std::string_view, std::string>;

/// A hook of the table, whether this kernel accepts it or not.
struct KnownHook {
  std::string_view name;
  HookNeed need = HookNeed::kPacketsIn;
  bool mandatory = false;
  bool whole_machine = false;  ///< attached to no control group: its program checks the group
};

/// Every hook that live capture may attach, in the order of the table. Makes no system call. Empty
/// in a build without live capture.
std::vector<KnownHook> KnownHooks();

/// Which hooks may be tried. For tests, and to see what an older kernel would lose.
enum class HookChoice : unsigned char {
  kBest,
  kNoFentry,       ///< as if the kernel refused fentry and fexit
  kNoKernelTypes,  ///< as if the kernel had no BTF
};

/// Whether the hooks in `reports` do all the work of a hook of this need and rung. `reports` has at
/// least the hooks before it in the table, so all of better rungs.
bool IsSuperseded(const std::vector<HookReport>& reports, HookNeed need, unsigned char rung);

/// Whether a capture would use the hook: the kernel accepts it, and it is not superseded.
bool IsBestRung(const std::vector<HookReport>& reports, const HookReport& hook);

/// Loads the program of every hook, attaches none, and unloads them. Needs the privileges of live
/// capture; without them every report is a refusal that says so. Takes up to a second.
std::vector<HookReport> ProbeHooks(HookChoice choice = HookChoice::kBest);

}  // namespace wirehound
