// SPDX-License-Identifier: Apache-2.0

// FindRunAs: the user and group that a value of `--user` names.

#include "engine/privileges/run_as.h"

#include <doctest/doctest.h>

namespace wirehound::test {
namespace run_as_test {

TEST_CASE("run as: a name and a number give the same user with its primary group") {
  for (const char* text : {"root", "0", "root:root", "0:0", "root:0"}) {
    CAPTURE(text);
    const Result<RunAs> found = FindRunAs(text);
    REQUIRE(found);
    CHECK(found->user == 0);
    CHECK(found->group == 0);
    CHECK(found->name == "root");
  }
}

TEST_CASE("run as: a number with a group needs no entry in the user database") {
  const Result<RunAs> found = FindRunAs("3999999999:4000000000");
  REQUIRE(found);
  CHECK(found->user == 3999999999u);
  CHECK(found->group == 4000000000u);
  CHECK(found->name == "3999999999");
}

TEST_CASE("run as: an unknown user or group is a usage error with the word and what is expected") {
  struct Row {
    const char* text;
    const char* what;
  };
  const Row rows[] = {
      {"nosuchuser", "no user 'nosuchuser'"},
      {"", "no user ''"},
      {":root", "no user ''"},
      {"root:nosuchgroup", "no group 'nosuchgroup'"},
      {"root:", "no group ''"},
      {"-1", "no user '-1'"},
      {"4294967295", "no user '4294967295'"},
      {"root:4294967295", "no group '4294967295'"},
      {"3999999999", "user 3999999999 has no entry, and so no group"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const Result<RunAs> found = FindRunAs(row.text);
    REQUIRE_FALSE(found);
    CHECK(found.error().code() == ErrorCode::kInvalidInput);
    CHECK(found.error().message() == "--user '" + std::string(row.text) + "': " + row.what +
                                         "; expected NAME, UID, NAME:GROUP or UID:GID");
  }
}

}  // namespace run_as_test
}  // namespace wirehound::test
