// SPDX-License-Identifier: Apache-2.0

// The cost of a DNS message: decoding usual ones, their answers as text, and taking them out of
// a TCP stream. ns per message; numbers are in docs/ with machine and date.

#include <algorithm>
#include <cstddef>
#include <span>

#include <benchmark/benchmark.h>

#include "decoders/dns/dns_answer_text.h"
#include "decoders/dns/dns_decoder.h"
#include "decoders/dns/dns_tcp_framer.h"
#include "tests/decoders/dns/dns_message_builder.h"

namespace wirehound::test {
namespace {

enum Shape : int { kQuery, kAddresses, kAlias, kHttps, kSigned };

constexpr unsigned kA = 1;
constexpr unsigned kCname = 5;
constexpr unsigned kOpt = 41;
constexpr unsigned kRrsig = 46;
constexpr unsigned kHttpsType = 65;

ByteWriter Cookie() { return ByteWriter().Be16(10).Be16(24).Fill(24, 0x5a); }

// Messages as resolvers and their clients send them.
DnsMessageBuilder Message(int shape) {
  DnsMessageBuilder message(shape == kQuery ? 0x0100 : 0x8180);
  message.Question("www.example.com", shape == kHttps ? kHttpsType : kA);
  switch (shape) {
    case kQuery:
      break;
    case kAddresses:
      for (int i = 1; i <= 4; ++i) {
        message.Answer(Pointer(12), kA, {192, 0, 2, i});
      }
      break;
    case kAlias:
      message.Answer(Pointer(12), kCname, NameWithPointer("edge", 16));
      message.Answer(NameWithPointer("edge", 16), kA, {192, 0, 2, 1});
      break;
    case kHttps:
      message.Answer(Pointer(12), kHttpsType,
                     ByteWriter({0, 1, 0, 0, 1, 0, 6, 2, 'h', '3', 2, 'h', '2', 0, 4, 0, 8})
                         .Fill(8, 7)
                         .Append({0, 5, 0, 70})
                         .Fill(70, 9));
      break;
    default:
      message.Answer(Pointer(12), kA, {192, 0, 2, 1});
      message.Answer(Pointer(12), kRrsig,
                     ByteWriter().Fill(18, 1).Append(Name("example.com")).Fill(64, 3));
      break;
  }
  if (shape != kAddresses) {
    message.Record(10, Name(""), kOpt, Cookie(), 1232, 0);
  }
  return message;
}

void DecodeDnsMessage(benchmark::State& state) {
  const DnsMessageBuilder message = Message(static_cast<int>(state.range(0)));
  Arena arena(kDnsArenaBytes);
  wirehound_dns dns;
  for (auto _ : state) {
    arena.Reset();
    benchmark::DoNotOptimize(DecodeDns(message.span(), arena, dns));
  }
}
BENCHMARK(DecodeDnsMessage)->DenseRange(kQuery, kSigned);

// Decoding included, as in a pipeline.
void AnswersInWords(benchmark::State& state) {
  const DnsMessageBuilder message = Message(static_cast<int>(state.range(0)));
  Arena arena(kDnsArenaBytes);
  wirehound_dns dns;
  for (auto _ : state) {
    arena.Reset();
    DecodeDns(message.span(), arena, dns);
    benchmark::DoNotOptimize(BuildDnsResponses(dns, arena));
  }
}
BENCHMARK(AnswersInWords)->DenseRange(kAddresses, kSigned);

struct CountingSink : DnsTcpSink {
  void OnDnsMessage(CapturedBytes message) override { bytes += message.bytes.size(); }
  std::size_t bytes = 0;
};

// A message of 200 bytes in segments of this size, its length included.
void FrameDnsTcp(benchmark::State& state) {
  const ByteWriter stream = ByteWriter().Be16(200).Fill(200, 1);
  const auto segment_bytes = static_cast<std::size_t>(state.range(0));
  DnsBufferPool pool;
  DnsTcpFramer framer(pool);
  CountingSink sink;
  for (auto _ : state) {
    for (std::span<const std::byte> rest = stream.span(); !rest.empty();) {
      const std::size_t size = std::min(segment_bytes, rest.size());
      framer.OnData(rest.first(size), sink);
      rest = rest.subspan(size);
    }
  }
  benchmark::DoNotOptimize(sink.bytes);
}
BENCHMARK(FrameDnsTcp)->Arg(202)->Arg(101)->Arg(1);

}  // namespace
}  // namespace wirehound::test
