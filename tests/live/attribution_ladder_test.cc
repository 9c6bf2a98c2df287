// SPDX-License-Identifier: Apache-2.0

// The lower rungs of hooks, forced on a kernel that has better ones: owners are still known, with
// fewer details.

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "lab.h"

namespace wirehound::live {
namespace attribution_ladder_test {

TEST_CASE("ladder: without the kernel's types every owner is still known, from helpers and /proc") {
  LiveOptions options = Everything();
  options.hook_choice = HookChoice::kNoKernelTypes;
  Lab lab(options);
  CHECK(lab.Attached("cgroup/sock_create (partial)"));
  CHECK(!lab.Attached("cgroup/sock_create"));
  Workload workload = StartWorkload(lab.group(), lab.roles(), [](Roles& roles) {
    SetName("wh-plain");
    roles.parent = getpid();
    const int receiver = BoundSocket(Transport::kUdp, Family::kIpv4);
    Send(ConnectedSocket(Transport::kUdp, Family::kIpv4, PortOf(receiver)), "in-the-plain");
    Expect(receiver, "in-the-plain");
    WaitForGo();  // until the reader has read /proc
  });
  lab.ReadUntil([&] { return lab.collector().records().size() == 2; });
  workload.Go();
  lab.FinishWith(workload);
  for (const Seen& seen : lab.collector().records()) {
    CHECK(seen.owner_source == WIREHOUND_OWNER_SOCKET);
    CHECK(seen.process.host_pid == lab.roles().parent);
    CHECK(seen.process.host_tid == lab.roles().parent);
    CHECK(seen.process.uid == getuid());
    CHECK(seen.comm == "wh-plain");
    CHECK(seen.process.start_time_ns != 0);
    CHECK(seen.process.host_parent_pid == getpid());
    CHECK(!seen.executable.empty());
  }
  CHECK(lab.collector().records().size() == 2);
}

bool HasRung(const std::vector<HookReport>& hooks, HookNeed need, int worst) {
  return std::any_of(hooks.begin(), hooks.end(), [&](const HookReport& hook) {
    return hook.need == need && hook.rung <= worst && hook.state == HookState::kAttached;
  });
}

// Packets that name their sender, with hooks on sends and receives, cover datagrams too.
bool DatagramsAreSeenAnyhow(const std::vector<HookReport>& hooks) {
  return HasRung(hooks, HookNeed::kPacketsOut, 0) && HasRung(hooks, HookNeed::kSender, 1) &&
         HasRung(hooks, HookNeed::kReceiver, 1);
}

// Only kprobes leave mail, so without an attached kprobe there is none.
bool MailIsLeft(const std::vector<HookReport>& hooks) {
  return std::any_of(hooks.begin(), hooks.end(), [](const HookReport& hook) {
    return hook.name.substr(0, 7) == "kprobe/" && hook.state == HookState::kAttached;
  });
}

TEST_CASE("ladder: a hook is not needed only where better ones are attached") {
  for (const HookChoice choice :
       {HookChoice::kBest, HookChoice::kNoFentry, HookChoice::kNoKernelTypes}) {
    LiveOptions options = Everything();
    options.hook_choice = choice;
    Lab lab(options);
    const std::vector<HookReport>& hooks = lab.source().hooks();
    for (const HookReport& hook : hooks) {
      CAPTURE(std::string(hook.name));
      bool better = (hook.need == HookNeed::kDatagram && DatagramsAreSeenAnyhow(hooks)) ||
                    (hook.need == HookNeed::kMail && !MailIsLeft(hooks));
      for (const HookReport& other : hooks) {
        better = better || (other.need == hook.need && other.rung < hook.rung &&
                            other.state == HookState::kAttached);
      }
      // A refusal is reported even when a better hook makes up for it.
      if (hook.state != HookState::kRefused) {
        CHECK(better == (hook.state == HookState::kNotNeeded));
      }
      CHECK(IsBestRung(hooks, hook) == (hook.state == HookState::kAttached));
      CHECK((hook.state == HookState::kRefused) == !hook.reason.empty());
    }
  }
}

}  // namespace attribution_ladder_test
}  // namespace wirehound::live
