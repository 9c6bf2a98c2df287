// SPDX-License-Identifier: Apache-2.0

// The clients that use gRPC: for CRI and for containerd's API.

#include <doctest/doctest.h>

#include <algorithm>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <utility>
#include <vector>

#include "engine/runtimes/containerd_client.h"
#include "engine/runtimes/cri_client.h"
#include "engine/runtimes/grpc_question.h"
#include "tests/engine/runtimes/fake_grpc.h"

namespace wirehound::test {
namespace grpc_clients_test {

using protozero::pbf_writer;

const std::string kId(64, 'b');
const std::string kService = "/runtime.v1.RuntimeService/";
constexpr int kNotFound = 5;
constexpr int kUnimplemented = 12;

void AddLabel(pbf_writer& message, std::uint32_t tag, const std::string& key,
              const std::string& value) {
  pbf_writer entry(message, tag);
  entry.add_string(1, key);
  entry.add_string(2, value);
}

std::string ContainerStatus(const std::string& id) {
  std::string bytes;
  pbf_writer response(bytes);
  pbf_writer status(response, 1);
  status.add_string(1, id);
  {
    pbf_writer metadata(status, 2);
    metadata.add_string(1, "nginx");
    metadata.add_uint32(2, 3);
  }
  status.add_int64(4, 1700000000);
  {
    pbf_writer image(status, 8);
    image.add_string(1, "docker.io/library/nginx:1.25");
  }
  status.add_string(9, "docker.io/library/nginx@sha256:beef");
  AddLabel(status, 12, "io.kubernetes.pod.name", "web-0");
  AddLabel(status, 12, "io.kubernetes.pod.namespace", "shop");
  AddLabel(status, 12, "io.kubernetes.pod.uid", "d7b3");
  AddLabel(status, 13, "io.kubernetes.container.hash", "annotation");
  return bytes;
}

std::string SandboxStatus(const std::string& id) {
  std::string bytes;
  pbf_writer response(bytes);
  pbf_writer status(response, 1);
  status.add_string(1, id);
  pbf_writer metadata(status, 2);
  metadata.add_string(1, "web-0");
  metadata.add_string(2, "d7b3");
  metadata.add_string(3, "shop");
  return bytes;
}

std::string Namespaces(const std::vector<std::string>& names) {
  std::string bytes;
  pbf_writer response(bytes);
  for (const std::string& name : names) {
    pbf_writer entry(response, 1);
    entry.add_string(1, name);
  }
  return bytes;
}

std::string Container(const std::string& id) {
  std::string bytes;
  pbf_writer response(bytes);
  pbf_writer container(response, 1);
  container.add_string(1, id);
  AddLabel(container, 2, "nerdctl/name", "web");
  container.add_string(3, "docker.io/library/nginx:1.25");
  container.add_string(6, "overlayfs");
  return bytes;
}

std::string PathOf(const GrpcRequest& request) { return request.headers.at(":path"); }

TEST_CASE("cri client: an answer has the container, its image and the pod from its labels") {
  std::string asked;
  FakeServer server(Grpc([&asked](const GrpcRequest& request) {
    asked = PathOf(request) + " " + request.headers.at("te") + " " + request.message();
    return GrpcReply{.message = ContainerStatus(kId)};
  }));
  const Result<ContainerAnswer> answer = AskCri(server.path(), kId, Patiently());
  REQUIRE(answer);
  CHECK(asked == kService + "ContainerStatus trailers \x0a\x40" + kId);
  CHECK(answer->id == kId);
  CHECK(answer->name == "nginx");
  CHECK(answer->image == "docker.io/library/nginx:1.25");
  CHECK(answer->image_digest == "sha256:beef");
  CHECK(answer->pod_name == "web-0");
  CHECK(answer->pod_namespace == "shop");
  CHECK(answer->pod_uid == "d7b3");
  CHECK_FALSE(answer->is_pod_sandbox);
}

TEST_CASE("cri client: an id that is not a container may be the sandbox of a pod") {
  FakeServer server(Grpc([](const GrpcRequest& request) {
    return PathOf(request) == kService + "PodSandboxStatus"
               ? GrpcReply{.message = SandboxStatus(kId)}
               : GrpcReply{.status = kNotFound};
  }));
  const Result<ContainerAnswer> answer = AskCri(server.path(), kId, Patiently());
  REQUIRE(answer);
  CHECK(answer->is_pod_sandbox);
  CHECK(answer->pod_name == "web-0");
  CHECK(answer->pod_namespace == "shop");
  CHECK(answer->pod_uid == "d7b3");
  CHECK(answer->image.empty());
}

TEST_CASE("cri client: an unknown id is kNotFound, and a server without CRI is kUnsupported") {
  struct Row {
    int status;
    ErrorCode code;
  };
  const Row rows[] = {{kNotFound, ErrorCode::kNotFound},
                      {kUnimplemented, ErrorCode::kUnsupported},
                      {7, ErrorCode::kNotPermitted},
                      {14, ErrorCode::kFailed}};
  for (const Row& row : rows) {
    CAPTURE(row.status);
    FakeServer server(Grpc([&row](const GrpcRequest&) { return GrpcReply{.status = row.status}; }));
    const Result<ContainerAnswer> answer = AskCri(server.path(), kId, Patiently());
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code() == row.code);
  }
}

TEST_CASE("cri client: messages that cannot be read, or are about another container, are errors") {
  const std::string messages[] = {
      "",
      "\x0a",
      "\x0a\xff\xff\xff\xff\x0f",
      std::string(100, '\xff'),
      ContainerStatus("another"),
      ContainerStatus(kId).substr(0, 90),
      "\x0a\x04\x0a\x7f" + kId,
  };
  for (const std::string& message : messages) {
    CAPTURE(message);
    FakeServer server(Grpc([&](const GrpcRequest&) { return GrpcReply{.message = message}; }));
    const Result<ContainerAnswer> answer = AskCri(server.path(), kId, Patiently());
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code() == ErrorCode::kFailed);
  }
}

TEST_CASE("containerd client: it asks each namespace until one has the container") {
  std::vector<std::string> asked;
  FakeServer server(Grpc([&asked](const GrpcRequest& request) -> GrpcReply {
    if (PathOf(request) == "/containerd.services.namespaces.v1.Namespaces/List") {
      return {.message = Namespaces({"k8s.io", "default", "moby"})};
    }
    asked.push_back(request.headers.at("containerd-namespace"));
    return asked.back() == "default" ? GrpcReply{.message = Container(kId)}
                                     : GrpcReply{.status = kNotFound};
  }));
  const Result<ContainerAnswer> answer = AskContainerd(server.path(), kId, Patiently());
  REQUIRE(answer);
  CHECK(answer->name == "web");
  CHECK(answer->image == "docker.io/library/nginx:1.25");
  CHECK(asked == std::vector<std::string>{"k8s.io", "default"});
}

TEST_CASE("containerd client: it asks no more namespaces than the limit") {
  int asked = 0;
  FakeServer server(Grpc([&asked](const GrpcRequest& request) -> GrpcReply {
    if (PathOf(request) == "/containerd.services.namespaces.v1.Namespaces/List") {
      return {.message = Namespaces(std::vector<std::string>(100, "x"))};
    }
    ++asked;
    return {.status = kNotFound};
  }));
  const Result<ContainerAnswer> answer = AskContainerd(server.path(), kId, Patiently());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code() == ErrorCode::kNotFound);
  CHECK(asked == static_cast<int>(kMaxContainerdNamespaces));
}

TEST_CASE("grpc: a server with another protocol, too much data or no data is an error") {
  struct Row {
    FakeServer::Handler handler;
    const char* reason;  // "" when the server hangs up, because the error then depends on timing
  };
  const Row rows[] = {
      {Always("HTTP/1.1 400 Bad Request\r\n\r\n"), ""},
      {[](const Caller&) {}, ""},
      {[](const Caller& caller) {
         caller.Read();
         caller.Write(std::string(5 << 20, '\0'));
       },
       ""},
      {Grpc([](const GrpcRequest&) { return GrpcReply{.message = std::string(2 << 20, 'x')}; }),
       "more than"},
  };
  for (const Row& row : rows) {
    FakeServer server(row.handler);
    const Result<std::string> answer =
        GrpcCall(server.path(), {.method = "/a/B", .message = "x"}, Patiently());
    REQUIRE_FALSE(answer);
    CAPTURE(answer.error().message());
    CHECK(answer.error().message().find(row.reason) != std::string::npos);
  }
}

TEST_CASE("grpc: a call to a silent server ends at the deadline") {
  FakeServer server(Silent);
  const Result<std::string> answer =
      GrpcCall(server.path(), {.method = "/a/B", .message = "x"}, Briefly());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().message() == "no answer in time");
}

}  // namespace grpc_clients_test
}  // namespace wirehound::test
