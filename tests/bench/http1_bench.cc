// SPDX-License-Identifier: Apache-2.0

// The cost of HTTP/1.x: a typical request and response whole and in pieces, a body, and a look at
// the first bytes of a connection.

#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "decoders/core/arena.h"
#include "decoders/http/http1_connection.h"
#include "decoders/http/http_buffer_pool.h"
#include "decoders/http/http_detection.h"

namespace wirehound {
namespace {

// 10 fields, 500 bytes.
constexpr std::string_view kRequest =
    "GET /assets/images/logo.svg?version=20240117&theme=dark HTTP/1.1\r\n"
    "Host: www.example.com\r\n"
    "Connection: keep-alive\r\n"
    "Cache-Control: max-age=0\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8\r\n"
    "Referer: https://www.example.com/index.html\r\n"
    "Accept-Encoding: gzip, deflate\r\n"
    "Accept-Language: en-GB,en;q=0.9\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; lang=en\r\n\r\n";

constexpr std::string_view kResponse =
    "HTTP/1.1 200 OK\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nServer: nginx\r\n"
    "Content-Type: text/html; charset=utf-8\r\nContent-Length: 10\r\nConnection: keep-alive\r\n"
    "Etag: \"5e1-5f0\"\r\nAccept-Ranges: bytes\r\n\r\n0123456789";

class Count : public HttpSink {
 public:
  void OnHttpMessage(HttpSide /*sender*/, const wirehound_http& message) override {
    fields += message.headers.count;
  }
  void OnHttpAnomaly(HttpSide /*sender*/, const Anomaly& /*anomaly*/) override { ++fields; }
  std::uint64_t fields = 0;
};

std::span<const std::byte> Bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

struct Setup {
  Count sink;
  Arena arena{kHttp1ArenaBytes};
  HttpBufferPool pool{std::size_t{1} << 20};
  Http1Connection connection{sink, arena, pool};
};

void RequestAndResponse(benchmark::State& state) {
  Setup setup;
  while (state.KeepRunning()) {
    setup.connection.OnData(HttpSide::kClient, 0, Bytes(kRequest));
    setup.connection.OnData(HttpSide::kServer, 0, Bytes(kResponse));
  }
  benchmark::DoNotOptimize(setup.sink.fields);
  state.SetItemsProcessed(state.iterations() * 2);
}
BENCHMARK(RequestAndResponse);

// The requests of a client whose responses are not seen.
void Request(benchmark::State& state) {
  Setup setup;
  while (state.KeepRunning()) {
    setup.connection.OnData(HttpSide::kClient, 0, Bytes(kRequest));
  }
  benchmark::DoNotOptimize(setup.sink.fields);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kRequest.size()));
}
BENCHMARK(Request);

void RequestInSegments(benchmark::State& state) {
  Setup setup;
  const auto size = static_cast<std::size_t>(state.range(0));
  while (state.KeepRunning()) {
    for (std::size_t i = 0; i < kRequest.size(); i += size) {
      setup.connection.OnData(HttpSide::kClient, 0, Bytes(kRequest.substr(i, size)));
    }
  }
  benchmark::DoNotOptimize(setup.sink.fields);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kRequest.size()));
}
BENCHMARK(RequestInSegments)->Arg(1)->Arg(16)->Arg(250);

// A chunk of 64 KiB, in segments of 1460 bytes.
void ChunkedBody(benchmark::State& state) {
  Setup setup;
  setup.connection.OnData(HttpSide::kServer, 0,
                          Bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
  const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  while (state.KeepRunning()) {
    for (std::size_t i = 0; i < chunk.size(); i += 1460) {
      setup.connection.OnData(HttpSide::kServer, 0, Bytes(std::string_view(chunk).substr(i, 1460)));
    }
  }
  benchmark::DoNotOptimize(setup.sink.fields);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(chunk.size()));
}
BENCHMARK(ChunkedBody);

void Guess(benchmark::State& state, std::string_view text) {
  while (state.KeepRunning()) {
    benchmark::DoNotOptimize(text);
    benchmark::DoNotOptimize(GuessHttp(Bytes(text)));
  }
}
BENCHMARK_CAPTURE(Guess, get, kRequest);
BENCHMARK_CAPTURE(Guess, response, kResponse);
BENCHMARK_CAPTURE(Guess, long_method, "UPDATEREDIRECTREF / HTTP/1.1\r\n\r\n");
BENCHMARK_CAPTURE(Guess, tls,
                  "\x16\x03\x01\x02\x01\x01\x01\x01\xfc\x03\x03 and so on, much longer");
BENCHMARK_CAPTURE(Guess, ssh, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u2\r\n");

}  // namespace
}  // namespace wirehound
