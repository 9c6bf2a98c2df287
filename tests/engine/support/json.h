// SPDX-License-Identifier: Apache-2.0

// Lets tests read the JSON that the engine wrote. The parser is a large template, so only json.cc
// includes it: otherwise every test would compile it.

#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace wirehound::test {

/// A value, read only. A member or element that does not exist is null. Objects keep the order of
/// their keys, but comparison ignores it.
class Json {
 public:
  /// The value type of the parser.
  struct Value;

  /// A null value.
  Json();
  /// Throws std::exception when the text is not JSON.
  static Json parse(std::string_view text);
  /// Whether the text is JSON.
  static bool accept(std::string_view text);

  /// A member of an object.
  Json operator[](std::string_view name) const;
  /// An element of an array.
  Json operator[](std::size_t index) const;
  bool contains(std::string_view name) const;
  /// The number of elements or members.
  std::size_t size() const;
  bool empty() const { return size() == 0; }
  bool is_null() const;
  /// The names of the members, in order.
  std::vector<std::string> keys() const;
  /// The elements of an array, in order; none for any other value.
  std::vector<Json> elements() const;

  /// Throw std::exception when the value has another type.
  std::string text() const;
  std::int64_t integer() const;
  double number() const;

  /// As JSON without blanks.
  std::string dump() const;

  friend bool operator==(const Json& a, const Json& b);
  friend bool operator==(const Json& a, std::string_view text);
  friend bool operator==(const Json& a, std::same_as<bool> auto truth) { return a.IsTruth(truth); }
  friend bool operator==(const Json& a, std::signed_integral auto number) {
    return a.IsInteger(std::int64_t{number});
  }
  friend bool operator==(const Json& a, std::unsigned_integral auto number) requires(
      !std::same_as<decltype(number), bool>) {
    return a.IsInteger(std::uint64_t{number});
  }
  friend std::ostream& operator<<(std::ostream& out, const Json& json) {
    return out << json.dump();
  }

 private:
  explicit Json(std::shared_ptr<const Value> value);
  bool IsTruth(bool truth) const;
  bool IsInteger(std::int64_t number) const;
  bool IsInteger(std::uint64_t number) const;

  std::shared_ptr<const Value> value_;
};

}  // namespace wirehound::test
