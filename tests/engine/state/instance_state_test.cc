// SPDX-License-Identifier: Apache-2.0

// State through the C table that a detector calls, also with wrong arguments.

#include "engine/state/instance_state.h"

#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <wirehound/abi/detector_abi.h>

namespace wirehound::test {
namespace instance_state_test {

wirehound_bytes Bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

constexpr wirehound_counter_options kCounter = {
    WIREHOUND_STRUCT_SIZE(wirehound_counter_options, buckets), 10, 1000, 10, 0};
constexpr wirehound_map_options kMap = {WIREHOUND_STRUCT_SIZE(wirehound_map_options, ttl_ns), 10,
                                        16, 0, 1000};

// Makes the calls of a detector.
class Caller {
 public:
  std::int32_t CreateCounter(const wirehound_counter_options& options = kCounter) {
    return table().counter_create(context(), &options, &handle);
  }
  std::int32_t CreateMap(const wirehound_map_options& options = kMap) {
    return table().map_create(context(), &options, &handle);
  }
  std::int32_t Add(std::string_view key, std::uint64_t amount = 1) {
    return table().counter_add(context(), handle, Bytes(key), amount, &number);
  }
  std::int32_t Put(std::string_view key, std::string_view value) {
    return table().map_put(context(), handle, Bytes(key), Bytes(value));
  }
  std::int32_t Get(std::string_view key) {
    wirehound_bytes value{};
    const std::int32_t status = table().map_get(context(), handle, Bytes(key), &value);
    text.assign(reinterpret_cast<const char*>(value.data), value.size);
    return status;
  }

  const wirehound_state& table() const { return state.table(); }
  void* context() const { return table().context; }

  StreamTime time;
  InstanceState state{time};
  std::uint32_t handle = 0;
  std::uint64_t number = 0;
  std::string text;
};

TEST_CASE("state: counters count in stream time") {
  Caller caller;
  caller.time.Advance(1'000'000);
  REQUIRE(caller.CreateCounter() == WIREHOUND_OK);
  CHECK(caller.Add("a", 2) == WIREHOUND_OK);
  CHECK(caller.Add("a") == WIREHOUND_OK);
  CHECK(caller.number == 3);
  caller.time.Advance(1'001'000);
  CHECK(caller.table().counter_sum(caller.context(), caller.handle, Bytes("a"), &caller.number) ==
        WIREHOUND_OK);
  CHECK(caller.number == 0);
  caller.Add("b");
  CHECK(caller.table().counter_reset(caller.context(), caller.handle, Bytes("b")) == WIREHOUND_OK);
  caller.Add("b");
  CHECK(caller.number == 1);
}

TEST_CASE("state: a map keeps a value until its time is over") {
  Caller caller;
  REQUIRE(caller.CreateMap() == WIREHOUND_OK);
  CHECK(caller.Put("k", "value") == WIREHOUND_OK);
  CHECK(caller.Get("k") == WIREHOUND_OK);
  CHECK(caller.text == "value");
  CHECK(caller.Get("other") == WIREHOUND_ERROR_NOT_FOUND);
  caller.time.Advance(1000);
  CHECK(caller.Get("k") == WIREHOUND_ERROR_NOT_FOUND);
  caller.Put("k", "value");
  const auto remove = caller.table().map_remove;
  CHECK(remove(caller.context(), caller.handle, Bytes("k")) == WIREHOUND_OK);
  CHECK(remove(caller.context(), caller.handle, Bytes("k")) == WIREHOUND_ERROR_NOT_FOUND);
}

TEST_CASE("state: keys of any length up to the limit are told apart") {
  Caller caller;
  REQUIRE(caller.CreateMap() == WIREHOUND_OK);
  const std::string longest(WIREHOUND_MAX_STATE_KEY_BYTES, 'k');
  CHECK(caller.Put(longest, "longest") == WIREHOUND_OK);
  CHECK(caller.Put(longest.substr(1), "shorter") == WIREHOUND_OK);
  CHECK(caller.Put("", "none") == WIREHOUND_OK);
  caller.Get(longest);
  CHECK(caller.text == "longest");
  caller.Get("");
  CHECK(caller.text == "none");
  CHECK(caller.Put(longest + 'k', "") == WIREHOUND_ERROR_INVALID);
  CHECK(caller.Get(longest + 'k') == WIREHOUND_ERROR_INVALID);
}

TEST_CASE("state: options out of range are refused") {
  Caller caller;
  const auto counter = [&caller](auto change) {
    wirehound_counter_options options = kCounter;
    change(options);
    return caller.CreateCounter(options);
  };
  CHECK(counter([](auto& o) { o.max_keys = 0; }) == WIREHOUND_ERROR_INVALID);
  CHECK(counter([](auto& o) { o.window_ns = 0; }) == WIREHOUND_ERROR_INVALID);
  CHECK(counter([](auto& o) { o.buckets = 0; }) == WIREHOUND_ERROR_INVALID);
  CHECK(counter([](auto& o) { o.buckets = WIREHOUND_MAX_COUNTER_BUCKETS + 1; }) ==
        WIREHOUND_ERROR_INVALID);
  CHECK(counter([](auto& o) { o.struct_size = 8; }) == WIREHOUND_ERROR_INVALID);
  CHECK(counter([](auto& o) { o.buckets = WIREHOUND_MAX_COUNTER_BUCKETS; }) == WIREHOUND_OK);
  wirehound_map_options map = kMap;
  map.max_entries = 0;
  CHECK(caller.CreateMap(map) == WIREHOUND_ERROR_INVALID);
  CHECK(caller.table().map_create(caller.context(), nullptr, &caller.handle) ==
        WIREHOUND_ERROR_INVALID);
  CHECK(caller.table().counter_create(caller.context(), &kCounter, nullptr) ==
        WIREHOUND_ERROR_INVALID);
}

TEST_CASE("state: memory and objects of an instance are limited") {
  Caller caller;
  wirehound_map_options large = kMap;
  large.max_entries = 1024;
  large.max_value_bytes = 40 * 1024;
  CHECK(caller.CreateMap(large) == WIREHOUND_OK);
  CHECK(caller.CreateMap(large) == WIREHOUND_ERROR_LIMIT);  // together more than 64 MiB
  CHECK(caller.state.bytes() <= WIREHOUND_MAX_STATE_BYTES);
  large.max_entries = large.max_value_bytes = UINT32_MAX;  // a product that does not fit 64 bits
  CHECK(caller.CreateMap(large) == WIREHOUND_ERROR_LIMIT);
  for (unsigned i = 1; i < WIREHOUND_MAX_STATE_OBJECTS; ++i) {
    CHECK(caller.CreateCounter() == WIREHOUND_OK);
  }
  CHECK(caller.CreateCounter() == WIREHOUND_ERROR_LIMIT);
}

TEST_CASE("state: a map uses no more memory than it reserved") {
  Caller caller;
  REQUIRE(caller.CreateMap() == WIREHOUND_OK);
  const std::uint64_t before = caller.state.bytes();
  for (int i = 0; i < 1000; ++i) {
    CHECK(caller.Put(std::to_string(i), "0123456789abcdef") == WIREHOUND_OK);
  }
  CHECK(caller.state.bytes() == before);
  CHECK(caller.table().evicted(caller.context(), caller.handle, &caller.number) == WIREHOUND_OK);
  CHECK(caller.number == 990);
  CHECK(caller.state.evicted() == 990);
}

TEST_CASE("state: unknown handles and handles of another kind are refused") {
  Caller caller;
  CHECK(caller.Add("a") == WIREHOUND_ERROR_INVALID);  // no object exists yet, the handle is 0
  REQUIRE(caller.CreateMap() == WIREHOUND_OK);
  CHECK(caller.Add("a") == WIREHOUND_ERROR_INVALID);
  REQUIRE(caller.CreateCounter() == WIREHOUND_OK);
  CHECK(caller.Put("a", "b") == WIREHOUND_ERROR_INVALID);
  CHECK(caller.Get("a") == WIREHOUND_ERROR_INVALID);
  caller.handle = 77;
  CHECK(caller.Add("a") == WIREHOUND_ERROR_INVALID);
  CHECK(caller.table().evicted(caller.context(), 77, &caller.number) == WIREHOUND_ERROR_INVALID);
}

TEST_CASE("state: null pointers are refused") {
  Caller caller;
  const wirehound_bytes nothing = {nullptr, 4};
  REQUIRE(caller.CreateCounter() == WIREHOUND_OK);
  const wirehound_state& table = caller.table();
  CHECK(table.counter_add(caller.context(), caller.handle, nothing, 1, &caller.number) ==
        WIREHOUND_ERROR_INVALID);
  CHECK(table.counter_add(caller.context(), caller.handle, Bytes("a"), 1, nullptr) ==
        WIREHOUND_ERROR_INVALID);
  REQUIRE(caller.CreateMap() == WIREHOUND_OK);
  CHECK(table.map_put(caller.context(), caller.handle, Bytes("a"), nothing) ==
        WIREHOUND_ERROR_INVALID);
  CHECK(table.map_get(caller.context(), caller.handle, Bytes("a"), nullptr) ==
        WIREHOUND_ERROR_INVALID);
}

TEST_CASE("state: one instance cannot read what another keeps") {
  Caller first;
  Caller second;
  REQUIRE(first.CreateMap() == WIREHOUND_OK);
  REQUIRE(second.CreateMap() == WIREHOUND_OK);
  first.Put("k", "mine");
  CHECK(second.Get("k") == WIREHOUND_ERROR_NOT_FOUND);
}

}  // namespace instance_state_test
}  // namespace wirehound::test
