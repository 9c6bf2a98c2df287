// SPDX-License-Identifier: Apache-2.0

// The cost of state for a detector, through its C tables: counting, maps, names for an address;
// and the cost of learning a name from an answer. Few keys stay in the cache, many do not.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <wirehound/abi/detector_abi.h>

#include "engine/state/instance_state.h"
#include "engine/stores/dns_extension.h"
#include "engine/stores/dns_store.h"

namespace wirehound {
namespace {

constexpr std::uint32_t kMaxKeys = 100'000;
constexpr std::uint64_t kStepNs = 1000;  // between two events

// An address and a port, as detectors count by.
struct Key {
  std::uint8_t bytes[20] = {};

  explicit Key(std::uint32_t number) { std::memcpy(bytes, &number, sizeof(number)); }
  wirehound_bytes abi() const { return {bytes, sizeof(bytes)}; }
};

// Keys in an order that no prefetcher follows.
class Order {
 public:
  explicit Order(std::int64_t keys) : keys_(static_cast<std::uint32_t>(keys)) {}
  std::uint32_t Next() { return (state_ = state_ * 1664525 + 1013904223) % keys_; }

 private:
  std::uint32_t keys_;
  std::uint32_t state_ = 1;
};

void CounterAdd(benchmark::State& state) {
  StreamTime time;
  InstanceState kept(time);
  const wirehound_state& table = kept.table();
  const wirehound_counter_options options = {
      WIREHOUND_STRUCT_SIZE(wirehound_counter_options, buckets), kMaxKeys, 60'000'000'000, 12, 0};
  std::uint32_t handle = 0;
  table.counter_create(table.context, &options, &handle);
  Order order(state.range(0));
  std::uint64_t sum = 0;
  for ([[maybe_unused]] auto _ : state) {
    time.now_ns += kStepNs;
    table.counter_add(table.context, handle, Key(order.Next()).abi(), 1, &sum);
    benchmark::DoNotOptimize(sum);
  }
}
BENCHMARK(CounterAdd)->Arg(100)->Arg(kMaxKeys)->Arg(10 * kMaxKeys);  // the last one evicts

void MapPutAndGet(benchmark::State& state) {
  StreamTime time;
  InstanceState kept(time);
  const wirehound_state& table = kept.table();
  const wirehound_map_options options = {WIREHOUND_STRUCT_SIZE(wirehound_map_options, ttl_ns),
                                         kMaxKeys, 32, 0, 60'000'000'000};
  std::uint32_t handle = 0;
  table.map_create(table.context, &options, &handle);
  Order order(state.range(0));
  const std::uint8_t value[32] = {};
  wirehound_bytes found{};
  for ([[maybe_unused]] auto _ : state) {
    time.now_ns += kStepNs;
    const Key key(order.Next());
    table.map_put(table.context, handle, key.abi(), {value, sizeof(value)});
    table.map_get(table.context, handle, key.abi(), &found);
    benchmark::DoNotOptimize(found);
  }
}
BENCHMARK(MapPutAndGet)->Arg(100)->Arg(kMaxKeys)->Arg(10 * kMaxKeys);

// A response with one address for one name, without the decoding.
class Response {
 public:
  explicit Response(std::uint32_t number) : name_("host" + std::to_string(number) + ".example") {
    address_.family = WIREHOUND_FAMILY_IPV4;
    std::memcpy(address_.bytes, &number, sizeof(number));
  }

  void TellTo(DnsStore& store, std::uint64_t now_ns) const {
    const wirehound_string name = {name_.data(), name_.size()};
    wirehound_dns_question question{};
    question.name = name;
    wirehound_dns_record record{};
    record.name = name;
    record.type = record.rclass = 1;
    record.ttl = 300;
    record.data_kind = WIREHOUND_DNS_DATA_ADDRESS;
    record.data = &address_;
    wirehound_dns dns{};
    dns.qr = 1;
    dns.questions = {&question, 1, sizeof(question)};
    dns.answers = {&record, 1, sizeof(record)};
    wirehound_process process{};
    process.process_entity_id = 7;
    store.OnMessage(dns, process, now_ns);
  }
  const wirehound_address& address() const { return address_; }

 private:
  std::string name_;
  wirehound_address address_{};
};

std::vector<Response> Responses(std::int64_t count) {
  std::vector<Response> responses;
  for (std::int64_t i = 0; i < count; ++i) {
    responses.emplace_back(static_cast<std::uint32_t>(i));
  }
  return responses;
}

void DnsLearn(benchmark::State& state) {
  StreamTime time;
  DnsStore store(time);
  const std::vector<Response> responses = Responses(state.range(0));
  Order order(state.range(0));
  for ([[maybe_unused]] auto _ : state) {
    responses[order.Next()].TellTo(store, time.now_ns += kStepNs);
  }
}
BENCHMARK(DnsLearn)->Arg(100)->Arg(DnsStore::kMaxMappings)->Arg(4 * DnsStore::kMaxMappings);

void DnsNamesOf(benchmark::State& state) {
  StreamTime time;
  DnsStore store(time);
  const std::vector<Response> responses = Responses(state.range(0));
  for (const Response& response : responses) {
    response.TellTo(store, 1);
  }
  DnsExtension extension(store);
  const wirehound_dns_store& table = extension.table();
  Order order(state.range(0));
  wirehound_list mappings{};
  for ([[maybe_unused]] auto _ : state) {
    table.names_of(table.context, &responses[order.Next()].address(), 7, {}, &mappings);
    benchmark::DoNotOptimize(mappings);
  }
}
BENCHMARK(DnsNamesOf)->Arg(100)->Arg(DnsStore::kMaxMappings);

void DnsNamesOfStranger(benchmark::State& state) {
  StreamTime time;
  DnsStore store(time);
  for (const Response& response : Responses(DnsStore::kMaxMappings)) {
    response.TellTo(store, 1);
  }
  DnsExtension extension(store);
  const wirehound_dns_store& table = extension.table();
  const Response stranger(1u << 30);
  wirehound_list mappings{};
  for ([[maybe_unused]] auto _ : state) {
    table.names_of(table.context, &stranger.address(), 7, {}, &mappings);
    benchmark::DoNotOptimize(mappings);
  }
}
BENCHMARK(DnsNamesOfStranger);

}  // namespace
}  // namespace wirehound
