// SPDX-License-Identifier: Apache-2.0

// Fuzz target for DNS messages in a TCP stream, cut anywhere and with gaps anywhere. Beyond
// not crashing: no message is longer than its length says, no buffer is kept or lost, and a stream
// cut into pieces gives the messages that the whole one gives.
// Input: a stream. How it is cut, and where bytes are missing, is taken from the bytes themselves,
// so that a seed is a stream from a capture.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "decoders/dns/dns_tcp_framer.h"
#include "tests/fuzz/fuzz_check.h"

namespace wirehound {
namespace {

class Sink : public DnsTcpSink {
 public:
  void OnDnsMessage(CapturedBytes message) override {
    WIREHOUND_FUZZ_CHECK(message.wire_size <= kMaxDnsTcpMessageBytes);
    WIREHOUND_FUZZ_CHECK(message.bytes.size() <= message.wire_size);
    ++count_;
    Mix(message.wire_size);
    for (const std::byte byte : message.bytes) {
      Mix(std::to_integer<std::size_t>(byte));
    }
  }

  std::size_t count() const { return count_; }
  std::size_t hash() const { return hash_; }

 private:
  void Mix(std::size_t value) { hash_ = (hash_ ^ value) * 1099511628211U; }

  std::size_t count_ = 0;
  std::size_t hash_ = 14695981039346656037U;
};

// Piece by piece, each in memory of its own. Sizes are the bytes at the piece's start.
DnsTcpVerdict FeedPieces(std::span<const std::byte> stream, DnsTcpFramer& framer, Sink& sink) {
  while (!stream.empty()) {
    const auto size = 1 + std::to_integer<std::size_t>(stream[0]) % 61;
    const std::span<const std::byte> piece = stream.first(std::min(size, stream.size()));
    framer.OnData(std::vector<std::byte>(piece.begin(), piece.end()), sink);
    stream = stream.subspan(piece.size());
  }
  framer.OnEnd(sink);
  return framer.verdict();
}

// Like FeedPieces, but some pieces are missing.
void FeedWithGaps(std::span<const std::byte> stream, DnsTcpFramer& framer, Sink& sink) {
  while (!stream.empty()) {
    const auto first = std::to_integer<std::size_t>(stream[0]);
    const std::size_t size = std::min(1 + first % 61, stream.size());
    if (first % 5 == 4) {
      framer.OnGap(size, sink);
    } else {
      framer.OnData(stream.first(size), sink);
    }
    stream = stream.subspan(size);
  }
  framer.OnEnd(sink);
}

void CheckStream(std::span<const std::byte> stream) {
  static DnsBufferPool pool;
  Sink whole_sink;
  Sink pieces_sink;
  DnsTcpFramer whole(pool);
  DnsTcpFramer pieces(pool);
  whole.OnData(stream, whole_sink);
  whole.OnEnd(whole_sink);
  WIREHOUND_FUZZ_CHECK(FeedPieces(stream, pieces, pieces_sink) == whole.verdict());
  WIREHOUND_FUZZ_CHECK(pieces_sink.count() == whole_sink.count());
  WIREHOUND_FUZZ_CHECK(pieces_sink.hash() == whole_sink.hash());
  WIREHOUND_FUZZ_CHECK(pool.in_use() == 0);
  WIREHOUND_FUZZ_CHECK(pool.refused() == 0);
}

void CheckGaps(std::span<const std::byte> stream, DnsBufferLimits limits) {
  DnsBufferPool pool(limits);
  Sink sink;
  {
    DnsTcpFramer framer(pool);
    FeedWithGaps(stream, framer, sink);
    WIREHOUND_FUZZ_CHECK(sink.count() <= stream.size() / 2);
  }
  WIREHOUND_FUZZ_CHECK(pool.in_use() == 0);
}

}  // namespace
}  // namespace wirehound

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto stream = std::as_bytes(std::span(data, size));
  wirehound::CheckStream(stream);
  wirehound::CheckGaps(stream, {.small_buffers = 1, .large_buffers = 1});
  wirehound::CheckGaps(stream, {.small_buffers = 1, .large_buffers = 0});
  wirehound::CheckGaps(stream, {.small_buffers = 0, .large_buffers = 0});
  return 0;
}
