// SPDX-License-Identifier: Apache-2.0

#include "engine/runtimes/containerd_client.h"

#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>

#include <exception>
#include <utility>
#include <vector>

#include "engine/runtimes/grpc_question.h"
#include "engine/runtimes/label_reader.h"

namespace wirehound {
namespace {

using protozero::pbf_reader;

// Field numbers of containerd's containers.proto and namespace.proto.
constexpr protozero::pbf_tag_type kRequestId = 1;
constexpr protozero::pbf_tag_type kResponseContainer = 1;
constexpr protozero::pbf_tag_type kId = 1;
constexpr protozero::pbf_tag_type kContainerLabels = 2;
constexpr protozero::pbf_tag_type kImage = 3;
constexpr protozero::pbf_tag_type kResponseNamespaces = 1;
constexpr protozero::pbf_tag_type kNamespaceName = 1;

Error Unreadable(const std::exception& exception) {
  return Error("a message that cannot be read: " + std::string(exception.what()));
}

std::vector<std::string> ReadNamespaces(const std::string& message) {
  std::vector<std::string> names;
  pbf_reader response(message);
  while (names.size() < kMaxContainerdNamespaces && response.next(kResponseNamespaces)) {
    pbf_reader entry = response.get_message();
    if (entry.next(kNamespaceName)) {
      names.push_back(entry.get_string());
    }
  }
  return names;
}

Result<std::vector<std::string>> ListNamespaces(const std::string& socket_path,
                                                const Patience& patience) {
  const GrpcQuestion question{.method = "/containerd.services.namespaces.v1.Namespaces/List",
                              .message = {}};
  const std::string message = WIREHOUND_TRY(GrpcCall(socket_path, question, patience));
  try {
    return ReadNamespaces(message);
  } catch (const std::exception& exception) {
    return Unreadable(exception);
  }
}

ContainerAnswer ReadContainer(const std::string& message) {
  ContainerAnswer answer;
  pbf_reader response(message);
  if (!response.next(kResponseContainer)) {
    return answer;
  }
  pbf_reader container = response.get_message();
  while (container.next()) {
    switch (container.tag()) {
      case kId:
        answer.id = container.get_string();
        break;
      case kContainerLabels:
        TakeLabelEntry(answer, container.get_message());
        break;
      case kImage:
        answer.image = container.get_string();
        break;
      default:
        container.skip();
    }
  }
  answer.image_digest = DigestOf(answer.image);
  return answer;
}

Result<ContainerAnswer> AskIn(const std::string& containerd_namespace,
                              const std::string& socket_path, const std::string& id,
                              const Patience& patience) {
  GrpcQuestion question{.method = "/containerd.services.containers.v1.Containers/Get",
                        .message = {},
                        .metadata = {{"containerd-namespace", containerd_namespace}}};
  protozero::pbf_writer(question.message).add_string(kRequestId, id);
  const std::string message = WIREHOUND_TRY(GrpcCall(socket_path, question, patience));
  try {
    ContainerAnswer answer = ReadContainer(message);
    return answer.id == id ? Result<ContainerAnswer>(std::move(answer))
                           : Error("an answer about another container");
  } catch (const std::exception& exception) {
    return Unreadable(exception);
  }
}

}  // namespace

Result<ContainerAnswer> AskContainerd(const std::string& socket_path, const std::string& id,
                                      const Patience& patience) {
  const std::vector<std::string> names = WIREHOUND_TRY(ListNamespaces(socket_path, patience));
  for (const std::string& name : names) {
    Result<ContainerAnswer> answer = AskIn(name, socket_path, id, patience);
    if (answer || answer.error().code() != ErrorCode::kNotFound) {
      return answer;
    }
  }
  return Error(ErrorCode::kNotFound, "no namespace of containerd has container '" + id + "'");
}

}  // namespace wirehound
