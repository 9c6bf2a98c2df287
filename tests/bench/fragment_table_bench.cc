// SPDX-License-Identifier: Apache-2.0

// The cost of fragments: a datagram of 8 KiB in Ethernet-sized fragments, in order and reversed,
// and fragments that never make a datagram, each of which displaces another.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include "decoders/stream/fragment_table.h"

namespace wirehound {
namespace {

constexpr std::size_t kDatagramBytes = 8192;
constexpr std::size_t kFragmentBytes = 1480;

std::vector<IpFragment> Fragments(const std::vector<std::byte>& whole) {
  std::vector<IpFragment> fragments;
  for (std::size_t offset = 0; offset < whole.size(); offset += kFragmentBytes) {
    IpFragment fragment;
    fragment.key.src.family = fragment.key.dst.family = WIREHOUND_FAMILY_IPV4;
    const std::size_t size = std::min(kFragmentBytes, whole.size() - offset);
    fragment.offset_bytes = static_cast<std::uint32_t>(offset);
    fragment.more = offset + size < whole.size();
    fragment.bytes = std::span(whole).subspan(offset, size);
    fragments.push_back(fragment);
  }
  return fragments;
}

void Reassemble(benchmark::State& state, bool reversed) {
  const std::vector<std::byte> whole(kDatagramBytes);
  std::vector<IpFragment> fragments = Fragments(whole);
  if (reversed) {
    std::reverse(fragments.begin(), fragments.end());
  }
  FragmentTable table({}, 1);
  while (state.KeepRunning()) {
    for (IpFragment& fragment : fragments) {
      ++fragment.key.id;
      benchmark::DoNotOptimize(table.Add(fragment));
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(fragments.size()));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kDatagramBytes));
}
BENCHMARK_CAPTURE(Reassemble, in_order, false);
BENCHMARK_CAPTURE(Reassemble, reversed, true);

void NeverComplete(benchmark::State& state) {
  const std::vector<std::byte> whole(kDatagramBytes);
  IpFragment fragment = Fragments(whole).front();
  FragmentTable table({}, 1);
  while (state.KeepRunning()) {
    ++fragment.key.id;
    benchmark::DoNotOptimize(table.Add(fragment));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(NeverComplete);

}  // namespace
}  // namespace wirehound
