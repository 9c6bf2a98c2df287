// SPDX-License-Identifier: Apache-2.0

// NamedValue: which C++ types become which field types, and that a list of them is what the host
// reads.

#include <wirehound/named_value.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace {

TEST_CASE("named value: every type carries its tag and its value") {
  const NamedValue flag = {"k", true};
  CHECK(flag.type == WIREHOUND_TYPE_BOOL);
  CHECK(flag.value.unsigned_integer == 1);
  CHECK(NamedValue("k", false).value.unsigned_integer == 0);

  CHECK(NamedValue("k", std::int32_t{-5}).type == WIREHOUND_TYPE_INT32);
  CHECK(NamedValue("k", std::int32_t{-5}).value.signed_integer == -5);
  CHECK(NamedValue("k", std::int64_t{INT64_MIN}).type == WIREHOUND_TYPE_INT64);
  CHECK(NamedValue("k", std::int64_t{INT64_MIN}).value.signed_integer == INT64_MIN);
  CHECK(NamedValue("k", std::uint16_t{65535}).type == WIREHOUND_TYPE_UINT16);
  CHECK(NamedValue("k", std::uint16_t{65535}).value.unsigned_integer == 65535);
  CHECK(NamedValue("k", std::uint32_t{7}).type == WIREHOUND_TYPE_UINT32);
  CHECK(NamedValue("k", std::uint64_t{UINT64_MAX}).type == WIREHOUND_TYPE_UINT64);
  CHECK(NamedValue("k", std::uint64_t{UINT64_MAX}).value.unsigned_integer == UINT64_MAX);
  CHECK(NamedValue("k", 0.5).type == WIREHOUND_TYPE_DOUBLE);
  CHECK(NamedValue("k", 0.5).value.real == 0.5);
}

TEST_CASE("named value: literals, strings and views are text, never a truth value") {
  const std::string text = "text";
  for (const NamedValue& value : {NamedValue("k", "text"), NamedValue("k", text),
                                  NamedValue("k", std::string_view("text"))}) {
    CHECK(value.type == WIREHOUND_TYPE_STRING);
    CHECK(ToView(value.value.text) == "text");
    CHECK(ToView(value.name) == "k");
    CHECK(value.reserved == 0);
  }
}

TEST_CASE("named value: text is borrowed and may hold anything") {
  const std::string text("a\0b", 3);
  const NamedValue value = {"k", text};
  CHECK(value.value.text.size == 3);
  CHECK(value.value.text.data == text.data());
}

TEST_CASE("named value: bytes keep their length") {
  const std::uint8_t data[] = {1, 2, 3};
  const NamedValue value = {"k", wirehound_bytes{data, 3}};
  CHECK(value.type == WIREHOUND_TYPE_BYTES);
  CHECK(value.value.bytes.data == data);
  CHECK(value.value.bytes.size == 3);
}

TEST_CASE("named value: a list of them is an array of the C struct") {
  const std::initializer_list<NamedValue> list = {{"a", 1}, {"b", "x"}, {"c", true}};
  const wirehound_named_value* c = list.begin();
  CHECK(ToView(c[0].name) == "a");
  CHECK(ToView(c[1].name) == "b");
  CHECK(ToView(c[1].value.text) == "x");
  CHECK(c[2].type == WIREHOUND_TYPE_BOOL);
}

}  // namespace
}  // namespace wirehound::test
