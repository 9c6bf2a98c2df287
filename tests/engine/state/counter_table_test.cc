// SPDX-License-Identifier: Apache-2.0

// Sliding-window counters, compared with a model that keeps every count.

#include "engine/state/counter_table.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <list>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace wirehound::test {
namespace counter_table_test {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

// The digests of numbered keys under a secret.
class Keys {
 public:
  explicit Keys(std::uint64_t secret) : digest_(secret, ~secret) {}
  Digest operator()(int key) const { return digest_(std::to_string(key)); }

 private:
  KeyedDigest digest_;
};

// The slow, simple counter that a CounterTable must agree with.
class Model {
 public:
  explicit Model(const CounterTable::Options& options)
      : options_(options),
        buckets_(std::min<std::uint64_t>(options.buckets, options.window_ns)),
        bucket_ns_(options.window_ns / buckets_) {}

  std::uint64_t Add(int key, std::uint64_t amount, std::uint64_t now) {
    Forget(now);
    auto found = Find(key);
    if (found == keys_.end()) {
      if (keys_.size() == options_.max_keys) {
        keys_.pop_front();
        ++evicted;
      }
      keys_.push_back({key, {}});
    } else {
      keys_.splice(keys_.end(), keys_, found);
    }
    keys_.back().counts.push_back({now, amount});
    return Sum(key, now);
  }
  std::uint64_t Sum(int key, std::uint64_t now) {
    const auto found = Find(key);
    std::uint64_t sum = 0;
    if (found != keys_.end()) {
      for (const Count& count : found->counts) {
        sum += Counts(count, now) ? count.amount : 0;
      }
    }
    return sum;
  }
  void Reset(int key) {
    keys_.remove_if([key](const Key& other) { return other.key == key; });
  }

  std::uint64_t evicted = 0;

 private:
  struct Count {
    std::uint64_t at, amount;
  };
  struct Key {
    int key;
    std::vector<Count> counts;
  };

  bool Counts(const Count& count, std::uint64_t now) const {
    return count.at / bucket_ns_ + buckets_ > now / bucket_ns_;
  }
  // Removes the keys whose counts have all left the window.
  void Forget(std::uint64_t now) {
    keys_.remove_if([this, now](const Key& key) { return !Counts(key.counts.back(), now); });
  }
  std::list<Key>::iterator Find(int key) {
    return std::find_if(keys_.begin(), keys_.end(),
                        [key](const Key& other) { return other.key == key; });
  }

  CounterTable::Options options_;
  std::uint64_t buckets_, bucket_ns_;
  std::list<Key> keys_;  // least recently counted first
};

void CheckAgainstModel(const CounterTable::Options& options, unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&random](std::uint64_t limit) { return random() % limit; };
  CounterTable table(options);
  Model model(options);
  const Keys keys(seed);
  std::uint64_t now = 1'000'000;
  for (int i = 0; i < 20'000; ++i) {
    // Mostly steps within a bucket, sometimes over several, rarely beyond the window.
    now += below(100) == 0 ? below(options.window_ns * 3) : below(options.window_ns / 8 + 2);
    const int key = static_cast<int>(below(options.max_keys * 2));
    switch (below(8)) {
      case 0:
        table.Reset(keys(key));
        model.Reset(key);
        break;
      case 1:
      case 2:
        REQUIRE(table.Sum(keys(key), now) == model.Sum(key, now));
        break;
      default:
        const std::uint64_t amount = below(5);
        REQUIRE(table.Add(keys(key), amount, now) == model.Add(key, amount, now));
    }
    REQUIRE(table.evicted() == model.evicted);
    REQUIRE(table.size() <= options.max_keys);
  }
}

TEST_CASE("counter: sums and evictions agree with a model that keeps every count") {
  const CounterTable::Options options[] = {
      {.max_keys = 8, .window_ns = 60'000, .buckets = 12},
      {.max_keys = 5, .window_ns = 1000, .buckets = 1},
      {.max_keys = 1, .window_ns = 1000, .buckets = 7},
      {.max_keys = 30, .window_ns = 640, .buckets = 64},
      {.max_keys = 6, .window_ns = 5, .buckets = 64},  // no bucket is shorter than a nanosecond
  };
  for (const CounterTable::Options& option : options) {
    for (const unsigned seed : {1u, 2u, 3u}) {
      CAPTURE(option.buckets);
      CheckAgainstModel(option, seed);
    }
  }
}

TEST_CASE("counter: a count leaves the window with its bucket") {
  CounterTable table({.max_keys = 4, .window_ns = 100, .buckets = 10});
  const Keys keys(1);
  CHECK(table.Add(keys(1), 1, 1009) == 1);
  CHECK(table.Add(keys(1), 1, 1010) == 2);
  CHECK(table.Sum(keys(1), 1099) == 2);
  CHECK(table.Sum(keys(1), 1100) == 1);
  CHECK(table.Sum(keys(1), 1110) == 0);
}

TEST_CASE("counter: with one bucket the sum starts again with each window") {
  CounterTable table({.max_keys = 4, .window_ns = 100, .buckets = 1});
  const Keys keys(1);
  CHECK(table.Add(keys(1), 1, 1000) == 1);
  CHECK(table.Add(keys(1), 1, 1099) == 2);
  CHECK(table.Add(keys(1), 1, 1100) == 1);
}

TEST_CASE("counter: time may jump to its largest value or go back") {
  CounterTable table({.max_keys = 4, .window_ns = 64, .buckets = 64});
  const Keys keys(1);
  CHECK(table.Add(keys(1), 5, 0) == 5);
  CHECK(table.Add(keys(1), 1, kMax) == 1);
  CHECK(table.Add(keys(1), 1, 3) == 2);  // counts into the newest bucket
  CHECK(table.Sum(keys(1), 3) == 2);
}

TEST_CASE("counter: a sum that does not fit stays at the largest number") {
  CounterTable table({.max_keys = 4, .window_ns = 100, .buckets = 10});
  const Keys keys(1);
  CHECK(table.Add(keys(1), kMax - 1, 1000) == kMax - 1);
  CHECK(table.Add(keys(1), 7, 1010) == kMax);
  CHECK(table.Sum(keys(1), 1100) == 1);  // old counts still leave the window
}

TEST_CASE("counter: reading a sum does not make a key recently used") {
  CounterTable table({.max_keys = 2, .window_ns = 1000, .buckets = 10});
  const Keys keys(1);
  table.Add(keys(1), 1, 1);
  table.Add(keys(2), 1, 1);
  CHECK(table.Sum(keys(1), 1) == 1);
  table.Add(keys(3), 1, 1);
  CHECK(table.Sum(keys(1), 1) == 0);
  CHECK(table.Sum(keys(2), 1) == 1);
  CHECK(table.evicted() == 1);
}

}  // namespace counter_table_test
}  // namespace wirehound::test
