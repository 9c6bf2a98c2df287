// SPDX-License-Identifier: Apache-2.0

// What the doctor is told. Which optional hooks load is the kernel's business: what is checked is
// that each one is reported, and that a refusal comes with its reason.

#include <doctest/doctest.h>

#include <string>

#include "lab.h"

namespace wirehound::live {

TEST_CASE("hooks: every hook is reported as loaded or with the reason why not") {
  for (const HookReport& report : ProbeHooks()) {
    CAPTURE(std::string(report.name));
    const bool loaded = report.state == HookState::kLoaded;
    if (!loaded) {
      MESSAGE(std::string(report.name), ": ", report.reason);
    }
    CHECK((loaded || report.state == HookState::kRefused));
    CHECK(loaded == report.reason.empty());
    CHECK((loaded || !report.mandatory));
  }
}

TEST_CASE("hooks: with the better egress at work the plain one is not needed") {
  for (const EgressOwner owner : {EgressOwner::kBest, EgressOwner::kSocketOnly}) {
    LiveOptions options = Everything();
    options.egress_owner = owner;
    Lab lab(options);
    int egress = 0;
    for (const HookReport& report : lab.source().hooks()) {
      const bool is_egress = report.name.find("cgroup_skb/egress") == 0;
      egress += is_egress && report.state == HookState::kAttached ? 1 : 0;
    }
    CHECK(egress == 1);
  }
}

}  // namespace wirehound::live
