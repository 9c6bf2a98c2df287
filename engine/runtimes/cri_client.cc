// SPDX-License-Identifier: Apache-2.0

#include "engine/runtimes/cri_client.h"

#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>

#include <exception>
#include <string_view>

#include "engine/runtimes/grpc_question.h"
#include "engine/runtimes/label_reader.h"

namespace wirehound {
namespace {

using protozero::pbf_reader;

// Field numbers of CRI's api.proto, package runtime.v1.
constexpr protozero::pbf_tag_type kRequestedId = 1;     // of both requests
constexpr protozero::pbf_tag_type kResponseStatus = 1;  // of both responses

struct StatusTags {
  static constexpr protozero::pbf_tag_type kId = 1;
  static constexpr protozero::pbf_tag_type kMetadata = 2;
};
struct ContainerTags : StatusTags {
  static constexpr protozero::pbf_tag_type kImage = 8;
  static constexpr protozero::pbf_tag_type kImageRef = 9;
  static constexpr protozero::pbf_tag_type kLabels = 12;
};
struct SandboxTags : StatusTags {
  static constexpr protozero::pbf_tag_type kLabels = 7;
};
constexpr protozero::pbf_tag_type kContainerName = 1;  // of ContainerMetadata
constexpr protozero::pbf_tag_type kImageName = 1;      // of ImageSpec
constexpr protozero::pbf_tag_type kUserImageName = 18;
constexpr protozero::pbf_tag_type kPodName = 1;  // of PodSandboxMetadata
constexpr protozero::pbf_tag_type kPodUid = 2;
constexpr protozero::pbf_tag_type kPodNamespace = 3;

// The name that the user gave is preferred to the resolved one.
void TakeImage(ContainerAnswer& answer, pbf_reader image) {
  while (image.next()) {
    const bool is_first_name = image.tag() == kImageName && answer.image.empty();
    if (image.tag() == kUserImageName || is_first_name) {
      answer.image = image.get_string();
    } else {
      image.skip();
    }
  }
}

void TakeContainerName(ContainerAnswer& answer, pbf_reader metadata) {
  if (metadata.next(kContainerName)) {
    answer.name = metadata.get_string();
  }
}

void TakeContainer(ContainerAnswer& answer, pbf_reader status) {
  while (status.next()) {
    switch (status.tag()) {
      case StatusTags::kId:
        answer.id = status.get_string();
        break;
      case StatusTags::kMetadata:
        TakeContainerName(answer, status.get_message());
        break;
      case ContainerTags::kImage:
        TakeImage(answer, status.get_message());
        break;
      case ContainerTags::kImageRef:
        answer.image_digest = DigestOf(status.get_string());
        break;
      case ContainerTags::kLabels:
        TakeLabelEntry(answer, status.get_message());
        break;
      default:
        status.skip();
    }
  }
}

void TakePod(ContainerAnswer& answer, pbf_reader metadata) {
  while (metadata.next()) {
    switch (metadata.tag()) {
      case kPodName:
        answer.pod_name = metadata.get_string();
        break;
      case kPodUid:
        answer.pod_uid = metadata.get_string();
        break;
      case kPodNamespace:
        answer.pod_namespace = metadata.get_string();
        break;
      default:
        metadata.skip();
    }
  }
}

void TakeSandbox(ContainerAnswer& answer, pbf_reader status) {
  answer.is_pod_sandbox = true;
  while (status.next()) {
    switch (status.tag()) {
      case StatusTags::kId:
        answer.id = status.get_string();
        break;
      case StatusTags::kMetadata:
        TakePod(answer, status.get_message());
        break;
      case SandboxTags::kLabels:
        TakeLabelEntry(answer, status.get_message());
        break;
      default:
        status.skip();
    }
  }
}

using TakeStatus = void (*)(ContainerAnswer& answer, pbf_reader status);

// protozero throws for bytes that are no message.
Result<ContainerAnswer> Read(const std::string& message, const std::string& id, TakeStatus take) {
  ContainerAnswer answer;
  try {
    pbf_reader response(message);
    if (response.next(kResponseStatus)) {
      take(answer, response.get_message());
    }
  } catch (const std::exception& exception) {
    return Error("a message that cannot be read: " + std::string(exception.what()));
  }
  if (answer.id != id) {
    return Error("an answer about container '" + answer.id.substr(0, 64) + "'; expected '" + id +
                 "'");
  }
  return answer;
}

Result<ContainerAnswer> Ask(const std::string& socket_path, std::string_view method,
                            const std::string& id, const Patience& patience, TakeStatus take) {
  GrpcQuestion question{.method = "/runtime.v1.RuntimeService/" + std::string(method),
                        .message = {}};
  protozero::pbf_writer(question.message).add_string(kRequestedId, id);
  return Read(WIREHOUND_TRY(GrpcCall(socket_path, question, patience)), id, take);
}

}  // namespace

Result<ContainerAnswer> AskCri(const std::string& socket_path, const std::string& id,
                               const Patience& patience) {
  Result<ContainerAnswer> answer =
      Ask(socket_path, "ContainerStatus", id, patience, &TakeContainer);
  if (answer || answer.error().code() != ErrorCode::kNotFound) {
    return answer;
  }
  return Ask(socket_path, "PodSandboxStatus", id, patience, &TakeSandbox);
}

}  // namespace wirehound
