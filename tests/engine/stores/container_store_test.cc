// SPDX-License-Identifier: Apache-2.0

#include "engine/stores/container_store.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/engine/support/temporary_folder.h"

namespace wirehound::test {
namespace container_store_test {

const std::string kFirst = "aaaaaaaaaaaa" + std::string(52, '1');
const std::string kSecond = "aaaaaaaaaaaa" + std::string(52, '2');
const std::string kThird(64, 'c');

struct Machine {
  TemporaryFolder groups;
  StreamTime time{.now_ns = 1'000'000'000};

  std::uint64_t Make(const std::string& path) const {
    std::filesystem::create_directories(groups.path().string() + path);
    return Tree().IdOf(path);
  }
  void Remove(const std::string& path) const {
    std::filesystem::remove_all(groups.path().string() + path);
  }
  CgroupTree Tree() const { return CgroupTree(groups.path().string()); }
  ContainerStore::Setup Setup() const { return {.time = time, .tree = Tree(), .capacity = 8}; }
};

std::string Text(wirehound_string text) { return {text.data, text.size}; }

const wirehound_container_info* Ask(ContainerStore& store, const std::string& id) {
  const wirehound_container_info* info = nullptr;
  return store.Get(id, &info) == WIREHOUND_OK ? info : nullptr;
}

std::vector<std::string> Listed(ContainerStore& store) {
  std::span<const wirehound_container_info> infos;
  REQUIRE(store.List(&infos) == WIREHOUND_OK);
  std::vector<std::string> ids;
  for (const wirehound_container_info& info : infos) {
    ids.push_back(Text(info.id));
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

TEST_CASE("container store: the containers of the hierarchy are known without an event") {
  Machine machine;
  const std::uint64_t group = machine.Make("/system.slice/docker-" + kFirst + ".scope");
  machine.Make("/system.slice/docker-" + kFirst + ".scope/inner");
  machine.Make("/user.slice/session-3.scope");
  ContainerStore store(machine.Setup());
  const wirehound_container_info* info = Ask(store, kFirst);
  REQUIRE(info != nullptr);
  CHECK(info->struct_size == WIREHOUND_STRUCT_SIZE(wirehound_container_info, image_digest));
  CHECK(info->cgroup_id == group);
  CHECK(Text(info->id) == kFirst);
  CHECK(Text(info->runtime) == "docker");
  CHECK(Text(info->name).empty());
  CHECK(Listed(store) == std::vector<std::string>{kFirst});
}

TEST_CASE("container store: the uid of a pod comes from the name of its control group") {
  Machine machine;
  const std::string pod = "d7b3c1de-0c2f-4a55-9f3e-6f2f6c1a2b3c";
  machine.Make("/kubepods/burstable/pod" + pod + "/" + kFirst);
  ContainerStore store(machine.Setup());
  REQUIRE(Ask(store, kFirst) != nullptr);
  CHECK(Text(Ask(store, kFirst)->pod_uid) == pod);
}

TEST_CASE("container store: a prefix of an id finds a container if it is long enough and unique") {
  Machine machine;
  machine.Make("/docker/" + kFirst);
  machine.Make("/docker/" + kSecond);
  machine.Make("/docker/" + kThird);
  ContainerStore store(machine.Setup());
  const wirehound_container_info* info = nullptr;
  CHECK(store.Get(kThird.substr(0, 11), &info) == WIREHOUND_ERROR_INVALID);
  CHECK(store.Get("", &info) == WIREHOUND_ERROR_INVALID);
  REQUIRE(Ask(store, kThird.substr(0, 12)) != nullptr);
  CHECK(Text(Ask(store, kThird.substr(0, 12))->id) == kThird);
  CHECK(store.Get(kFirst.substr(0, 12), &info) == WIREHOUND_ERROR_NOT_FOUND);
  CHECK(Text(Ask(store, kFirst.substr(0, 13))->id) == kFirst);
  CHECK(store.Get(kThird + "0", &info) == WIREHOUND_ERROR_NOT_FOUND);
  CHECK(store.Get(std::string(64, 'd'), &info) == WIREHOUND_ERROR_NOT_FOUND);
}

TEST_CASE("container store: the container of a process is known at once, at least by its id") {
  Machine machine;
  ContainerStore store(machine.Setup());
  REQUIRE(Listed(store).empty());
  wirehound_process process{};
  process.container_id = {kFirst.data(), kFirst.size()};
  process.cgroup_id = 4711;
  store.Note(process);
  REQUIRE(Ask(store, kFirst) != nullptr);
  CHECK(Text(Ask(store, kFirst)->runtime).empty());
  store.Note(ContainerName{kThird, "crio", "/crio-" + kThird, ""});
  CHECK(Text(Ask(store, kThird)->runtime) == "crio");
  CHECK(Listed(store) == std::vector<std::string>{kFirst, kThird});
}

TEST_CASE("container store: a later container is found, and a removed one is no longer listed") {
  Machine machine;
  machine.Make("/docker/" + kFirst);
  ContainerStore store(machine.Setup());
  CHECK(Listed(store) == std::vector<std::string>{kFirst});
  machine.Make("/docker/" + kThird);
  machine.Remove("/docker/" + kFirst);
  CHECK(Listed(store) == std::vector<std::string>{kFirst});  // the next scan is not due yet
  machine.time.now_ns += ContainerStore::kScanEveryNs;
  CHECK(Listed(store) == std::vector<std::string>{kThird});
  CHECK(Ask(store, kFirst) != nullptr);  // events of its processes may still be on their way
}

TEST_CASE("container store: answers of one turn stay valid when their containers are forgotten") {
  Machine machine;
  ContainerStore store(machine.Setup());
  store.Note(ContainerName{kFirst, "docker", "/docker/" + kFirst, ""});
  const wirehound_container_info* first = Ask(store, kFirst);
  REQUIRE(first != nullptr);
  for (const char digit : std::string("23456789bcdef")) {
    store.Note(ContainerName{std::string(64, digit), "crio", "/x", ""});
  }
  CHECK(Ask(store, kFirst) == nullptr);
  CHECK(store.evicted() > 0);
  CHECK(Text(first->id) == kFirst);
  store.EndOfTurn();
}

TEST_CASE("container store: an unhealthy store answers every question with that status") {
  ContainerStore store(std::nullopt);
  store.Note(ContainerName{kFirst, "docker", "/", ""});
  const wirehound_container_info* info = nullptr;
  std::span<const wirehound_container_info> infos;
  CHECK(store.Get(kFirst, &info) == WIREHOUND_ERROR_UNHEALTHY);
  CHECK(store.List(&infos) == WIREHOUND_ERROR_UNHEALTHY);
}

TEST_CASE("container store: facts of a source make it healthy, and newer ones replace older ones") {
  ContainerStore store(std::nullopt);
  wirehound_container_info told{};
  told.id = {kFirst.data(), kFirst.size()};
  told.name = {"web", 3};
  store.Take(told);
  const wirehound_container_info* info = Ask(store, kFirst);
  REQUIRE(info != nullptr);
  CHECK(Text(info->name) == "web");
  told.name = {"api", 3};
  told.image = {"nginx", 5};
  store.Take(told);
  CHECK(Text(info->name) == "api");
  CHECK(Text(info->image) == "nginx");
  CHECK(Listed(store) == std::vector<std::string>{kFirst});
  CHECK(Ask(store, kThird) == nullptr);
}

TEST_CASE("container store: the facts of a runtime stay when the hierarchy is scanned") {
  Machine machine;
  const std::uint64_t group = machine.Make("/docker/" + kFirst);
  ContainerStore store(machine.Setup());
  wirehound_container_info told{};
  told.id = {kFirst.data(), kFirst.size()};
  told.runtime = {"podman", 6};
  told.name = {"web", 3};
  store.Take(told);
  const wirehound_container_info* info = Ask(store, kFirst);
  REQUIRE(info != nullptr);
  CHECK(Text(info->name) == "web");
  CHECK(Text(info->runtime) == "podman");
  CHECK(info->cgroup_id == group);
}

TEST_CASE(
    "container store: each new container is reported once, and so is each that it found itself") {
  Machine machine;
  machine.Make("/docker/" + kThird);
  ContainerStore store(machine.Setup());
  std::vector<std::string> met;
  std::vector<std::string> learnt;
  store.OnNew([&](const wirehound_container_info& info) { met.push_back(Text(info.id)); });
  store.OnLearnt([&](const wirehound_container_info& info) {
    learnt.push_back(Text(info.id) + " " + Text(info.runtime));
  });
  wirehound_container_info told{};
  told.id = {kFirst.data(), kFirst.size()};
  store.Take(told);
  store.Take(told);
  CHECK(met == std::vector<std::string>{kFirst});
  CHECK(learnt.empty());
  Listed(store);
  machine.time.now_ns += ContainerStore::kScanEveryNs;
  Listed(store);
  CHECK(met == std::vector<std::string>{kFirst, kThird});
  CHECK(learnt == std::vector<std::string>{kThird + " docker"});
}

}  // namespace container_store_test
}  // namespace wirehound::test
