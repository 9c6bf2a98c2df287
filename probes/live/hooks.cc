// SPDX-License-Identifier: Apache-2.0

// The ladder of rungs: which hooks do the work of which others. Pure.
//
// Take the need kSender. Its rungs are fentry/security_socket_sendmsg (0), which runs before the
// packet leaves; tp_btf/sock_send_length (1), which runs after the send, so that the owner changes
// one packet late; and a kprobe (2), for kernels that refuse both. The first rung that the kernel
// accepts supersedes the rest: all three would find the same process, and each costs time at every
// send.
//
// Some rungs have several hooks, such as connect4 and connect6. Any one that is up supersedes the
// rungs below, even when the kernel refuses another of its rung. Mixing the rungs of kCreator, for
// example, would give one process two owner ids: partial.bpf.c computes them differently.

#include "probes/live/hooks.h"

#include <algorithm>

namespace wirehound {
namespace {

bool IsUp(HookState state) { return state == HookState::kAttached || state == HookState::kLoaded; }

// Whether a kprobe is the best hook for any need.
bool UsesKprobes(const std::vector<HookReport>& reports) {
  return std::any_of(reports.begin(), reports.end(), [&reports](const HookReport& report) {
    return report.name.starts_with("kprobe/") && IsBestRung(reports, report);
  });
}

}  // namespace

std::string_view HookNeedText(HookNeed need) {
  switch (need) {
    case HookNeed::kPacketsIn:
      return "packets in";
    case HookNeed::kPacketsOut:
      return "packets out";
    case HookNeed::kCreator:
      return "creator";
    case HookNeed::kDatagram:
      return "datagram user";
    case HookNeed::kSender:
      return "sender";
    case HookNeed::kReceiver:
      return "receiver";
    case HookNeed::kAcceptor:
      return "acceptor";
    case HookNeed::kPeerName:
      return "acceptor by peer";
    case HookNeed::kMail:
      return "kprobes' mail";
    case HookNeed::kOldSockets:
      return "old sockets";
    case HookNeed::kProcesses:
      return "processes";
  }
  return "unknown";
}

bool IsSuperseded(const std::vector<HookReport>& reports, HookNeed need, unsigned char rung) {
  const auto has = [&reports](HookNeed other, int worst) {
    return std::any_of(reports.begin(), reports.end(), [&](const HookReport& report) {
      return report.need == other && report.rung <= worst && IsUp(report.state);
    });
  };
  if (rung > 0 && has(need, rung - 1)) {
    return true;
  }
  // These hooks learn every sender and receiver, those of datagrams included. A second program at
  // each datagram would learn nothing and cost more than the capture of the packet.
  if (need == HookNeed::kDatagram) {
    return has(HookNeed::kPacketsOut, 0) && has(HookNeed::kSender, 1) &&
           has(HookNeed::kReceiver, 1);
  }
  // Nothing is left in the map of the kprobes where none is in use, so nothing has to be removed.
  return need == HookNeed::kMail && !UsesKprobes(reports);
}

bool IsBestRung(const std::vector<HookReport>& reports, const HookReport& hook) {
  return IsUp(hook.state) && !IsSuperseded(reports, hook.need, hook.rung);
}

}  // namespace wirehound
