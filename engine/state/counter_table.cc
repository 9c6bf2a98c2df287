// SPDX-License-Identifier: Apache-2.0

// The payload of an entry is two numbers and a ring of counts, one for each bucket. A bucket's
// number is the stream time divided by its width, so the buckets of all keys begin together.

#include "engine/state/counter_table.h"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace wirehound {

/// What stands before the counts of a key.
struct CounterTable::Window {
  std::uint64_t newest;  ///< the number of its newest bucket
  std::uint64_t sum;     ///< of all counts
};

namespace {

constexpr std::size_t kWindowWords = 2;

// Buckets are at least one nanosecond wide.
std::uint32_t BucketsOf(const CounterTable::Options& options) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(options.buckets, options.window_ns));
}

BoundedTable::Shape ShapeOf(const CounterTable::Options& options) {
  const std::uint32_t buckets = BucketsOf(options);
  return {
      .max_entries = options.max_keys,
      .payload_bytes = static_cast<std::uint32_t>((kWindowWords + buckets) * sizeof(std::uint64_t)),
      .aging = Aging::kSinceUse,
      .max_age_ns = options.window_ns / buckets * buckets};
}

}  // namespace

std::uint64_t CounterTable::BytesFor(const Options& options) {
  return BoundedTable::BytesFor(ShapeOf(options));
}

CounterTable::CounterTable(const Options& options)
    : buckets_(BucketsOf(options)),
      bucket_ns_(options.window_ns / buckets_),
      table_(ShapeOf(options)) {
  static_assert(sizeof(Window) == kWindowWords * sizeof(std::uint64_t));
}

std::uint64_t CounterTable::Add(const Digest& key, std::uint64_t amount, std::uint64_t now_ns) {
  const std::uint64_t bucket = now_ns / bucket_ns_;
  BoundedTable::Entry* entry = table_.Find(key);
  if (entry == nullptr) {
    entry = &table_.Add(key, bucket * bucket_ns_);
    std::uint64_t* fresh = BoundedTable::Payload(*entry);
    std::fill_n(fresh, kWindowWords + buckets_, 0);
    fresh[0] = bucket;
  }
  std::uint64_t* payload = BoundedTable::Payload(*entry);
  Window window = {payload[0], payload[1]};
  std::uint64_t* counts = payload + kWindowWords;
  Advance(window, counts, bucket);
  const std::uint64_t counted =
      std::min(amount, std::numeric_limits<std::uint64_t>::max() - window.sum);
  window.sum += counted;
  counts[window.newest % buckets_] += counted;
  payload[0] = window.newest;
  payload[1] = window.sum;
  table_.Use(*entry);
  table_.Stamp(*entry, window.newest * bucket_ns_);
  return window.sum;
}

std::uint64_t CounterTable::Sum(const Digest& key, std::uint64_t now_ns) {
  BoundedTable::Entry* entry = table_.Find(key);
  if (entry == nullptr) {
    return 0;
  }
  std::uint64_t* payload = BoundedTable::Payload(*entry);
  Window window = {payload[0], payload[1]};
  Advance(window, payload + kWindowWords, now_ns / bucket_ns_);
  payload[0] = window.newest;
  payload[1] = window.sum;
  return window.sum;
}

void CounterTable::Reset(const Digest& key) {
  if (BoundedTable::Entry* entry = table_.Find(key)) {
    table_.Remove(*entry);
  }
}

// Empties the buckets that time has passed by.
void CounterTable::Advance(Window& window, std::uint64_t* counts, std::uint64_t bucket) const {
  if (bucket <= window.newest) {
    return;
  }
  const std::uint64_t passed = std::min<std::uint64_t>(bucket - window.newest, buckets_);
  for (std::uint64_t i = 1; i <= passed; ++i) {
    std::uint64_t& count = counts[(window.newest + i) % buckets_];
    window.sum -= count;
    count = 0;
  }
  window.newest = bucket;
}

}  // namespace wirehound
