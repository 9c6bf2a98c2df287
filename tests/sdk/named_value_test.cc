// SPDX-License-Identifier: Apache-2.0

// NamedValue: the field type of each C++ type, and that a list has the layout of the C array.

#include <wirehound/named_value.h>

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace named_value_test {

// The C struct at the same address, as the host reads it.
wirehound_named_value Read(const NamedValue& value) {
  wirehound_named_value c;
  std::memcpy(&c, &value, sizeof(c));
  return c;
}

TEST_CASE("named value: every type carries its tag and its value") {
  CHECK(Read({"k", true}).type == WIREHOUND_TYPE_BOOL);
  CHECK(Read({"k", true}).value.unsigned_integer == 1);
  CHECK(Read({"k", false}).value.unsigned_integer == 0);
  CHECK(Read({"k", std::int32_t{-5}}).type == WIREHOUND_TYPE_INT32);
  CHECK(Read({"k", std::int32_t{-5}}).value.signed_integer == -5);
  CHECK(Read({"k", std::int64_t{INT64_MIN}}).type == WIREHOUND_TYPE_INT64);
  CHECK(Read({"k", std::int64_t{INT64_MIN}}).value.signed_integer == INT64_MIN);
  CHECK(Read({"k", std::uint16_t{65535}}).type == WIREHOUND_TYPE_UINT16);
  CHECK(Read({"k", std::uint16_t{65535}}).value.unsigned_integer == 65535);
  CHECK(Read({"k", std::uint32_t{7}}).type == WIREHOUND_TYPE_UINT32);
  CHECK(Read({"k", std::uint64_t{UINT64_MAX}}).type == WIREHOUND_TYPE_UINT64);
  CHECK(Read({"k", std::uint64_t{UINT64_MAX}}).value.unsigned_integer == UINT64_MAX);
  CHECK(Read({"k", 0.5}).type == WIREHOUND_TYPE_DOUBLE);
  CHECK(Read({"k", 0.5}).value.real == 0.5);
}

TEST_CASE("named value: literals, strings and views are text, never bool") {
  const std::string text = "text";
  for (const wirehound_named_value& value :
       {Read({"k", "text"}), Read({"k", text}), Read({"k", std::string_view("text")})}) {
    CHECK(value.type == WIREHOUND_TYPE_STRING);
    CHECK(ToView(value.value.text) == "text");
    CHECK(ToView(value.name) == "k");
    CHECK(value.reserved == 0);
  }
}

TEST_CASE("named value: text is borrowed and may hold anything") {
  const std::string text("a\0b", 3);
  const wirehound_named_value value = Read({"k", text});
  CHECK(value.value.text.size == 3);
  CHECK(value.value.text.data == text.data());
}

TEST_CASE("named value: bytes keep their length") {
  const std::uint8_t data[] = {1, 2, 3};
  const wirehound_named_value value = Read({"k", wirehound_bytes{data, 3}});
  CHECK(value.type == WIREHOUND_TYPE_BYTES);
  CHECK(value.value.bytes.data == data);
  CHECK(value.value.bytes.size == 3);
}

TEST_CASE("named value: an address is pointed to, from either of its types") {
  wirehound_address c{};
  c.family = WIREHOUND_FAMILY_IPV4;
  c.bytes[0] = 192;
  const Address address(c);
  for (const wirehound_named_value& value : {Read({"k", c}), Read({"k", address})}) {
    CHECK(value.type == WIREHOUND_TYPE_ADDRESS);
    CHECK(static_cast<const wirehound_address*>(value.value.message)->bytes[0] == 192);
  }
}

TEST_CASE("named value: a list of texts is an array of wirehound_string") {
  const std::vector<std::string> texts = {"a", "", "ccc"};
  const TextArray array(texts);
  const wirehound_named_value value = Read({"k", array});
  CHECK(value.type == WIREHOUND_TYPE_STRING_LIST);
  std::vector<std::string> read;
  for (const std::string_view text : TextList(value.value.list)) {
    read.emplace_back(text);
  }
  CHECK(read == texts);
  CHECK(TextArray(std::vector<std::string_view>{}).list().count == 0);
}

TEST_CASE("named value: a list of them is an array of the C struct") {
  const std::initializer_list<NamedValue> list = {{"a", 1}, {"b", "x"}, {"c", true}};
  const wirehound_named_value* c = list.begin();
  CHECK(ToView(c[0].name) == "a");
  CHECK(ToView(c[1].name) == "b");
  CHECK(ToView(c[1].value.text) == "x");
  CHECK(c[2].type == WIREHOUND_TYPE_BOOL);
}

}  // namespace named_value_test
}  // namespace wirehound::test
