// SPDX-License-Identifier: Apache-2.0

// The cost of decoding the headers of a frame, by kind of frame and for a mix of them.

#include <cstddef>
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include "decoders/packet/packet_decoder.h"
#include "tests/decoders/packet_builder.h"

namespace wirehound::test {
namespace {

constexpr unsigned kEtherIpv4 = 0x0800;
constexpr unsigned kEtherIpv6 = 0x86dd;
constexpr unsigned kEtherVlan = 0x8100;
constexpr unsigned kIcmp = 1;
constexpr unsigned kTcp = 6;
constexpr unsigned kUdp = 17;
constexpr unsigned kIcmpv6 = 58;

ByteWriter Frame(unsigned ether_type, const ByteWriter& packet) {
  return Ethernet(ether_type).Append(packet);
}

// As it is in nearly every segment: two fillers and a timestamp.
ByteWriter TcpOptions() { return ByteWriter({1, 1, 8, 10}).Be32(0x11223344).Be32(0x55667788); }

ByteWriter Echo() { return ByteWriter({8, 0}).Be16(0).Be16(7).Be16(1).Fill(56, 0x61); }

ByteWriter TcpFrame() {
  return Frame(kEtherIpv4, Ipv4(kTcp, Tcp(ByteWriter().Fill(512, 0x61), TcpOptions())));
}
ByteWriter UdpFrame() { return Frame(kEtherIpv4, Ipv4(kUdp, Udp(ByteWriter().Fill(48)))); }
ByteWriter VlanFrame() {
  const ByteWriter tag = ByteWriter().Be16(42).Be16(kEtherIpv4);
  return Frame(kEtherVlan, ByteWriter(tag).Append(Ipv4(kTcp, Tcp(ByteWriter().Fill(512)))));
}
ByteWriter Ipv6Frame() {
  return Frame(kEtherIpv6, Ipv6(kTcp, Tcp(ByteWriter().Fill(512), TcpOptions())));
}
ByteWriter Icmpv6Frame() { return Frame(kEtherIpv6, Ipv6(kIcmpv6, Echo())); }
ByteWriter IcmpFrame() { return Frame(kEtherIpv4, Ipv4(kIcmp, Echo())); }
ByteWriter ArpFrame() { return Frame(0x0806, ByteWriter().Fill(28)); }

void DecodeFrame(benchmark::State& state, const std::vector<ByteWriter>& frames) {
  Packet packet;
  std::size_t next = 0;
  for (auto _ : state) {
    const ByteWriter& frame = frames[next];
    benchmark::DoNotOptimize(DecodePacket(LinkType::kEthernet, frame.span(), frame.size(), packet));
    benchmark::ClobberMemory();
    next = next + 1 == frames.size() ? 0 : next + 1;
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(DecodeFrame, tcp, {TcpFrame()});
BENCHMARK_CAPTURE(DecodeFrame, udp, {UdpFrame()});
BENCHMARK_CAPTURE(DecodeFrame, vlan, {VlanFrame()});
BENCHMARK_CAPTURE(DecodeFrame, ipv6, {Ipv6Frame()});
BENCHMARK_CAPTURE(DecodeFrame, icmp, {IcmpFrame()});
BENCHMARK_CAPTURE(DecodeFrame, icmpv6, {Icmpv6Frame()});

// Enough of each kind that no branch predictor learns the order.
std::vector<ByteWriter> Mix() {
  const std::vector<ByteWriter> kinds = {TcpFrame(),  UdpFrame(),  VlanFrame(),   Ipv6Frame(),
                                         IcmpFrame(), ArpFrame(),  Icmpv6Frame(), TcpFrame(),
                                         TcpFrame(),  Ipv6Frame(), UdpFrame(),    TcpFrame()};
  std::vector<ByteWriter> frames;
  std::uint32_t state = 1;
  for (int i = 0; i < 4096; ++i) {
    state = state * 1664525 + 1013904223;  // always the same order
    frames.push_back(kinds[(state >> 16) % kinds.size()]);
  }
  return frames;
}
BENCHMARK_CAPTURE(DecodeFrame, mix, Mix());

}  // namespace
}  // namespace wirehound::test
