// SPDX-License-Identifier: Apache-2.0

// The reports of hooks that `wirehound doctor` prints. Which optional hooks load depends on the
// kernel. So the tests check that each hook has a report, and each refusal a reason.

#include <doctest/doctest.h>

#include <string>

#include "lab.h"

namespace wirehound::live {
namespace hooks_test {

TEST_CASE("hooks: every hook is reported, as loaded or as refused with a reason") {
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

TEST_CASE("hooks: the plain egress hook is not needed when the better one is attached") {
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

}  // namespace hooks_test
}  // namespace wirehound::live
