// SPDX-License-Identifier: Apache-2.0

#include "engine/runtimes/docker_client.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <string>

#include "tests/engine/runtimes/fake_server.h"

namespace wirehound::test {
namespace docker_client_test {

const std::string kId(64, 'a');

std::string Container(const std::string& config) {
  return R"({"Id":")" + kId + R"(","Name":"/web","Image":"sha256:0011","Config":)" + config + "}";
}

// A server that answers each path with its body and any other path with 404.
FakeServer::Handler Engine(std::map<std::string, std::string> bodies) {
  return [bodies = std::move(bodies)](const Caller& caller) {
    const std::string head = caller.ReadHead();
    const auto found = bodies.find(head.substr(0, head.find(" HTTP/1.1\r\n")));
    caller.Write(found == bodies.end() ? HttpAnswer(404, R"({"message":"no such"})")
                                       : HttpAnswer(200, found->second));
  };
}

TEST_CASE("docker client: an answer has name, image, digest and the pod from the labels") {
  FakeServer server(Engine(
      {{"GET /containers/" + kId + "/json",
        Container(R"({"Image":"nginx:1.25","Labels":{"io.kubernetes.pod.name":"web-0",)"
                  R"("io.kubernetes.pod.namespace":"shop","io.kubernetes.pod.uid":"d7b3",)"
                  R"("io.kubernetes.container.name":"nginx","other":"x"}})")},
       {"GET /images/sha256:0011/json", R"({"RepoDigests":["nginx@sha256:beef","x@sha256:0"]})"}}));
  const Result<ContainerAnswer> answer = AskDocker(server.path(), kId, Patiently());
  REQUIRE(answer);
  CHECK(answer->id == kId);
  CHECK(answer->name == "nginx");
  CHECK(answer->image == "nginx:1.25");
  CHECK(answer->image_digest == "sha256:beef");
  CHECK(answer->pod_name == "web-0");
  CHECK(answer->pod_namespace == "shop");
  CHECK(answer->pod_uid == "d7b3");
  CHECK_FALSE(answer->is_pod_sandbox);
}

TEST_CASE("docker client: without labels the name is that of the container without its slash") {
  FakeServer server(
      Engine({{"GET /containers/" + kId + "/json", Container(R"({"Image":"local"})")}}));
  const Result<ContainerAnswer> answer = AskDocker(server.path(), kId, Patiently());
  REQUIRE(answer);
  CHECK(answer->name == "web");
  CHECK(answer->image_digest.empty());  // the request for the image fails, the rest is used
  CHECK(answer->pod_name.empty());
}

TEST_CASE("docker client: an unknown container is kNotFound") {
  FakeServer server(Engine({}));
  const Result<ContainerAnswer> answer = AskDocker(server.path(), kId, Patiently());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code() == ErrorCode::kNotFound);
}

TEST_CASE("docker client: a bad answer is an error with its reason") {
  struct Row {
    std::string answer;
    const char* reason;
  };
  const Row rows[] = {
      {"", "ends in its middle"},
      {"\x16\x03\x01\x02 garbage\r\n\r\n", "no HTTP"},
      {HttpAnswer(500, "{}"), "status 500"},
      {HttpAnswer(200, "[1,2]"), "no JSON object"},
      {HttpAnswer(200, R"({"Id":)"), "no JSON object"},
      {HttpAnswer(200, std::string(100'000, '[')), "no JSON object"},
      {HttpAnswer(200, R"({"Id":"another"})"), "'another'"},
      {HttpAnswer(200, R"({"Id":7})"), "expected"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", "ends in its middle"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n{}", "ends in its middle"},
      {"HTTP/1.1 200 OK\r\n\r\n" + std::string(2 << 20, ' '), "more than"},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(64 << 10, 'x'), "header limit"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.answer.substr(0, 60));
    FakeServer server(Always(row.answer));
    const Result<ContainerAnswer> answer = AskDocker(server.path(), kId, Patiently());
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code() == ErrorCode::kFailed);
    CAPTURE(answer.error().message());
    CHECK(answer.error().message().find(row.reason) != std::string::npos);
  }
}

TEST_CASE("docker client: members of unexpected types count as missing") {
  FakeServer server(Always(HttpAnswer(
      200, R"({"Id":")" + kId + R"(","Name":[],"Image":{},"Config":{"Image":1,"Labels":[]}})")));
  const Result<ContainerAnswer> answer = AskDocker(server.path(), kId, Patiently());
  REQUIRE(answer);
  CHECK(answer->name.empty());
  CHECK(answer->image.empty());
}

TEST_CASE("unix stream: a read from a silent server ends at the deadline") {
  FakeServer server(Silent);
  const Result<ContainerAnswer> answer = AskDocker(server.path(), kId, Briefly());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().message() == "no answer in time");
}

TEST_CASE("unix stream: a wait stops when the engine ends") {
  FakeServer server(Silent);
  const UniqueFd stop(eventfd(1, EFD_CLOEXEC));
  Patience patience = Patiently();
  patience.stop_fd = stop.get();
  const Result<ContainerAnswer> answer = AskDocker(server.path(), kId, patience);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().message() == "the engine ends");
}

TEST_CASE("unix stream: a missing socket or a socket without a server is an error") {
  const TemporaryFolder folder;
  const std::string missing = (folder.path() / "none.sock").string();
  CHECK_FALSE(AskDocker(missing, kId, Patiently()));
  CHECK_FALSE(AskDocker(folder.Write("file", ""), kId, Patiently()));
  CHECK_FALSE(AskDocker("/" + std::string(200, 'x'), kId, Patiently()));
  std::string left;
  {
    FakeServer server(Silent);
    left = server.path();
    std::filesystem::rename(left, missing);
  }
  const Result<ContainerAnswer> answer = AskDocker(missing, kId, Patiently());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().message() == "connect: connection refused");
}

}  // namespace docker_client_test
}  // namespace wirehound::test
