// SPDX-License-Identifier: Apache-2.0

// The watched group: the source sees this control group and those below, in any network namespace,
// and no other group.

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "lab.h"

namespace wirehound::live {
namespace scope_test {

void Talk(const char* text) {
  const int receiver = BoundSocket(Transport::kUdp, Family::kIpv4);
  Send(ConnectedSocket(Transport::kUdp, Family::kIpv4, PortOf(receiver)), text);
  Expect(receiver, text);
}

void RunToEnd(const ChildCgroup& group, const Body& body) {
  Workload workload = StartWorkload(group, SharedRoles(), body);
  while (!workload.Ended()) {
    usleep(1000);
  }
  CHECK(workload.Succeeded());
}

bool CanAskForOwnNetwork() {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  std::uint64_t cookie = 0;
  socklen_t size = sizeof(cookie);
  return getsockopt(socket.get(), SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) == 0;
}

TEST_CASE("scope: packets of a group below are captured, those of a sibling group are not") {
  Lab lab(Everything());
  Result<ChildCgroup> below = ChildCgroup::Create(lab.group().path(), "below");
  Result<ChildCgroup> beside = MakeGroup();
  REQUIRE(below);
  REQUIRE(beside);
  RunToEnd(*beside, [](Roles&) { Talk("from-beside"); });
  RunToEnd(*below, [](Roles&) { Talk("from-below"); });
  lab.Finish();
  CHECK(lab.collector().records().size() == 2);
  const Seen& seen = lab.collector().Only(WIREHOUND_DIRECTION_EGRESS, "from-below");
  const Result<std::uint64_t> id = CgroupId(below->path());
  REQUIRE(id);
  CHECK(seen.process.cgroup_id == *id);
  // The tracepoints fire for the whole machine: the sibling's socket must not have caused a record.
  CHECK(lab.Count("process_records") == 1);
}

TEST_CASE("scope: only an interface of the reader's network namespace has a name") {
  Lab lab(Everything());
  RunToEnd(lab.group(), [](Roles&) { Talk("at-home"); });
  RunToEnd(lab.group(), [](Roles&) {
    if (EnterOwnNetwork()) {
      Talk("abroad");
    }
  });
  lab.Finish();
  // The reader can ask for its own namespace since 5.14. Before, no interface is known to be in it.
  const std::string_view home = CanAskForOwnNetwork() ? "lo" : "any";
  if (home == "any") {
    MESSAGE("skipped: this kernel does not tell the reader its own network namespace");
  }
  constexpr std::uint8_t kBoth[] = {WIREHOUND_DIRECTION_EGRESS, WIREHOUND_DIRECTION_INGRESS};
  for (const std::uint8_t direction : kBoth) {
    CHECK(lab.collector().Only(direction, "at-home").interface_name == home);
    CHECK(lab.collector().Only(direction, "abroad").interface_name == "any");
  }
}

TEST_CASE("scope: nothing is captured after Stop") {
  Lab lab(Everything());
  lab.Finish();
  RunToEnd(lab.group(), [](Roles&) { Talk("too-late"); });
  CHECK(lab.source().Seen() == 0);
  const Result<SourceState> state = lab.source().Read(lab.collector(), 64);
  REQUIRE(state);
  CHECK(*state == SourceState::kEnd);
  CHECK(lab.collector().records().empty());
}

}  // namespace scope_test
}  // namespace wirehound::live
