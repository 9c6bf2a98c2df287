// SPDX-License-Identifier: Apache-2.0

// The SDK's counters and maps on top of the engine's state, as a detector uses them.

#include <wirehound/state.h>

#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include "engine/state/instance_state.h"
#include "tests/engine/stores/extension_host.h"

namespace wirehound::test {
namespace sdk_state_test {

struct Engine {
  StreamTime time;
  InstanceState state{time};
  ExtensionHost host{WIREHOUND_STATE_EXTENSION, &state.table()};
};

struct Seen {
  std::uint64_t first_ns;
  std::uint16_t port;
};

TEST_CASE("window counter: equal keys of different types share a count") {
  Engine engine;
  WindowCounter counter;
  REQUIRE(counter.Create(engine.host.context(), {100, 1000, 10}).has_value());
  wirehound_address address{};
  address.family = WIREHOUND_FAMILY_IPV4;
  address.bytes[0] = 10;
  CHECK(counter.Add(address) == 1);
  CHECK(counter.Add(Address(address)) == 2);
  address.reserved[3] = 1;  // reserved bytes are not part of the key
  CHECK(counter.Add(address, 5) == 7);
  CHECK(counter.Add("name") == 1);
  CHECK(counter.Add(std::string("name")) == 2);
  CHECK(counter.Add(wirehound_string{"name", 4}) == 3);
  CHECK(counter.Add(std::uint32_t{1}) == 1);
  CHECK(counter.Add(std::uint64_t{1}) == 1);  // another size is another key
  struct Pair {
    std::uint32_t entity;
    std::uint16_t port, reserved;
  };
  CHECK(counter.Add(Pair{1, 2, 0}) == 1);
  CHECK(counter.Add(Pair{1, 2, 0}) == 2);
  CHECK(counter.Sum("name") == 3);
  counter.Reset("name");
  CHECK(counter.Sum("name") == 0);
  engine.time.Advance(2000);
  CHECK(counter.Sum(address) == 0);
}

TEST_CASE("lru map: a value reads back with its type") {
  Engine engine;
  LruMap<Seen> map;
  REQUIRE(map.Create(engine.host.context(), {2, 1000}).has_value());
  CHECK(map.Put("a", {17, 443}));
  REQUIRE(map.Get("a").has_value());
  CHECK(map.Get("a")->first_ns == 17);
  CHECK(map.Get("a")->port == 443);
  map.Put("b", {});
  map.Put("c", {});
  CHECK_FALSE(map.Get("a").has_value());
  CHECK(map.evicted() == 1);
  CHECK(map.Remove("b"));
  CHECK_FALSE(map.Remove("b"));
  engine.time.Advance(1000);
  CHECK_FALSE(map.Get("c").has_value());
}

TEST_CASE("text lru map: a text of any length up to the limit is kept") {
  Engine engine;
  TextLruMap map;
  REQUIRE(map.Create(engine.host.context(), {10, 8, 0}).has_value());
  CHECK(map.Put("k", "12345678"));
  CHECK_FALSE(map.Put("k", "123456789"));
  CHECK(map.Get("k") == "12345678");
  CHECK(map.Put("k", ""));
  CHECK(map.Get("k") == "");
  CHECK(map.evicted() == 0);
}

TEST_CASE(
    "state of the sdk: a refused counter or map gives the engine's error and then does nothing") {
  Engine engine;
  WindowCounter counter;
  CHECK(counter.Create(engine.host.context(), {0, 1000, 10}).error().message() ==
        "create counter: an option is out of range");
  CHECK(counter.Add("a") == 0);
  LruMap<std::uint64_t> map;
  CHECK(map.Create(engine.host.context(), {UINT32_MAX, 0}).error().message() ==
        "create map: more state than a detector may have");
  CHECK_FALSE(map.Put("a", 1));
  ExtensionHost nothing("", nullptr);
  TextLruMap texts;
  CHECK(texts.Create(nothing.context()).error().message() ==
        "create map: the engine keeps no such state");
  CHECK(texts.Get("a") == std::nullopt);
  CHECK(texts.evicted() == 0);
}

}  // namespace sdk_state_test
}  // namespace wirehound::test
