// SPDX-License-Identifier: Apache-2.0

#include "probes/live/hooks.h"

#include <algorithm>

namespace wirehound {
namespace {

bool IsUp(HookState state) { return state == HookState::kAttached || state == HookState::kLoaded; }

// Whether a kprobe is the best there is for something.
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
  // Who sends is known at the packet and who receives right after it, datagrams included: asking at
  // each of them once more would cost more than the packet.
  if (need == HookNeed::kDatagram) {
    return has(HookNeed::kPacketsOut, 0) && has(HookNeed::kSender, 1) &&
           has(HookNeed::kReceiver, 1);
  }
  return need == HookNeed::kMail && !UsesKprobes(reports);
}

bool IsBestRung(const std::vector<HookReport>& reports, const HookReport& hook) {
  return IsUp(hook.state) && !IsSuperseded(reports, hook.need, hook.rung);
}

}  // namespace wirehound
