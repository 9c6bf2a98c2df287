// SPDX-License-Identifier: Apache-2.0

// Bounded maps, compared with a model that is a list in the order of use.

#include "engine/state/map_table.h"

#include <algorithm>
#include <cstdint>
#include <list>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace map_table_test {

std::span<const std::uint8_t> Bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// A map with text for keys and values.
class Map {
 public:
  explicit Map(const MapTable::Options& options, std::uint64_t secret = 1)
      : table_(options), digest_(secret, ~secret) {}

  bool Put(std::string_view key, std::string_view value, std::uint64_t now = 0) {
    return table_.Put(digest_(key), Bytes(value), now);
  }
  std::optional<std::string> Get(std::string_view key, std::uint64_t now = 0) {
    const auto value = table_.Get(digest_(key), now);
    return value ? std::optional(std::string(value->begin(), value->end())) : std::nullopt;
  }
  bool Remove(std::string_view key, std::uint64_t now = 0) {
    return table_.Remove(digest_(key), now);
  }
  MapTable& table() { return table_; }
  Digest DigestOf(std::string_view key) const { return digest_(key); }

 private:
  MapTable table_;
  KeyedDigest digest_;
};

class Model {
 public:
  explicit Model(const MapTable::Options& options) : options_(options) {}

  void Put(const std::string& key, const std::string& value, std::uint64_t now) {
    Forget(now);
    const auto found = Find(key);
    if (found != entries_.end()) {
      entries_.erase(found);
    } else if (entries_.size() == options_.max_entries) {
      entries_.pop_front();
      ++evicted;
    }
    entries_.push_back({key, value, now});
  }
  std::optional<std::string> Get(const std::string& key, std::uint64_t now) {
    Forget(now);
    const auto found = Find(key);
    if (found == entries_.end()) {
      return std::nullopt;
    }
    entries_.splice(entries_.end(), entries_, found);
    return entries_.back().value;
  }
  bool Remove(const std::string& key, std::uint64_t now) {
    Forget(now);
    return entries_.remove_if([&key](const Entry& entry) { return entry.key == key; }) != 0;
  }
  std::size_t Size(std::uint64_t now) {
    Forget(now);
    return entries_.size();
  }

  std::uint64_t evicted = 0;

 private:
  struct Entry {
    std::string key, value;
    std::uint64_t put_at;
  };

  void Forget(std::uint64_t now) {
    entries_.remove_if([this, now](const Entry& entry) {
      return options_.ttl_ns != 0 && now - entry.put_at >= options_.ttl_ns;
    });
  }
  std::list<Entry>::iterator Find(const std::string& key) {
    return std::find_if(entries_.begin(), entries_.end(),
                        [&key](const Entry& entry) { return entry.key == key; });
  }

  MapTable::Options options_;
  std::list<Entry> entries_;  // least recently used first
};

void CheckAgainstModel(const MapTable::Options& options, unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&random](std::uint64_t limit) { return random() % limit; };
  Map map(options, seed);
  Model model(options);
  std::uint64_t now = 0;
  for (int i = 0; i < 20'000; ++i) {
    now += below(200) == 0 ? 300 : below(3);
    const std::string key = std::to_string(below(options.max_entries * 2));
    const std::string value(below(options.max_value_bytes + 1), static_cast<char>('a' + i % 26));
    switch (below(6)) {
      case 0:
        REQUIRE(map.Remove(key, now) == model.Remove(key, now));
        break;
      case 1:
      case 2:
        REQUIRE(map.Get(key, now) == model.Get(key, now));
        break;
      default:
        REQUIRE(map.Put(key, value, now));
        model.Put(key, value, now);
    }
    REQUIRE(map.table().evicted() == model.evicted);
    if (below(16) == 0) {
      REQUIRE(map.table().Size(now) == model.Size(now));
    }
  }
}

TEST_CASE("map: entries and evictions agree with a model, under any secret") {
  const MapTable::Options options[] = {
      {.max_entries = 10, .max_value_bytes = 20, .ttl_ns = 0},
      {.max_entries = 10, .max_value_bytes = 7, .ttl_ns = 25},
      {.max_entries = 1, .max_value_bytes = 8, .ttl_ns = 3},
      {.max_entries = 100, .max_value_bytes = 1, .ttl_ns = 60},
  };
  for (const MapTable::Options& option : options) {
    for (const unsigned seed : {1u, 2u, 3u}) {
      CAPTURE(option.max_entries);
      CheckAgainstModel(option, seed);
    }
  }
}

TEST_CASE("map: the least recently used entry makes room, and reading counts as use") {
  Map map({.max_entries = 2, .max_value_bytes = 8});
  map.Put("a", "1");
  map.Put("b", "2");
  CHECK(map.Get("a") == "1");
  map.Put("c", "3");
  CHECK(map.Get("b") == std::nullopt);
  CHECK(map.Get("a") == "1");
  CHECK(map.table().evicted() == 1);
}

TEST_CASE("map: an entry expires a fixed time after it was put, even if it is read often") {
  Map map({.max_entries = 2, .max_value_bytes = 8, .ttl_ns = 100});
  map.Put("a", "1", 1000);
  CHECK(map.Get("a", 1099) == "1");
  CHECK(map.Get("a", 1100) == std::nullopt);
  map.Put("a", "1", 2000);
  map.Put("a", "2", 2050);
  CHECK(map.Get("a", 2149) == "2");
  CHECK_FALSE(map.Remove("a", 2150));
}

TEST_CASE("map: an expired entry makes room first and does not count as evicted") {
  Map map({.max_entries = 2, .max_value_bytes = 8, .ttl_ns = 100});
  map.Put("old", "1", 0);
  map.Put("young", "2", 50);
  CHECK(map.Get("old", 60) == "1");  // used last, but it expires first
  map.Put("new", "3", 120);
  CHECK(map.Get("young", 120) == "2");
  CHECK(map.table().evicted() == 0);
}

TEST_CASE("map: a value that is too long changes nothing, and an empty value is kept") {
  Map map({.max_entries = 2, .max_value_bytes = 3});
  CHECK(map.Put("a", "123"));
  CHECK_FALSE(map.Put("a", "1234"));
  CHECK(map.Get("a") == "123");
  CHECK(map.Put("b", ""));
  CHECK(map.Get("b") == "");
}

TEST_CASE("map: a value read from the map can be put back, even over its own entry") {
  Map map({.max_entries = 1, .max_value_bytes = 16});
  map.Put("a", "0123456789");
  const auto value = *map.table().Get(map.DigestOf("a"), 0);
  CHECK(map.table().Put(map.DigestOf("b"), value, 0));
  CHECK(map.Get("b") == "0123456789");
}

}  // namespace map_table_test
}  // namespace wirehound::test
