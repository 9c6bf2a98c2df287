// SPDX-License-Identifier: Apache-2.0

#include "probes/host/container_directory.h"

#include <doctest/doctest.h>

#include <iterator>
#include <string>

#include <wirehound/views.h>

namespace wirehound {
namespace container_directory_test {

const std::string kId(64, 'a');

wirehound_container_info Info(std::string_view name, std::string_view image) {
  wirehound_container_info info{};
  info.id = FromView(kId);
  info.name = FromView(name);
  info.image = FromView(image);
  return info;
}

TEST_CASE("container directory: the facts in the path of a group become those of the container") {
  const ContainerName name{kId, "crio", "/kubepods/crio-" + kId, "d7b3"};
  const wirehound_container_info info = InfoOf(name, 99);
  CHECK(info.struct_size == sizeof(wirehound_container_info));
  CHECK(info.cgroup_id == 99);
  CHECK(ToView(info.id) == kId);
  CHECK(ToView(info.runtime) == "crio");
  CHECK(ToView(info.pod_uid) == "d7b3");
  CHECK(info.name.size == 0);
}

TEST_CASE("container facts: the newest fact wins, and an empty one erases nothing") {
  ContainerFacts facts(Info("first", "nginx"));
  const wirehound_container_info* shown = &facts.info();
  CHECK(facts.Update(Info("second", "")));
  CHECK(&facts.info() == shown);
  CHECK(ToView(shown->name) == "second");
  CHECK(ToView(shown->image) == "nginx");
  CHECK_FALSE(facts.Update(Info("second", "nginx")));
}

TEST_CASE("container facts: Fill changes no text that an event may be showing") {
  ContainerFacts facts(Info("first", ""));
  const wirehound_string name = facts.info().name;
  CHECK(facts.Fill(Info("second, and much longer than the first", "nginx")));
  CHECK(ToView(name) == "first");
  CHECK(ToView(facts.info().name) == "first");
  CHECK(ToView(facts.info().image) == "nginx");
  CHECK_FALSE(facts.Fill(Info("third", "apache")));
}

TEST_CASE("container facts: Update and Fill treat numbers like texts") {
  ContainerFacts facts(Info("", ""));
  wirehound_container_info info = Info("", "");
  info.cgroup_id = 7;
  info.is_pod_sandbox = 1;
  CHECK(facts.Fill(info));
  CHECK(facts.info().cgroup_id == 7);
  CHECK(facts.info().is_pod_sandbox == 1);
  info.cgroup_id = 8;
  CHECK_FALSE(facts.Fill(info));
  CHECK(facts.Update(info));
  CHECK(facts.info().cgroup_id == 8);
}

TEST_CASE("container facts: a text beyond the limit is cut") {
  const ContainerFacts facts(Info(std::string(ContainerFacts::kMaxTextBytes + 1, 'x'), ""));
  CHECK(facts.info().name.size == ContainerFacts::kMaxTextBytes);
}

TEST_CASE("container directory: an id keeps its object until the directory evicts it") {
  ContainerDirectory directory(2);
  CHECK(directory.Find(kId) == nullptr);
  const auto held = directory.Of(kId).facts;
  CHECK(directory.Of(kId).facts == held);
  CHECK(ToView(held->info().id) == kId);
  directory.Of("b");
  directory.Of("c");
  CHECK(std::distance(directory.begin(), directory.end()) == 2);
  CHECK(directory.evicted() == 1);
  CHECK(directory.Find(kId) == nullptr);
  CHECK(ToView(held->info().id) == kId);  // a holder of the facts can still read them
}

}  // namespace container_directory_test
}  // namespace wirehound
