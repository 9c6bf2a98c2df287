// SPDX-License-Identifier: Apache-2.0

#include "probes/host/interface_names.h"

#include <doctest/doctest.h>

namespace wirehound {
namespace interface_names_test {

TEST_CASE("interface names: a name is looked up once, and again when it is old") {
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

TEST_CASE("interface names: an interface without a name is any, and that answer is cached too") {
  int asked = 0;
  InterfaceNames names([&](std::uint32_t) {
    ++asked;
    return std::string();
  });
  CHECK(names.Find(9, 1) == "any");
  CHECK(names.Find(9, 2) == "any");
  CHECK(asked == 1);
}

TEST_CASE("interface names: any number of indices takes bounded memory") {
  InterfaceNames names([](std::uint32_t index) { return std::to_string(index); });
  for (std::uint32_t i = 1; i < 20'000; ++i) {
    REQUIRE(names.Find(i, i) == std::to_string(i));
  }
}

}  // namespace interface_names_test
}  // namespace wirehound
