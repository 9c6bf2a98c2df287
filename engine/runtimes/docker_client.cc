// SPDX-License-Identifier: Apache-2.0

#include "engine/runtimes/docker_client.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "engine/runtimes/http_question.h"

namespace wirehound {
namespace {

using Json = nlohmann::json;

// The member of a member, and so on; null when one of them is missing or no object.
const Json* At(const Json& root, std::initializer_list<const char*> path) {
  const Json* at = &root;
  for (const char* name : path) {
    if (!at->is_object() || at->find(name) == at->end()) {
      return nullptr;
    }
    at = &*at->find(name);
  }
  return at;
}

std::string TextAt(const Json& root, std::initializer_list<const char*> path) {
  const Json* at = At(root, path);
  return at != nullptr && at->is_string() ? at->get<std::string>() : std::string();
}

Result<Json> GetJson(const std::string& socket_path, const std::string& target,
                     const Patience& patience) {
  const std::string body = WIREHOUND_TRY(HttpGet(socket_path, target, patience));
  Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) {
    return Error("an answer that is no JSON object");
  }
  return json;
}

bool IsPlain(std::string_view image_id) {
  return !image_id.empty() && std::all_of(image_id.begin(), image_id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == ':';
  });
}

// The digest of the image in its registry; "" for an image that was built here. A request that
// fails gives "" too: the other facts of the container are worth having without it.
std::string DigestOfImage(const std::string& socket_path, const std::string& image_id,
                          const Patience& patience) {
  if (!IsPlain(image_id)) {
    return {};
  }
  const Result<Json> image = GetJson(socket_path, "/images/" + image_id + "/json", patience);
  const Json* digests = image ? At(*image, {"RepoDigests"}) : nullptr;
  if (digests == nullptr || !digests->is_array() || digests->empty() ||
      !digests->front().is_string()) {
    return {};
  }
  return std::string(DigestOf(digests->front().get_ref<const std::string&>()));
}

void TakeLabels(ContainerAnswer& answer, const Json* labels) {
  if (labels == nullptr || !labels->is_object()) {
    return;
  }
  for (const auto& [key, value] : labels->items()) {
    if (value.is_string()) {
      TakeLabel(answer, key, value.get_ref<const std::string&>());
    }
  }
}

}  // namespace

Result<ContainerAnswer> AskDocker(const std::string& socket_path, const std::string& id,
                                  const Patience& patience) {
  const Json container =
      WIREHOUND_TRY(GetJson(socket_path, "/containers/" + id + "/json", patience));
  if (TextAt(container, {"Id"}) != id) {
    return Error("an answer about container '" + TextAt(container, {"Id"}).substr(0, 64) +
                 "'; expected '" + id + "'");
  }
  ContainerAnswer answer;
  answer.id = id;
  answer.name = TextAt(container, {"Name"});
  answer.name.erase(0, answer.name.starts_with('/') ? 1 : 0);
  answer.image = TextAt(container, {"Config", "Image"});
  TakeLabels(answer, At(container, {"Config", "Labels"}));
  answer.image_digest = DigestOfImage(socket_path, TextAt(container, {"Image"}), patience);
  return answer;
}

}  // namespace wirehound
