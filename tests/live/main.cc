// SPDX-License-Identifier: Apache-2.0

// The runner of the live tests. It enters a new network namespace first, so that no test touches
// an interface of the machine. Where live capture cannot work at all it prints why and exits with
// 77, which ctest shows as skipped.

#include <doctest/doctest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "lab.h"

namespace wirehound::live {
namespace {

constexpr int kSkipped = 77;

// The reason why the tests cannot run here; empty when they can.
std::string WhyNot() {
  if (geteuid() != 0) {
    return "not root";
  }
  if (!EnterOwnNetwork()) {
    return std::string("no network namespace of its own: ") + std::strerror(errno);
  }
  Result<ChildCgroup> group = MakeGroup();
  if (!group) {
    return group.error().message();
  }
  const auto source = LiveSource::Open({.cgroup = group->path()});
  return source ? std::string() : source.error().message();
}

}  // namespace
}  // namespace wirehound::live

int main(int argc, char** argv) {
  const std::string reason = wirehound::live::WhyNot();
  if (!reason.empty()) {
    std::printf("skipped: live capture cannot run here: %s\n", reason.c_str());
    return wirehound::live::kSkipped;
  }
  const int result = doctest::Context(argc, argv).run();
  std::printf("attribution: %s\n", wirehound::live::OwnersSeen().c_str());
  return result;
}
