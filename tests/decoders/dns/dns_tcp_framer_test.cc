// SPDX-License-Identifier: Apache-2.0

// DNS messages out of a TCP stream, cut at any byte, with any bytes missing.

#include "decoders/dns/dns_tcp_framer.h"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/decoders/byte_writer.h"

namespace wirehound::test {
namespace dns_tcp_framer_test {

struct Seen {
  std::vector<std::byte> bytes;
  std::size_t wire_size;
  const std::byte* data;

  bool whole() const { return bytes.size() == wire_size; }
};

struct Sink : DnsTcpSink {
  void OnDnsMessage(CapturedBytes message) override {
    messages.push_back(
        {{message.bytes.begin(), message.bytes.end()}, message.wire_size, message.bytes.data()});
  }
  std::vector<Seen> messages;
};

// A message of `size` bytes that are all `fill`.
ByteWriter Framed(std::size_t size, int fill) {
  return ByteWriter().Be16(static_cast<unsigned>(size)).Fill(size, fill);
}

bool IsFilled(const Seen& message, std::size_t size, int fill) {
  return message.bytes.size() == size &&
         std::all_of(message.bytes.begin(), message.bytes.end(),
                     [fill](std::byte byte) { return byte == static_cast<std::byte>(fill); });
}

TEST_CASE("dns tcp: a message that is whole in one segment is not copied") {
  DnsBufferPool pool;
  DnsTcpFramer framer(pool);
  Sink sink;
  const ByteWriter stream =
      ByteWriter().Append(Framed(12, 1)).Append(Framed(300, 2)).Append(Framed(13, 3));
  CHECK(framer.OnData(stream.span(), sink) == DnsTcpVerdict::kMore);
  REQUIRE(sink.messages.size() == 3);
  CHECK(IsFilled(sink.messages[0], 12, 1));
  CHECK(IsFilled(sink.messages[1], 300, 2));
  CHECK(IsFilled(sink.messages[2], 13, 3));
  CHECK(sink.messages[0].data == stream.span().data() + 2);
  CHECK(sink.messages[1].data == stream.span().data() + 16);
  CHECK(sink.messages[1].whole());
}

TEST_CASE("dns tcp: a length alone in a segment takes no buffer") {
  DnsBufferPool pool(DnsBufferLimits{0, 0});
  DnsTcpFramer framer(pool);
  Sink sink;
  const ByteWriter stream = Framed(40, 7);
  framer.OnData(stream.span().first(2), sink);
  framer.OnData(stream.span().subspan(2), sink);
  REQUIRE(sink.messages.size() == 1);
  CHECK(IsFilled(sink.messages[0], 40, 7));
  CHECK(pool.refused() == 0);
}

TEST_CASE("dns tcp: the messages do not depend on how segments cut the stream") {
  const ByteWriter stream = ByteWriter()
                                .Append(Framed(12, 1))
                                .Append(Framed(5000, 2))
                                .Append(Framed(0, 0))
                                .Append(Framed(3, 3))
                                .Append(Framed(4096, 4))
                                .Append(Framed(65535, 5));
  for (const std::size_t step : {1u, 2u, 3u, 7u, 13u, 1460u, 4096u, 65536u, 100000u}) {
    CAPTURE(step);
    DnsBufferPool pool;
    DnsTcpFramer framer(pool);
    Sink sink;
    for (std::span<const std::byte> rest = stream.span(); !rest.empty();) {
      // A copy, so that a sanitizer finds a view that is used for too long.
      const std::span<const std::byte> part = rest.first(std::min(step, rest.size()));
      const std::vector<std::byte> segment(part.begin(), part.end());
      CHECK(framer.OnData(segment, sink) == DnsTcpVerdict::kMore);
      rest = rest.subspan(part.size());
    }
    framer.OnEnd(sink);
    REQUIRE(sink.messages.size() == 6);
    CHECK(IsFilled(sink.messages[0], 12, 1));
    CHECK(IsFilled(sink.messages[1], 5000, 2));
    CHECK(IsFilled(sink.messages[2], 0, 0));
    CHECK(IsFilled(sink.messages[3], 3, 3));
    CHECK(IsFilled(sink.messages[4], 4096, 4));
    CHECK(IsFilled(sink.messages[5], 65535, 5));
    CHECK(std::all_of(sink.messages.begin(), sink.messages.end(),
                      [](const Seen& message) { return message.whole(); }));
    CHECK(pool.in_use() == 0);
    CHECK(pool.refused() == 0);
  }
}

TEST_CASE("dns tcp: a stream whose first length is too small for a message is not DNS") {
  for (const unsigned length : {0u, 1u, 11u}) {
    DnsBufferPool pool;
    DnsTcpFramer framer(pool);
    Sink sink;
    CHECK(framer.OnData(ByteWriter().Be16(length).Append(Framed(12, 1)).span(), sink) ==
          DnsTcpVerdict::kNotDns);
    CHECK(framer.OnData(Framed(12, 1).span(), sink) == DnsTcpVerdict::kNotDns);
    CHECK(framer.OnGap(5, sink) == DnsTcpVerdict::kNotDns);
    framer.OnEnd(sink);
    CHECK(sink.messages.empty());
  }
}

TEST_CASE("dns tcp: a message with a gap is reported up to the gap, and the next one is found") {
  DnsBufferPool pool;
  DnsTcpFramer framer(pool);
  Sink sink;
  const ByteWriter stream = ByteWriter().Append(Framed(100, 1)).Append(Framed(20, 2));
  SUBCASE("in the middle") {
    framer.OnData(stream.span().first(2 + 40), sink);
    CHECK(framer.OnGap(30, sink) == DnsTcpVerdict::kMore);
    CHECK(framer.OnData(stream.span().subspan(2 + 70), sink) == DnsTcpVerdict::kMore);
  }
  SUBCASE("up to its last byte") {
    framer.OnData(stream.span().first(2 + 40), sink);
    CHECK(framer.OnGap(60, sink) == DnsTcpVerdict::kMore);
    CHECK(framer.OnData(stream.span().subspan(2 + 100), sink) == DnsTcpVerdict::kMore);
  }
  SUBCASE("twice") {
    framer.OnData(stream.span().first(2 + 40), sink);
    framer.OnGap(10, sink);
    framer.OnData(stream.span().subspan(2 + 50, 10), sink);
    CHECK(framer.OnGap(10, sink) == DnsTcpVerdict::kMore);
    framer.OnData(stream.span().subspan(2 + 70), sink);
  }
  REQUIRE(sink.messages.size() == 2);
  CHECK(IsFilled(sink.messages[0], 40, 1));
  CHECK(sink.messages[0].wire_size == 100);
  CHECK(IsFilled(sink.messages[1], 20, 2));
  CHECK(pool.in_use() == 0);
}

TEST_CASE("dns tcp: a part without a whole header is not reported, and the next one is found") {
  DnsBufferPool pool;
  DnsTcpFramer framer(pool);
  Sink sink;
  const ByteWriter stream = ByteWriter().Append(Framed(100, 1)).Append(Framed(20, 2));
  framer.OnData(stream.span().first(2 + 11), sink);
  framer.OnGap(50, sink);
  framer.OnData(stream.span().subspan(2 + 61), sink);
  REQUIRE(sink.messages.size() == 1);
  CHECK(IsFilled(sink.messages[0], 20, 2));
}

TEST_CASE("dns tcp: a gap where a message starts, or beyond its end, loses the stream") {
  struct Row {
    std::size_t bytes;  // before the gap
    std::uint64_t gap;
    std::size_t messages;
  };
  const Row rows[] = {
      {0, 1, 0},                // before anything
      {1, 1, 0},                // inside the length
      {2 + 100, 1, 1},          // between two messages
      {2 + 40, 61, 1},          // one byte into the next message
      {2 + 40, UINT64_MAX, 1},  // of any size
      {2 + 11, 90, 0},          // no header of the first one was there
  };
  for (const Row& row : rows) {
    CAPTURE(row.bytes);
    CAPTURE(row.gap);
    DnsBufferPool pool;
    DnsTcpFramer framer(pool);
    Sink sink;
    framer.OnData(Framed(100, 1).span().first(row.bytes), sink);
    CHECK(framer.OnGap(row.gap, sink) == DnsTcpVerdict::kLost);
    CHECK(framer.OnData(Framed(12, 1).span(), sink) == DnsTcpVerdict::kLost);
    framer.OnEnd(sink);
    CHECK(framer.verdict() == DnsTcpVerdict::kLost);
    CHECK(sink.messages.size() == row.messages);
    CHECK(pool.in_use() == 0);
  }
}

TEST_CASE("dns tcp: a gap of 0 bytes changes nothing") {
  DnsBufferPool pool;
  DnsTcpFramer framer(pool);
  Sink sink;
  CHECK(framer.OnGap(0, sink) == DnsTcpVerdict::kMore);
}

TEST_CASE("dns tcp: at the end of the stream the beginning of the last message is reported") {
  const ByteWriter stream = Framed(100, 1);
  for (const std::size_t body : {0u, 11u, 12u, 99u}) {
    CAPTURE(body);
    DnsBufferPool pool;
    DnsTcpFramer framer(pool);
    Sink sink;
    framer.OnData(stream.span().first(2 + body), sink);
    CHECK(sink.messages.empty());
    framer.OnEnd(sink);
    REQUIRE(sink.messages.size() == (body >= 12 ? 1 : 0));
    if (body >= 12) {
      CHECK(IsFilled(sink.messages[0], body, 1));
      CHECK(sink.messages[0].wire_size == 100);
    }
    CHECK(pool.in_use() == 0);
  }
}

TEST_CASE("dns tcp: without a buffer a message is cut to its first part, and the next is found") {
  const ByteWriter stream = ByteWriter().Append(Framed(6000, 1)).Append(Framed(20, 2));
  struct Row {
    DnsBufferLimits limits;
    std::size_t first_part;
    std::size_t shown;  // bytes of the first message, 0 when it is not reported
  };
  const Row rows[] = {
      {{0, 0}, 2 + 1000, 1000},  // no buffer at all: the part in the first segment
      {{0, 0}, 2 + 5, 0},        // that part has no whole header
      {{1, 0}, 2 + 3000, 3000},  // outgrew the small buffer
  };
  for (const Row& row : rows) {
    CAPTURE(row.first_part);
    DnsBufferPool pool(row.limits);
    DnsTcpFramer framer(pool);
    Sink sink;
    framer.OnData(stream.span().first(row.first_part), sink);
    framer.OnData(stream.span().subspan(row.first_part, 2000), sink);
    CHECK(framer.OnData(stream.span().subspan(row.first_part + 2000), sink) ==
          DnsTcpVerdict::kMore);
    REQUIRE(sink.messages.size() == (row.shown == 0 ? 1 : 2));
    if (row.shown != 0) {
      CHECK(IsFilled(sink.messages[0], row.shown, 1));
      CHECK(sink.messages[0].wire_size == 6000);
    }
    CHECK(IsFilled(sink.messages.back(), 20, 2));
    CHECK(pool.refused() == 1);
    CHECK(pool.in_use() == 0);
  }
}

TEST_CASE("dns tcp: a destroyed framer returns its buffer") {
  DnsBufferPool pool;
  Sink sink;
  {
    DnsTcpFramer framer(pool);
    framer.OnData(Framed(100, 1).span().first(50), sink);
    CHECK(pool.in_use() == 1);
  }
  CHECK(pool.in_use() == 0);
}

TEST_CASE("dns buffer pool: returned buffers are lent again, and each size has its own limit") {
  DnsBufferPool pool(DnsBufferLimits{2, 1});
  std::byte* small = pool.Take(kSmallDnsBufferBytes);
  std::byte* other = pool.Take(1);
  CHECK(small != nullptr);
  CHECK(other != nullptr);
  CHECK(small != other);
  CHECK(pool.Take(1) == nullptr);
  std::byte* large = pool.Take(kSmallDnsBufferBytes + 1);
  CHECK(large != nullptr);
  CHECK(pool.Take(kMaxDnsTcpMessageBytes) == nullptr);
  CHECK(pool.refused() == 2);
  CHECK(pool.in_use() == 3);
  pool.Return(small, kSmallDnsBufferBytes);
  CHECK(pool.Take(100) == small);
  pool.Return(large, kMaxDnsTcpMessageBytes);
  CHECK(pool.Take(kMaxDnsTcpMessageBytes) == large);
}

}  // namespace dns_tcp_framer_test
}  // namespace wirehound::test
