// SPDX-License-Identifier: Apache-2.0

// Maps that detectors share: their limits, their entries, and their extension and SDK class.

#include "engine/stores/shared_maps.h"

#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <wirehound/abi/detector_abi.h>
#include <wirehound/shared_map.h>

#include "engine/stores/shared_extension.h"
#include "tests/engine/stores/extension_host.h"

namespace wirehound::test {
namespace shared_maps_test {

wirehound_bytes Bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

constexpr MapTable::Options kOptions = {.max_entries = 10, .max_value_bytes = 16, .ttl_ns = 1000};

TEST_CASE("shared maps: the first detector that opens a map sets its limits") {
  StreamTime time;
  SharedMaps maps(time);
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  CHECK(maps.Open("seen", kOptions, &first) == WIREHOUND_OK);
  CHECK(maps.Open("seen", kOptions, &second) == WIREHOUND_OK);
  CHECK(first == second);
  for (const MapTable::Options& other :
       {MapTable::Options{11, 16, 1000}, MapTable::Options{10, 17, 1000},
        MapTable::Options{10, 16, 1001}}) {
    CHECK(maps.Open("seen", other, &second) == WIREHOUND_ERROR_INVALID);
  }
  CHECK(maps.Open("other", kOptions, &second) == WIREHOUND_OK);
  CHECK(first != second);
  CHECK(maps.size() == 2);
}

TEST_CASE("shared maps: invalid names and limits are refused") {
  StreamTime time;
  SharedMaps maps(time);
  std::uint32_t handle = 0;
  CHECK(maps.Open("", kOptions, &handle) == WIREHOUND_ERROR_INVALID);
  CHECK(maps.Open(std::string(SharedMaps::kMaxNameBytes + 1, 'n'), kOptions, &handle) ==
        WIREHOUND_ERROR_INVALID);
  CHECK(maps.Open("none", {.max_entries = 0}, &handle) == WIREHOUND_ERROR_INVALID);
}

TEST_CASE("shared maps: the number of maps and their memory are limited") {
  StreamTime time;
  SharedMaps maps(time);
  std::uint32_t handle = 0;
  constexpr MapTable::Options kLarge = {.max_entries = 1024, .max_value_bytes = 200 * 1024};
  CHECK(maps.Open("large", kLarge, &handle) == WIREHOUND_OK);
  CHECK(maps.Open("large2", kLarge, &handle) == WIREHOUND_ERROR_LIMIT);
  CHECK(maps.Open("large", kLarge, &handle) == WIREHOUND_OK);  // this map exists already
  for (unsigned i = 1; i < WIREHOUND_MAX_SHARED_MAPS; ++i) {
    CHECK(maps.Open("m" + std::to_string(i), kOptions, &handle) == WIREHOUND_OK);
  }
  CHECK(maps.Open("one more", kOptions, &handle) == WIREHOUND_ERROR_LIMIT);
  CHECK(maps.bytes() <= WIREHOUND_MAX_SHARED_BYTES);
}

TEST_CASE("shared extension: a detector gets what another one put, even after that one has ended") {
  StreamTime time;
  SharedMaps maps(time);
  wirehound_bytes value{};
  std::uint64_t entries = 0;
  const wirehound_shared_options options = {WIREHOUND_STRUCT_SIZE(wirehound_shared_options, ttl_ns),
                                            2, 16, 0, 1000};
  {
    const SharedExtension first(maps);
    const wirehound_shared_store& table = first.table();
    std::uint32_t handle = 0;
    REQUIRE(table.open(table.context, {"seen", 4}, &options, &handle) == WIREHOUND_OK);
    CHECK(table.put(table.context, handle, Bytes("a"), Bytes("1")) == WIREHOUND_OK);
  }
  const SharedExtension second(maps);
  const wirehound_shared_store& table = second.table();
  std::uint32_t handle = 0;
  REQUIRE(table.open(table.context, {"seen", 4}, &options, &handle) == WIREHOUND_OK);
  CHECK(table.get(table.context, handle, Bytes("a"), &value) == WIREHOUND_OK);
  CHECK(value.size == 1);
  table.put(table.context, handle, Bytes("b"), Bytes("2"));
  table.put(table.context, handle, Bytes("c"), Bytes("3"));
  CHECK(table.get(table.context, handle, Bytes("a"), &value) == WIREHOUND_ERROR_NOT_FOUND);
  CHECK(maps.evicted() == 1);
  CHECK(table.remove(table.context, handle, Bytes("b")) == WIREHOUND_OK);
  CHECK(table.remove(table.context, handle, Bytes("b")) == WIREHOUND_ERROR_NOT_FOUND);
  CHECK(table.size(table.context, handle, &entries) == WIREHOUND_OK);
  CHECK(entries == 1);
  time.Advance(1000);
  CHECK(table.size(table.context, handle, &entries) == WIREHOUND_OK);
  CHECK(entries == 0);
}

TEST_CASE("shared extension: wrong arguments are refused") {
  StreamTime time;
  SharedMaps maps(time);
  const SharedExtension extension(maps);
  const wirehound_shared_store& table = extension.table();
  wirehound_shared_options options = {WIREHOUND_STRUCT_SIZE(wirehound_shared_options, ttl_ns), 2, 1,
                                      0, 0};
  std::uint32_t handle = 0;
  wirehound_bytes value{};
  std::uint64_t entries = 0;
  CHECK(table.open(table.context, {nullptr, 4}, &options, &handle) == WIREHOUND_ERROR_INVALID);
  CHECK(table.open(table.context, {"m", 1}, nullptr, &handle) == WIREHOUND_ERROR_INVALID);
  CHECK(table.open(table.context, {"m", 1}, &options, nullptr) == WIREHOUND_ERROR_INVALID);
  options.struct_size = 8;
  CHECK(table.open(table.context, {"m", 1}, &options, &handle) == WIREHOUND_ERROR_INVALID);
  for (const std::uint32_t wrong : {0u, 1u, 99u}) {
    CHECK(table.put(table.context, wrong, Bytes("a"), Bytes("1")) == WIREHOUND_ERROR_INVALID);
    CHECK(table.get(table.context, wrong, Bytes("a"), &value) == WIREHOUND_ERROR_INVALID);
    CHECK(table.remove(table.context, wrong, Bytes("a")) == WIREHOUND_ERROR_INVALID);
    CHECK(table.size(table.context, wrong, &entries) == WIREHOUND_ERROR_INVALID);
  }
  options.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_shared_options, ttl_ns);
  REQUIRE(table.open(table.context, {"m", 1}, &options, &handle) == WIREHOUND_OK);
  CHECK(table.put(table.context, handle, Bytes("a"), Bytes("12")) == WIREHOUND_ERROR_INVALID);
  CHECK(table.put(table.context, handle, {nullptr, 1}, Bytes("1")) == WIREHOUND_ERROR_INVALID);
  const std::string long_key(WIREHOUND_MAX_STATE_KEY_BYTES + 1, 'k');
  CHECK(table.put(table.context, handle, Bytes(long_key), Bytes("1")) == WIREHOUND_ERROR_INVALID);
}

TEST_CASE("shared map: detectors share a map of one type, and one with another type is refused") {
  StreamTime time;
  SharedMaps maps(time);
  const SharedExtension extension(maps);
  ExtensionHost host(WIREHOUND_SHARED_EXTENSION, &extension.table());
  SharedMap<std::uint32_t> writer;
  SharedMap<std::uint32_t> reader;
  REQUIRE(writer.Open(host.context(), "scores", {100, 0}).has_value());
  REQUIRE(reader.Open(host.context(), "scores", {100, 0}).has_value());
  CHECK(writer.Put("10.0.0.1", 42));
  CHECK(reader.Get("10.0.0.1") == 42);
  CHECK(reader.size() == 1);
  CHECK(reader.Remove("10.0.0.1"));
  CHECK(writer.Get("10.0.0.1") == std::nullopt);
  SharedMap<std::uint64_t> stranger;
  CHECK(stranger.Open(host.context(), "scores", {100, 0}).error().message() ==
        "open shared map scores: another detector gave it other limits, or one is wrong");
  SharedTextMap texts;
  REQUIRE(texts.Open(host.context(), "texts").has_value());
  CHECK(texts.Put(std::uint64_t{7}, "seven"));
  CHECK(texts.Get(std::uint64_t{7}) == "seven");
  CHECK(texts.size() == 1);
}

TEST_CASE("shared map: without the store no map is opened and no value is kept") {
  ExtensionHost host("", nullptr);
  SharedMap<int> map;
  CHECK_FALSE(map.Open(host.context(), "m").has_value());
  CHECK_FALSE(map.Put("a", 1));
  CHECK(map.Get("a") == std::nullopt);
  CHECK(map.size() == 0);
}

}  // namespace shared_maps_test
}  // namespace wirehound::test
