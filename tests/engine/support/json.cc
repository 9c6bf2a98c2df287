// SPDX-License-Identifier: Apache-2.0

#include "tests/engine/support/json.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace wirehound::test {

struct Json::Value {
  nlohmann::ordered_json json;
};

Json::Json() : Json(std::make_shared<const Value>()) {}

Json::Json(std::shared_ptr<const Value> value) : value_(std::move(value)) {}

Json Json::parse(std::string_view text) {
  return Json(std::make_shared<const Value>(Value{nlohmann::ordered_json::parse(text)}));
}

bool Json::accept(std::string_view text) { return nlohmann::json::accept(text); }

Json Json::operator[](std::string_view name) const {
  const auto member = value_->json.find(name);
  return member == value_->json.end() ? Json()
                                      : Json(std::make_shared<const Value>(Value{*member}));
}

Json Json::operator[](std::size_t index) const {
  return index < value_->json.size()
             ? Json(std::make_shared<const Value>(Value{value_->json[index]}))
             : Json();
}

bool Json::contains(std::string_view name) const { return value_->json.contains(name); }

std::size_t Json::size() const { return value_->json.size(); }

bool Json::is_null() const { return value_->json.is_null(); }

std::vector<std::string> Json::keys() const {
  std::vector<std::string> keys;
  for (const auto& item : value_->json.items()) {
    keys.push_back(item.key());
  }
  return keys;
}

std::vector<Json> Json::elements() const {
  std::vector<Json> elements;
  if (value_->json.is_array()) {
    for (const auto& element : value_->json) {
      elements.push_back(Json(std::make_shared<const Value>(Value{element})));
    }
  }
  return elements;
}

std::string Json::text() const { return value_->json.get<std::string>(); }

std::int64_t Json::integer() const { return value_->json.get<std::int64_t>(); }

double Json::number() const { return value_->json.get<double>(); }

std::string Json::dump() const { return value_->json.dump(); }

// Plain nlohmann::json sorts its keys, so comparing as that ignores their order.
bool operator==(const Json& a, const Json& b) {
  return nlohmann::json(a.value_->json) == nlohmann::json(b.value_->json);
}

bool operator==(const Json& a, std::string_view text) { return a.value_->json == text; }

bool Json::IsTruth(bool truth) const { return value_->json == truth; }

bool Json::IsInteger(std::int64_t number) const { return value_->json == number; }

bool Json::IsInteger(std::uint64_t number) const { return value_->json == number; }

}  // namespace wirehound::test
