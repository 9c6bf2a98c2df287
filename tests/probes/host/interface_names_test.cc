// SPDX-License-Identifier: Apache-2.0

#include "probes/host/interface_names.h"

#include <doctest/doctest.h>

namespace wirehound {

TEST_CASE("interface names: asked for once, and again when the answer is old") {
  int asked = 0;
  std::string answer = "eth0";
  InterfaceNames names([&](std::uint32_t index) {
    ++asked;
    return index == 3 ? answer : std::string();
  });
  CHECK(names.Find(3, 1000) == "eth0");
  answer = "wan";
  CHECK(names.Find(3, 1000 + InterfaceNames::kKeepNs) == "eth0");
  CHECK(asked == 1);
  CHECK(names.Find(3, 1001 + InterfaceNames::kKeepNs) == "wan");
  CHECK(asked == 2);
}

TEST_CASE("interface names: one that has none is any, and that is remembered too") {
  int asked = 0;
  InterfaceNames names([&](std::uint32_t) {
    ++asked;
    return std::string();
  });
  CHECK(names.Find(9, 1) == "any");
  CHECK(names.Find(9, 2) == "any");
  CHECK(asked == 1);
}

TEST_CASE("interface names: indices without end do not take memory without end") {
  InterfaceNames names([](std::uint32_t index) { return std::to_string(index); });
  for (std::uint32_t i = 1; i < 20'000; ++i) {
    REQUIRE(names.Find(i, i) == std::to_string(i));
  }
}

}  // namespace wirehound
