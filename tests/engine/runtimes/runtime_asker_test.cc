// SPDX-License-Identifier: Apache-2.0

#include "engine/runtimes/runtime_asker.h"

#include <doctest/doctest.h>
#include <poll.h>

#include <string>
#include <vector>

#include "tests/engine/runtimes/fake_grpc.h"
#include "tests/engine/runtimes/fake_server.h"

namespace wirehound::test {
namespace runtime_asker_test {

using std::chrono::milliseconds;

const std::string kId(64, 'c');

std::string Inspected(const std::string& id) {
  return HttpAnswer(200, R"({"Id":")" + id + R"(","Name":"/web","Config":{"Image":"nginx"}})");
}

// A server that has every container it is asked for.
void HasEveryContainer(const Caller& caller) {
  const std::string head = caller.ReadHead();
  const std::size_t at = head.find("/containers/");
  caller.Write(at == std::string::npos ? HttpAnswer(404, "{}")
                                       : Inspected(head.substr(at + 12, 64)));
}

// No delay between attempts, so that tests are quick.
RuntimeAsker::Setup Asking(const std::vector<RuntimeSocket>& sockets) {
  return {.choice = {.sockets = sockets, .nobody = false},
          .timeout = milliseconds(30'000),
          .retry_after = milliseconds(0),
          .back_off = milliseconds(0),
          .most_back_off = milliseconds(0)};
}

struct Answered {
  std::string id;
  std::string runtime;
  std::string name;
};

// Waits for `count` answers.
std::vector<Answered> Receive(RuntimeAsker& asker, std::size_t count) {
  std::vector<Answered> answers;
  while (answers.size() < count) {
    pollfd wait{.fd = asker.poll_fd(), .events = POLLIN, .revents = 0};
    REQUIRE(poll(&wait, 1, 30'000) == 1);
    asker.TakeAnswers([&answers](const wirehound_container_info& info) {
      answers.push_back({{info.id.data, info.id.size},
                         {info.runtime.data, info.runtime.size},
                         {info.name.data, info.name.size}});
    });
  }
  return answers;
}

// Waits until no question is open, and returns the counters.
RuntimeCounters Settled(const RuntimeAsker& asker) {
  RuntimeCounters counters = asker.counters();
  while (counters.waiting != 0) {
    std::this_thread::yield();
    counters = asker.counters();
  }
  return counters;
}

void CheckSum(const RuntimeCounters& counters) {
  CHECK(counters.asked == counters.answered + counters.unknown + counters.failed +
                              counters.dropped + counters.waiting);
}

TEST_CASE("runtime asker: an answer names the runtime that gave it") {
  FakeServer server(HasEveryContainer);
  RuntimeAsker asker(Asking({{RuntimeKind::kPodman, server.path()}}));
  asker.Ask(kId, "");
  const std::vector<Answered> answers = Receive(asker, 1);
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].id == kId);
  CHECK(answers[0].runtime == "podman");
  CHECK(answers[0].name == "web");
  const RuntimeCounters counters = Settled(asker);
  CHECK(counters.answered == 1);
  CHECK(counters.errors == 0);
  CheckSum(counters);
}

TEST_CASE("runtime asker: it first asks the runtime that the control group names") {
  FakeServer docker(Always(HttpAnswer(404, "{}")));
  FakeServer podman(HasEveryContainer);
  RuntimeAsker asker(
      Asking({{RuntimeKind::kDocker, docker.path()}, {RuntimeKind::kPodman, podman.path()}}));
  SUBCASE("the control group names the runtime that has it") {
    asker.Ask(kId, "podman");
    Receive(asker, 1);
    CHECK(docker.callers() == 0);
  }
  SUBCASE("the control group names another runtime") {
    asker.Ask(kId, "docker");
    CHECK(Receive(asker, 1)[0].runtime == "podman");
    CHECK(docker.callers() == 1);
  }
}

TEST_CASE("runtime asker: it asks containerd through CRI and through its own API") {
  FakeServer server(Grpc([](const GrpcRequest&) { return GrpcReply{.status = 12}; }));
  RuntimeAsker asker(Asking({{RuntimeKind::kContainerd, server.path()}}));
  asker.Ask(kId, "containerd");
  const RuntimeCounters counters = Settled(asker);
  CHECK(counters.unknown == 1);
  CHECK(counters.errors == 0);
  CHECK(server.callers() == 2 * RuntimeAsker::kAttempts);
}

TEST_CASE("runtime asker: a container that no runtime has is unknown after a few attempts") {
  FakeServer server(Always(HttpAnswer(404, "{}")));
  RuntimeAsker asker(Asking({{RuntimeKind::kDocker, server.path()}}));
  asker.Ask(kId, "");
  const RuntimeCounters counters = Settled(asker);
  CHECK(counters.unknown == 1);
  CHECK(server.callers() == RuntimeAsker::kAttempts);
  CheckSum(counters);
}

TEST_CASE("runtime asker: each failed request is an error, and the question fails") {
  FakeServer server(Always("garbage\r\n\r\n"));
  RuntimeAsker asker(Asking({{RuntimeKind::kDocker, server.path()}}));
  asker.Ask(kId, "");
  const RuntimeCounters counters = Settled(asker);
  CHECK(counters.failed == 1);
  CHECK(counters.errors == RuntimeAsker::kAttempts);
  CheckSum(counters);
}

TEST_CASE("runtime asker: a question succeeds later when the runtime comes back") {
  std::atomic<int> calls = 0;
  FakeServer server([&calls](const Caller& caller) {
    if (++calls > 1) {
      HasEveryContainer(caller);
    }
  });
  RuntimeAsker asker(Asking({{RuntimeKind::kDocker, server.path()}}));
  asker.Ask(kId, "");
  CHECK(Receive(asker, 1)[0].name == "web");
  CHECK(Settled(asker).errors == 1);
}

TEST_CASE("runtime asker: after a failure it leaves a socket alone for a while") {
  FakeServer server(Always("garbage\r\n\r\n"));
  RuntimeAsker::Setup setup = Asking({{RuntimeKind::kDocker, server.path()}});
  setup.back_off = std::chrono::hours(1);
  setup.most_back_off = std::chrono::hours(2);
  RuntimeAsker asker(setup);
  asker.Ask(kId, "");
  asker.Ask(std::string(64, 'd'), "");
  const RuntimeCounters counters = Settled(asker);
  CHECK(counters.failed == 2);
  CHECK(server.callers() == 1);
}

TEST_CASE("runtime asker: without any socket a container is unknown") {
  const TemporaryFolder folder;
  RuntimeAsker asker(Asking({{RuntimeKind::kDocker, (folder.path() / "none").string()}}));
  asker.Ask(kId, "docker");
  const RuntimeCounters counters = Settled(asker);
  CHECK(counters.unknown == 1);
  CHECK(counters.errors == 0);
}

TEST_CASE("runtime asker: text that cannot be an id is never sent") {
  FakeServer server(HasEveryContainer);
  RuntimeAsker asker(Asking({{RuntimeKind::kDocker, server.path()}}));
  for (const char* id : {"", "../images", "a b", "x\r\nHost: y", "A"}) {
    asker.Ask(id, "");
  }
  CHECK(asker.counters().unknown == 5);
  CHECK(server.callers() == 0);
}

TEST_CASE("runtime asker: questions beyond the limit are dropped") {
  FakeServer server(Silent);
  RuntimeAsker asker(Asking({{RuntimeKind::kDocker, server.path()}}));
  for (std::size_t i = 0; i < RuntimeAsker::kMaxWaiting + 10; ++i) {
    asker.Ask(kId, "");
  }
  const RuntimeCounters counters = asker.counters();
  CHECK(counters.dropped >= 9);  // the thread may have taken one
  CHECK(counters.dropped <= 10);
  CheckSum(counters);
}

TEST_CASE("runtime asker: its destructor does not wait for a server") {
  FakeServer server(Silent);
  RuntimeAsker::Setup setup = Asking({{RuntimeKind::kDocker, server.path()}});
  setup.timeout = std::chrono::hours(1);
  RuntimeAsker asker(setup);
  asker.Ask(kId, "");
  while (server.callers() == 0) {
    std::this_thread::yield();
  }
}

TEST_CASE("runtime asker: with \"none\" it asks no runtime") {
  RuntimeAsker asker({.choice = {.sockets = {}, .nobody = true}});
  asker.Ask(kId, "docker");
  CHECK(asker.counters().asked == 0);
}

TEST_CASE("runtime sockets: values of --runtime-socket are read, and wrong ones are refused") {
  const Result<RuntimeChoice> choice =
      ParseRuntimeSockets({"docker:/run/docker.sock", "crio:/a:b"});
  REQUIRE(choice);
  REQUIRE(choice->sockets.size() == 2);
  CHECK(choice->sockets[0].path == "/run/docker.sock");
  CHECK(choice->sockets[1].kind == RuntimeKind::kCrio);
  CHECK(choice->sockets[1].path == "/a:b");
  CHECK(ParseRuntimeSockets({"none"})->nobody);
  CHECK_FALSE(ParseRuntimeSockets({})->nobody);
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{""},
                                                {"docker"},
                                                {"docker:"},
                                                {"docker:run"},
                                                {"rkt:/run/x"},
                                                {"none", "docker:/x"},
                                                {"/run/docker.sock"}}) {
    CAPTURE(wrong.front());
    const Result<RuntimeChoice> refused = ParseRuntimeSockets(wrong);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code() == ErrorCode::kInvalidInput);
  }
}

TEST_CASE("runtime sockets: a path that is not a socket is an error") {
  const TemporaryFolder folder;
  CHECK(Status(CheckRuntimeSocket((folder.path() / "none").string())).error().code() ==
        ErrorCode::kNotFound);
  CHECK(CheckRuntimeSocket(folder.Write("file", "")).error().code() == ErrorCode::kNotFound);
  FakeServer server(Silent);
  CHECK(CheckRuntimeSocket(server.path()));
  if (geteuid() == 0 && chown(server.path().c_str(), 12345, 12345) == 0) {
    CHECK(CheckRuntimeSocket(server.path()).error().code() == ErrorCode::kNotPermitted);
  }
}

}  // namespace runtime_asker_test
}  // namespace wirehound::test
