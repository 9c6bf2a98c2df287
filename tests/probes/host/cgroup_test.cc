// SPDX-License-Identifier: Apache-2.0

#include "probes/host/cgroup.h"

#include <doctest/doctest.h>

#include <string>

namespace wirehound {
namespace cgroup_test {

constexpr char kUnified[] =
    "22 1 0:21 / /proc rw,nosuid shared:12 - proc proc rw\n"
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr char kHybrid[] =
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

TEST_CASE("cgroup: the mount of version 2 is found by its type, at any path") {
  struct Row {
    const char* name;
    const char* mountinfo;
    const char* point;
  };
  const Row rows[] = {
      {"unified hierarchy", kUnified, "/sys/fs/cgroup"},
      {"hybrid hierarchy", kHybrid, "/sys/fs/cgroup/unified"},
      {"no optional tags, last line without newline", "41 31 0:38 / /cg rw - cgroup2 none rw",
       "/cg"},
      {"several optional tags", "41 31 0:38 / /cg rw shared:1 master:2 - cgroup2 none rw\n", "/cg"},
      {"a blank and a backslash in the path", "41 31 0:38 / /a\\040b\\134c rw - cgroup2 none rw\n",
       "/a b\\c"},
      {"the mount that shows the root wins over one of a part",
       "41 31 0:38 /part /one rw - cgroup2 none rw\n42 31 0:38 / /two rw - cgroup2 none rw\n"
       "43 31 0:38 / /three rw - cgroup2 none rw\n",
       "/two"},
      {"only a part is mounted", "41 31 0:38 /part /one rw - cgroup2 none rw\n", "/one"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const std::optional<std::string> point = CgroupMountFromText(row.mountinfo);
    REQUIRE(point.has_value());
    CHECK(*point == row.point);
  }
}

TEST_CASE("cgroup: a table without version 2 has no mount point") {
  const char* const tables[] = {
      "",
      "\n\n",
      "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
      "22 1 0:21 / /cgroup2 rw - tmpfs cgroup2 rw\n",
      "41 31 0:38 / /cg rw shared:1\n",
      "41 31 0:38\n",
  };
  for (const char* table : tables) {
    CAPTURE(table);
    CHECK_FALSE(CgroupMountFromText(table).has_value());
  }
}

TEST_CASE("cgroup: a directory outside the hierarchy is refused, a missing one is not found") {
  const Result<std::uint64_t> elsewhere = CgroupId("/proc");
  REQUIRE_FALSE(elsewhere);
  CHECK(elsewhere.error().code() == ErrorCode::kInvalidInput);
  CHECK(elsewhere.error().message() ==
        "control group /proc: not a directory of the version 2 hierarchy");

  const Result<std::uint64_t> missing = CgroupId("/no/such/group");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code() == ErrorCode::kNotFound);
  CHECK(missing.error().message() == "control group /no/such/group: no such file or directory");
}

}  // namespace cgroup_test
}  // namespace wirehound
