// SPDX-License-Identifier: Apache-2.0

// How fast HTTP/2 connections are read: a request and its response on a connection that has been
// going for a while, bodies of several sizes, and header blocks in tiny pieces.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "decoders/http/http2_connection.h"
#include "tests/decoders/http/http2_test_support.h"

namespace wirehound {
namespace {

using test::HpackEncoder;

class Counter : public HttpSink {
 public:
  void OnHttpMessage(HttpSide, const wirehound_http&) override { ++messages; }
  void OnHttpAnomaly(HttpSide, const Anomaly&) override { ++anomalies; }
  std::int64_t messages = 0;
  std::int64_t anomalies = 0;
};

// What a browser and a usual server send, once their tables are filled.
struct Exchange {
  explicit Exchange(std::size_t body_bytes) {
    const test::Fields ask = {
        {":method", "GET"},
        {":scheme", "http"},
        {":authority", "www.example.com"},
        {":path", "/articles/2024/index.html?page=2"},
        {"user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"},
        {"accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
        {"accept-language", "en-US,en;q=0.5"},
        {"accept-encoding", "gzip, deflate"},
        {"cookie", "session=0123456789abcdef0123456789abcdef"},
    };
    const test::Fields answer = {
        {":status", "200"},           {"date", "Thu, 01 Jan 2026 00:00:00 GMT"},
        {"server", "nginx/1.24.0"},   {"content-type", "text/html; charset=utf-8"},
        {"cache-control", "private"}, {"content-length", std::to_string(body_bytes)},
        {"vary", "Accept-Encoding"},
    };
    HpackEncoder client;
    HpackEncoder server;
    first_request = test::Preface().Append(test::Settings());
    first_request.Append(test::Headers(1, test::kWhole, client.Encode(ask)));
    first_response = test::Settings().Append(Response(server.Encode(answer), body_bytes));
    request = test::Headers(1, test::kWhole, client.Encode(ask));
    response = Response(server.Encode(answer), body_bytes);
  }

  static test::ByteWriter Response(const test::ByteWriter& block, std::size_t body_bytes) {
    const int flags = body_bytes == 0 ? test::kWhole : test::kEndHeaders;
    test::ByteWriter out = test::Headers(1, flags, block);
    for (std::size_t left = body_bytes; left > 0;) {
      const std::size_t size = std::min<std::size_t>(left, kHttp2DefaultFrameBytes);
      left -= size;
      out.Append(test::Data(1, left == 0 ? test::kEndStream : 0, size));
    }
    return out;
  }

  test::ByteWriter first_request;
  test::ByteWriter first_response;
  test::ByteWriter request;
  test::ByteWriter response;
};

// Feeds the same exchange over and over, each time as the next stream.
class Feeder {
 public:
  explicit Feeder(std::size_t body_bytes)
      : exchange_(body_bytes),
        request_(exchange_.request.span().begin(), exchange_.request.span().end()),
        response_(exchange_.response.span().begin(), exchange_.response.span().end()) {
    Send(HttpSide::kClient, exchange_.first_request.span(), kSegment);
    Send(HttpSide::kServer, exchange_.first_response.span(), kSegment);
  }

  void Run(std::size_t step) {
    stream_ += 2;
    SetStream(request_);
    SetStream(response_);
    Send(HttpSide::kClient, request_, step);
    Send(HttpSide::kServer, response_, step);
  }

  std::int64_t bytes() const {
    return static_cast<std::int64_t>(request_.size() + response_.size());
  }
  const Counter& counter() const { return counter_; }

  static constexpr std::size_t kSegment = 1448;

 private:
  // Each frame's stream is this one.
  void SetStream(std::vector<std::byte>& frames) const {
    for (std::size_t at = 0; at < frames.size();) {
      for (std::size_t i = 0; i < 4; ++i) {
        frames[at + 5 + i] = static_cast<std::byte>(stream_ >> (24 - 8 * i) & 0xffu);
      }
      const auto byte = [&](std::size_t i) { return std::to_integer<std::size_t>(frames[at + i]); };
      at += kHttp2FrameHeaderBytes + (byte(0) << 16 | byte(1) << 8 | byte(2));
    }
  }

  void Send(HttpSide side, std::span<const std::byte> bytes, std::size_t step) {
    std::uint64_t& offset = offsets_[static_cast<std::size_t>(side)];
    while (!bytes.empty()) {
      const auto piece = bytes.first(std::min(step, bytes.size()));
      connection_.OnData(side, offset, piece);
      offset += piece.size();
      bytes = bytes.subspan(piece.size());
    }
  }

  Exchange exchange_;
  std::vector<std::byte> request_;
  std::vector<std::byte> response_;
  std::uint32_t stream_ = 1;
  Counter counter_;
  Arena arena_{kHttp2ArenaBytes};
  Http2Pool pool_;
  Http2Connection connection_{counter_, arena_, pool_};
  std::array<std::uint64_t, 2> offsets_{};
};

void Exchanges(benchmark::State& state) {
  Feeder feeder(static_cast<std::size_t>(state.range(0)));
  const auto step = static_cast<std::size_t>(state.range(1));
  for ([[maybe_unused]] auto _ : state) {
    feeder.Run(step);
  }
  state.SetBytesProcessed(state.iterations() * feeder.bytes());
  state.SetItemsProcessed(feeder.counter().messages);
  if (feeder.counter().anomalies != 0) {
    state.SkipWithError("the traffic is meant to be sound");
  }
}

// Body bytes, bytes per segment.
BENCHMARK(Exchanges)
    ->Args({0, 1448})
    ->Args({1000, 1448})
    ->Args({100000, 1448})
    ->Args({1000, 16})
    ->Args({1000, 1});

}  // namespace
}  // namespace wirehound
