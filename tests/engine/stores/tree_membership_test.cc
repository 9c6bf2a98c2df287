// SPDX-License-Identifier: Apache-2.0

// ProcessStore::IsInTree: the tree of a process, as filters ask for it.

#include "engine/stores/tree_membership.h"

#include <doctest/doctest.h>

#include "tests/engine/stores/process_test_support.h"

namespace wirehound::test {
namespace tree_membership_test {

constexpr std::int32_t kRoot = 50;

// init 1 - shell 50 - make 60 - cc 100, and a neighbour 70 of the shell.
void RunFamily(const FakeProc& proc) {
  proc.Run({.pid = 1, .parent_pid = 0, .start_ticks = 1});
  proc.Run({.pid = kRoot, .parent_pid = 1, .start_ticks = 500});
  proc.Run({.pid = 60, .parent_pid = kRoot, .start_ticks = 600});
  proc.Run({.pid = 70, .parent_pid = 1, .start_ticks = 550});
  proc.Run({.pid = 100, .parent_pid = 60, .start_ticks = 1000});
}

wirehound_process Shell() {
  return OfEvent({.pid = kRoot, .parent_pid = 1, .start_ticks = 500, .parent_start_ticks = 1});
}
wirehound_process Make() {
  return OfEvent({.pid = 60, .parent_pid = kRoot, .start_ticks = 600, .parent_start_ticks = 500});
}
wirehound_process Compiler(std::int32_t pid = 100) {
  return OfEvent({.pid = pid, .parent_pid = 60, .start_ticks = 1000, .parent_start_ticks = 600});
}
wirehound_process Neighbour() {
  return OfEvent({.pid = 70, .parent_pid = 1, .start_ticks = 550, .parent_start_ticks = 1});
}

TEST_CASE("process tree: a process and all that descend from it are in its tree, no others") {
  ProcessWorld world;
  RunFamily(world.proc);
  ProcessStore store(world.Setup());
  CHECK(store.IsInTree(Compiler(), kRoot));
  CHECK(store.IsInTree(Make(), kRoot));
  CHECK(store.IsInTree(Shell(), kRoot));
  CHECK_FALSE(store.IsInTree(Neighbour(), kRoot));
  CHECK(store.IsInTree(Neighbour(), 1));
  CHECK(store.IsInTree(Compiler(), 60));
  CHECK_FALSE(store.IsInTree(Shell(), 60));
  CHECK_FALSE(store.IsInTree(wirehound_process{}, kRoot));
}

TEST_CASE("process tree: a known descendant stays in it when root and parents have ended") {
  ProcessWorld world;
  RunFamily(world.proc);
  ProcessStore store(world.Setup());
  REQUIRE(store.IsInTree(Compiler(), kRoot));
  for (const std::int32_t pid : {kRoot, 60, 100}) {
    world.proc.End(pid);
  }
  world.Later();
  CHECK(store.IsInTree(Compiler(), kRoot));
  CHECK(store.IsInTree(Make(), kRoot));
  CHECK(store.IsInTree(Compiler(101), kRoot));  // a child of one that is known
}

TEST_CASE("process tree: a process that reuses the root's pid is not in the tree of the root") {
  ProcessWorld world;
  RunFamily(world.proc);
  ProcessStore store(world.Setup());
  REQUIRE(store.IsInTree(Make(), kRoot));
  world.proc.Run({.pid = kRoot, .parent_pid = 1, .start_ticks = 2000});
  world.proc.Run({.pid = 200, .parent_pid = kRoot, .start_ticks = 2100});
  const wirehound_process stranger =
      OfEvent({.pid = kRoot, .parent_pid = 1, .start_ticks = 2000, .parent_start_ticks = 1});
  const wirehound_process child =
      OfEvent({.pid = 200, .parent_pid = kRoot, .start_ticks = 2100, .parent_start_ticks = 2000});
  CHECK_FALSE(store.IsInTree(stranger, kRoot));
  CHECK_FALSE(store.IsInTree(child, kRoot));
  CHECK(store.IsInTree(Make(), kRoot));
  SUBCASE("even when it ends before its child is seen") {
    world.proc.End(kRoot);
    const wirehound_process late =
        OfEvent({.pid = 201, .parent_pid = kRoot, .start_ticks = 2200, .parent_start_ticks = 2000});
    CHECK_FALSE(store.IsInTree(late, kRoot));
  }
}

TEST_CASE("process tree: a child of an ended root is known by the kernel's id of its parent") {
  ProcessWorld world;
  RunFamily(world.proc);
  ProcessStore store(world.Setup());
  REQUIRE(store.IsInTree(Make(), kRoot));
  world.proc.End(kRoot);
  const wirehound_process late =
      OfEvent({.pid = 300, .parent_pid = kRoot, .start_ticks = 900, .parent_start_ticks = 500});
  CHECK(store.IsInTree(late, kRoot));
}

TEST_CASE("process tree: a root that does not run yet is the first process seen with its pid") {
  ProcessWorld world;
  ProcessStore store(world.Setup());
  CHECK_FALSE(store.IsInTree(Neighbour(), kRoot));
  CHECK(store.IsInTree(Shell(), kRoot));
  CHECK(store.IsInTree(Make(), kRoot));
  const wirehound_process stranger =
      OfEvent({.pid = kRoot, .parent_pid = 1, .start_ticks = 2000, .parent_start_ticks = 1});
  CHECK_FALSE(store.IsInTree(stranger, kRoot));
}

TEST_CASE("process tree: without /proc, the answer comes from the parents that events name") {
  ProcessWorld world;
  world.proc.Link("self/ns/pid", "pid:[4026532184]");
  ProcessStore store(world.Setup());
  store.Note(Make());
  CHECK(store.IsInTree(Compiler(), kRoot));
  CHECK_FALSE(store.IsInTree(Neighbour(), kRoot));
}

TEST_CASE("process tree: a process without a start time is the root only while the root runs") {
  ProcessWorld world;
  RunFamily(world.proc);
  ProcessStore store(world.Setup());
  wirehound_process bare = Shell();
  bare.start_time_ns = 0;
  bare.parent_entity_id = 0;
  CHECK(store.IsInTree(bare, kRoot));
  world.proc.Run({.pid = kRoot, .parent_pid = 1, .start_ticks = 2000});
  CHECK_FALSE(store.IsInTree(bare, kRoot));
}

TEST_CASE("process tree: a walk around a circle of parents ends") {
  ProcessWorld world;
  ProcessStore store(world.Setup());
  store.Note(OfEvent({.pid = 60, .parent_pid = 70, .start_ticks = 5, .parent_start_ticks = 5}));
  const wirehound_process other =
      OfEvent({.pid = 70, .parent_pid = 60, .start_ticks = 5, .parent_start_ticks = 5});
  CHECK_FALSE(store.IsInTree(other, kRoot));
}

TEST_CASE("process tree: the walk up is done once for each process") {
  struct Counting : ProcessLineage {
    int asked = 0;
    std::optional<ProcessKey> RunningAs(std::int32_t host_pid) override {
      return ProcessKey{.host_pid = host_pid, .start_ticks = 500};
    }
    std::optional<Link> LinkOf(std::uint32_t entity_id) override {
      ++asked;
      return entity_id == IdOf(60, 600)
                 ? Link{{.host_pid = 60, .start_ticks = 600}, entity_id, IdOf(kRoot, 500)}
                 : Link{{.host_pid = kRoot, .start_ticks = 500}, entity_id, 0};
    }
  };
  Counting lineage;
  TreeMembership membership;
  const ProcessKey key{.host_pid = 100, .start_ticks = 1000};
  for (int i = 0; i < 5; ++i) {
    CHECK(membership.Contains(Compiler(), key, kRoot, lineage));
  }
  CHECK(lineage.asked == 2);
  // The parent on the way is remembered too.
  CHECK(membership.Contains(Make(), {.host_pid = 60, .start_ticks = 600}, kRoot, lineage));
  CHECK(lineage.asked == 2);
}

}  // namespace tree_membership_test
}  // namespace wirehound::test
