// SPDX-License-Identifier: Apache-2.0

#include "probes/live/container_ids.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "process_facts.h"
#include "tests/probes/host/proc_test_folder.h"

namespace wirehound {
namespace container_ids_test {

using test::FakeProc;
using test::FakeProcess;
using test::TemporaryFolder;

const std::string kId(64, 'a');
const std::string kOther(64, 'b');

// A hierarchy of plain folders, whose inode numbers stand for the ids of groups. The kernel does
// not translate those ids to paths, so these tests take the other two ways of ContainerIds.
class Machine {
 public:
  std::uint64_t MakeGroup(const std::string& path) const {
    std::filesystem::create_directories(groups_.path().string() + path);
    return CgroupTree(groups_.path().string()).IdOf(path);
  }
  void RemoveGroup(const std::string& path) const {
    std::filesystem::remove_all(groups_.path().string() + path);
  }
  ContainerIds Resolver(std::size_t capacity = 64) {
    return ContainerIds({.tree = CgroupTree(groups_.path().string()),
                         .proc = ProcFolder(proc.path()),
                         .now_ns = [this] { return now_ns; },
                         .capacity = capacity});
  }

  FakeProc proc;
  std::uint64_t now_ns = 0;

 private:
  TemporaryFolder groups_;
};

wirehound_wire_process Process(std::uint64_t cgroup_id, std::uint64_t start_ticks = 1000) {
  wirehound_wire_process facts = ProcessFacts(8);
  facts.cgroup_id = cgroup_id;
  facts.start_time_ns = start_ticks * ProcTickNs() + 1;
  return facts;
}

// The id of the container a process is in, "" for none.
std::string IdOf(ContainerIds& ids, const wirehound_wire_process& process) {
  const std::optional<ContainerName> name = ids.Name(process);
  return name ? name->id : std::string();
}

TEST_CASE("container ids: the group of a running process gives its container") {
  Machine machine;
  const std::uint64_t group = machine.MakeGroup("/docker/" + kId);
  machine.proc.Run({.cgroup = "0::/docker/" + kId + "\n"});
  ContainerIds ids = machine.Resolver();
  CHECK(IdOf(ids, Process(group)) == kId);
}

TEST_CASE("container ids: a known group answers for all its processes, running or ended") {
  Machine machine;
  const std::uint64_t group = machine.MakeGroup("/docker/" + kId);
  machine.proc.Run({.cgroup = "0::/docker/" + kId + "\n"});
  ContainerIds ids = machine.Resolver();
  REQUIRE(IdOf(ids, Process(group)) == kId);
  machine.proc.End(100);
  machine.RemoveGroup("/docker/" + kId);
  CHECK(IdOf(ids, Process(group)) == kId);
  CHECK(ids.Name(Process(group))->runtime == "docker");
}

TEST_CASE("container ids: another process that has the pid now does not answer") {
  Machine machine;
  machine.proc.Run({.start_ticks = 2000, .cgroup = "0::/docker/" + kId + "\n"});
  ContainerIds ids = machine.Resolver();
  CHECK(IdOf(ids, Process(4711, 1000)).empty());
}

TEST_CASE("container ids: a /proc with other pids than the host's is not read") {
  Machine machine;
  machine.proc.Link("self/ns/pid", "pid:[4026532184]");
  machine.proc.Run({.cgroup = "0::/docker/" + kId + "\n"});
  ContainerIds ids = machine.Resolver();
  CHECK(IdOf(ids, Process(4711)).empty());
}

TEST_CASE("container ids: the new group of a moved process is not kept for its old group") {
  Machine machine;
  machine.MakeGroup("/docker/" + kId);
  machine.proc.Run({.cgroup = "0::/docker/" + kId + "\n"});
  ContainerIds ids = machine.Resolver();
  const std::uint64_t old_group = machine.MakeGroup("/system.slice");
  CHECK(IdOf(ids, Process(old_group)) == kId);  // its present group
  machine.proc.End(100);
  CHECK(IdOf(ids, Process(old_group)).empty());
}

TEST_CASE("container ids: a version 1 hierarchy names the container when version 2 does not") {
  Machine machine;
  const std::uint64_t root = machine.MakeGroup("/");
  machine.proc.Write("self/cgroup", "9:name=systemd:/\n0::/\n");
  machine.proc.Run({.cgroup = "9:name=systemd:/docker/" + kId + "\n0::/\n"});
  ContainerIds ids = machine.Resolver();
  CHECK(IdOf(ids, Process(root)) == kId);
  SUBCASE("and each process is looked up: the version 2 group is the same for all") {
    machine.proc.Run({.cgroup = "9:name=systemd:/docker/" + kOther + "\n0::/\n"});
    CHECK(IdOf(ids, Process(root)) == kOther);
    machine.proc.Run({.cgroup = "9:name=systemd:/\n0::/\n"});
    CHECK(IdOf(ids, Process(root)).empty());
  }
}

TEST_CASE("container ids: the group of an ended process is found by scanning the hierarchy") {
  Machine machine;
  const std::uint64_t group = machine.MakeGroup("/kubepods/pod1/" + kId);
  ContainerIds ids = machine.Resolver();
  CHECK(IdOf(ids, Process(group)) == kId);
}

TEST_CASE("container ids: the hierarchy is scanned at most once a second") {
  Machine machine;
  ContainerIds ids = machine.Resolver();
  CHECK(IdOf(ids, Process(4711)).empty());
  const std::uint64_t group = machine.MakeGroup("/docker/" + kId);
  machine.now_ns = ContainerIds::kScanEveryNs - 1;
  CHECK(IdOf(ids, Process(group)).empty());
  machine.now_ns = ContainerIds::kScanEveryNs;
  CHECK(IdOf(ids, Process(group)) == kId);
}

TEST_CASE("container ids: a process of an unknown group is in no container") {
  Machine machine;
  ContainerIds ids = machine.Resolver();
  CHECK(IdOf(ids, Process(0)).empty());
}

TEST_CASE("cgroup tree: a scan shows every group once and stops at its limit") {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "a/b");
  std::filesystem::create_directories(folder.path() / "c");
  folder.Write("cgroup.procs", "");
  const CgroupTree tree(folder.path().string());
  std::vector<std::string> shown;
  const auto show = [&](std::uint64_t id, const std::string& path) {
    CHECK(id == tree.IdOf(path));
    shown.push_back(path);
  };
  tree.Scan(100, show);
  std::sort(shown.begin(), shown.end());
  CHECK(shown == std::vector<std::string>{"/a", "/a/b", "/c"});
  shown.clear();
  tree.Scan(2, show);
  CHECK(shown.size() == 2);
}

TEST_CASE("cgroup tree: without a hierarchy nothing is found") {
  const CgroupTree tree("");
  CHECK_FALSE(tree.PathOf(1).has_value());
  CHECK(tree.IdOf("/") == 0);
  tree.Scan(10, [](std::uint64_t, const std::string&) { FAIL("shown"); });
}

}  // namespace container_ids_test
}  // namespace wirehound
