// SPDX-License-Identifier: Apache-2.0

// Filters on the process, container and host of an event.

#include <cstdint>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <wirehound/abi/stores_abi.h>

#include "engine/catalogue/catalogue.h"
#include "engine/filters/event_filter.h"
#include "tests/engine/support/graph_text.h"

namespace wirehound::test {
namespace scope_filter_test {

using Clauses = std::vector<std::string>;

wirehound_string Text(std::string_view text) { return {text.data(), text.size()}; }

constexpr std::string_view kContainer =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

// A process tree in which the process with the id 42 descends from 7 and 1.
class SmallTree : public ProcessTree {
 public:
  bool IsInTree(const wirehound_process& process, std::int32_t root) override {
    return process.host_pid == 42 && (root == 42 || root == 7 || root == 1);
  }
};

// An event of a process in a container. All its numbers differ from each other.
class Sample {
 public:
  Sample() {
    process_.uid = 1000;
    process_.gid = 100;
    process_.pid = 3;
    process_.tid = 4;
    process_.parent_pid = 2;
    process_.host_pid = 42;
    process_.host_tid = 43;
    process_.host_parent_pid = 41;
    process_.mount_namespace = 4026531841;
    process_.pid_namespace = 4026531842;
    process_.cgroup_id = 5'000'000'000;
    process_.process_entity_id = 11;
    process_.thread_entity_id = 12;
    process_.parent_entity_id = 13;
    process_.comm = Text("curl");
    process_.executable = Text("/usr/bin/curl");
    process_.host_name = Text("Web-1");
    process_.container_id = Text(kContainer);
    container_.name = Text("web");
    container_.image = Text("docker.io/library/nginx:1.25");
    container_.image_digest = Text("sha256:beef");
    container_.runtime = Text("containerd");
    container_.pod_name = Text("web-0");
    container_.pod_namespace = Text("shop");
    container_.pod_uid = Text("d7b3");
    process_.container = &container_;
    view_.process = &process_;
    view_.owner_source = WIREHOUND_OWNER_CURRENT;
    view_.cpu = 5;
    view_.timestamp_ns = 1'700'000'000'000'000'000;
    view_.syscall = Text("sendto");
  }
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;

  wirehound_process& process() { return process_; }
  wirehound_container_info& container() { return container_; }
  wirehound_event& view() { return view_; }

  bool Passes(const Clauses& clauses) {
    CAPTURE(Join(clauses, " & "));
    const Result<EventFilter> filter = EventFilter::CompileScope(clauses, {&tree_});
    REQUIRE_MESSAGE(filter.has_value(), (filter ? "" : filter.error().message()));
    return filter->Matches(view_);
  }

 private:
  SmallTree tree_;
  wirehound_container_info container_{};
  wirehound_process process_{};
  wirehound_event view_{};
};

// The names of a field, with its value and another value.
struct Field {
  std::vector<std::string> names;
  std::string value;
  std::string other;
};

const std::vector<Field>& NumberFields() {
  static const std::vector<Field> kFields = {
      {{"uid", "userId"}, "1000", "0"},
      {{"gid", "groupId"}, "100", "0"},
      {{"pid", "p", "processId"}, "3", "42"},
      {{"tid", "threadId"}, "4", "43"},
      {{"ppid", "parentProcessId"}, "2", "41"},
      {{"hostPid", "hostProcessId"}, "42", "3"},
      {{"hostTid", "hostThreadId"}, "43", "4"},
      {{"hostPpid", "hostParentProcessId"}, "41", "42"},
      {{"mntns", "mountNamespace"}, "4026531841", "4026531842"},
      {{"pidns", "pidNamespace"}, "4026531842", "4026531841"},
      {{"cgroupId"}, "5000000000", "1"},
      {{"processEntityId"}, "11", "12"},
      {{"threadEntityId"}, "12", "13"},
      {{"parentEntityId"}, "13", "11"},
      {{"cpu", "processorId"}, "5", "4"},
      {{"timestamp"}, "1700000000000000000", "1700000000000000001"}};
  return kFields;
}

const std::vector<Field>& OtherFields() {
  static const std::vector<Field> kFields = {
      {{"comm", "processName"}, "curl", "Curl"},
      {{"executable", "exec", "exe", "bin", "binary"}, "/usr/bin/*", "/bin/*"},
      {{"uts", "hostName"}, "Web-1", "web-2"},
      {{"containerId"}, std::string(kContainer), "0123456789ab"},
      {{"container"}, "0123456789ab", "123456789abc"},
      {{"containerName"}, "web", "web-0"},
      {{"containerImage"}, "*/nginx:1.25", "nginx"},
      {{"containerImageDigest"}, "sha256:beef", "sha256:0"},
      {{"containerRuntime"}, "containerd", "docker"},
      {{"podName"}, "web-*", "web"},
      {{"podNamespace"}, "shop", "kube-system"},
      {{"podUid", "podUID"}, "d7b3", "d7b4"},
      {{"syscall"}, "sendto", "sendmsg"},
      {{"owner"}, "current", "socket"},
      {{"tree"}, "7", "8"}};
  return kFields;
}

// The fields that the error about an unknown field lists, each by its first name.
std::set<std::string> ListedFields() {
  const std::string clauses[] = {"xyzzy=1"};
  const Result<EventFilter> filter = EventFilter::CompileScope(clauses, {});
  REQUIRE_FALSE(filter.has_value());
  const std::string& message = filter.error().message();
  const std::string head = "'xyzzy': no such scope; expected one of host, not-container, ";
  REQUIRE(message.find(head) != std::string::npos);
  std::istringstream rest(message.substr(message.find(head) + head.size()));
  std::set<std::string> names;
  for (std::string name; rest >> name;) {
    names.insert(name.substr(0, name.find(',')));
  }
  return names;
}

TEST_CASE("scope filters: every field matches by every name, with equal and not equal") {
  Sample sample;
  std::vector<std::string> known;
  for (const auto& fields : {NumberFields(), OtherFields()}) {
    for (const Field& field : fields) {
      known.push_back(field.names[0]);
      for (const std::string& name : field.names) {
        CHECK(sample.Passes({name + "=" + field.value}));
        CHECK(sample.Passes({name + " = " + field.other + "," + field.value}));
        CHECK_FALSE(sample.Passes({name + "=" + field.other}));
        CHECK(sample.Passes({name + "!=" + field.other}));
        CHECK_FALSE(sample.Passes({name + "!=" + field.value}));
      }
    }
  }
  CHECK(ListedFields() == std::set<std::string>(known.begin(), known.end()));
}

TEST_CASE("scope filters: numbers compare, texts match patterns") {
  Sample sample;
  for (const Field& field : NumberFields()) {
    const std::string& name = field.names[0];
    CHECK(sample.Passes({name + ">=" + field.value}));
    CHECK(sample.Passes({name + "<=" + field.value}));
    CHECK_FALSE(sample.Passes({name + "<" + field.value}));
    CHECK_FALSE(sample.Passes({name + ">" + field.value}));
    CHECK(sample.Passes({name + "=0-" + field.value}));
  }
  CHECK(sample.Passes({"comm~^cu"}));
  CHECK_FALSE(sample.Passes({"exe~^/bin"}));
  CHECK(sample.Passes({"owner~^(current|socket)$"}));
}

TEST_CASE("scope filters: clauses on two names of one field count as clauses on one field") {
  Sample sample;
  CHECK(sample.Passes({"comm=wget", "processName=curl"}));
  CHECK_FALSE(sample.Passes({"comm=curl", "uid=0"}));
  CHECK(sample.Passes({"comm=curl", "uid=1000"}));
}

TEST_CASE("scope filters: with an unknown process only fields of the event itself can match") {
  Sample sample;
  sample.process() = {};
  for (const std::uint32_t owner : {WIREHOUND_OWNER_NONE, WIREHOUND_OWNER_SOCKET}) {
    sample.view().owner_source = owner;
    for (const auto& fields : {NumberFields(), OtherFields()}) {
      for (const Field& field : fields) {
        const std::string& name = field.names[0];
        if (name != "cpu" && name != "timestamp" && name != "syscall" && name != "owner") {
          CHECK_FALSE(sample.Passes({name + "=" + field.value}));
          CHECK_FALSE(sample.Passes({name + "!=" + field.value}));
        }
      }
    }
    CHECK_FALSE(sample.Passes({"uid=0"}));
    CHECK_FALSE(sample.Passes({"host"}));
    CHECK_FALSE(sample.Passes({"container"}));
  }
  sample.view().owner_source = WIREHOUND_OWNER_NONE;
  sample.view().syscall = {};
  CHECK(sample.Passes({"cpu=5"}));
  CHECK(sample.Passes({"owner=none"}));
  CHECK_FALSE(sample.Passes({"syscall!=sendto"}));
}

TEST_CASE("scope filters: a fact of a container that is not known yet never matches") {
  Sample sample;
  sample.container().name = {};
  CHECK_FALSE(sample.Passes({"containerName=web"}));
  CHECK_FALSE(sample.Passes({"containerName!=other"}));
  CHECK(sample.Passes({"podName=web-0"}));
  sample.process().container = nullptr;
  CHECK_FALSE(sample.Passes({"podName=web-0"}));
  CHECK_FALSE(sample.Passes({"podName!=other"}));
}

TEST_CASE("scope filters: in any container, in a given one, in none") {
  Sample inside;
  CHECK(inside.Passes({"container"}));
  CHECK_FALSE(inside.Passes({"host"}));
  CHECK_FALSE(inside.Passes({"not-container"}));
  CHECK(inside.Passes({"container=" + std::string(kContainer)}));
  CHECK(inside.Passes({"host", "container=0123456789abcdef"}));
  CHECK_FALSE(inside.Passes({"container", "container!=0123456789ab"}));
  Sample outside;
  outside.process().container_id = {};
  CHECK_FALSE(outside.Passes({"container"}));
  CHECK(outside.Passes({"host"}));
  CHECK(outside.Passes({"not-container"}));
  CHECK(outside.Passes({"host", "container"}));
  CHECK_FALSE(outside.Passes({"container=0123456789ab"}));
  CHECK_FALSE(outside.Passes({"container!=123456789abc"}));
}

TEST_CASE("scope filters: errors say what is wrong") {
  SmallTree tree;
  struct Case {
    const char* clause;
    const char* message;
  };
  const Case cases[] = {
      {"uid=root", "'root': expected a number from 0 to 4294967295"},
      {"pid=-1", "'-1': expected a number from 0 to 2147483647"},
      {"pid=new",
       "'new': is not available in this version; expected a number from 0 to 2147483647"},
      {"comm", "'comm': expected the operator =, != or ~ and a text"},
      {"comm>a", "'>': expected the operator =, != or ~ and a text"},
      {"procesName=a", "'procesName': no such scope; did you mean 'processName'?"},
      {"follow", "'follow': is not available in this version"},
      {"podSandbox=x", "'podSandbox': is not available in this version"},
      {"containerNam=x",
       "'containerNam': no such scope; did you mean 'containerName', 'container', 'containerId'?"},
      {"container=abc", "'abc': expected the id of a container or its first 12 or more characters"},
      {"container=new",
       "'new': is not available in this version; expected the id of a container or its first 12 or "
       "more characters"},
      {"tree=init", "'init': expected the id of a process on the host"},
      {"tree=1-5", "'1-5': expected the id of a process on the host"},
      {"tree>5", "'>': expected the operator = or != and the id of a process on the host"},
      {"owner=nobody",
       "'nobody': expected 'none', 'current', 'socket', 'listener', 'scan' or 'kernel'"},
      {"host=x", "'host': expected no operator behind it; the name of the host is 'uts'"},
  };
  for (const Case& c : cases) {
    const std::string clauses[] = {c.clause};
    const Result<EventFilter> filter = EventFilter::CompileScope(clauses, {&tree});
    CAPTURE(std::string(c.clause));
    REQUIRE_FALSE(filter.has_value());
    CHECK(filter.error().message() == "filter '" + clauses[0] + "': " + c.message);
  }
}

TEST_CASE("scope filters: a filter on the process tree is an error where there is no tree") {
  const std::string clauses[] = {"tree=1"};
  const Result<EventFilter> filter = EventFilter::CompileScope(clauses, {});
  REQUIRE_FALSE(filter.has_value());
  CHECK(filter.error().message() ==
        "filter 'tree=1': 'tree' is not available: no process tree is kept here, as in a capture "
        "file");
}

}  // namespace scope_filter_test
}  // namespace wirehound::test
