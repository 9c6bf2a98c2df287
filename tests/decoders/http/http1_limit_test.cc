// SPDX-License-Identifier: Apache-2.0

// Heads beyond the limits: they are reported in part, and memory stays within bounds.

#include <string>

#include <doctest/doctest.h>

#include "tests/decoders/http/http1_test_support.h"

namespace wirehound::test {
namespace http1_limit_test {

// The memory that waiting requests may take.
constexpr std::size_t kWaiting = 4 * kMinHttpBufferBytes;
constexpr std::string_view kStart = "GET / HTTP/1.1\r\n";

// Fed at once and in small segments.
struct BothWays {
  explicit BothWays(const std::string& input) {
    at_once.Client(input);
    for (std::size_t i = 0; i < input.size(); i += 777) {
      in_pieces.Client(std::string_view(input).substr(i, 777));
    }
    CHECK(at_once.sink.lines == in_pieces.sink.lines);
    CHECK(in_pieces.pool.used_bytes() <= kWaiting);
  }
  Http1Talk at_once;
  Http1Talk in_pieces;
};

TEST_CASE("http1: a long line is cut and reported") {
  const std::string value(kMaxHttpLineBytes, 'v');
  BothWays talk(std::string(kStart) + "A: " + value + "\r\nB: c\r\n\r\n");
  CHECK(talk.at_once.Lines() == "> !http_line_too_long\n> GET / HTTP/1.1 length 0 {A: " +
                                    value.substr(3) + "; B: c} truncated");
}

TEST_CASE("http1: the longest line is not cut") {
  const std::string value(kMaxHttpLineBytes - 3, 'v');
  BothWays talk(std::string(kStart) + "A: " + value + "\r\n\r\n");
  CHECK(talk.at_once.Lines() == "> GET / HTTP/1.1 length 0 {A: " + value + "}");
}

TEST_CASE("http1: a long target is cut and reported") {
  const std::string path = "/" + std::string(kMaxHttpLineBytes, 'p');
  BothWays talk("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(talk.at_once.Lines() == "> !http_line_too_long\n> GET h " +
                                    path.substr(0, kMaxHttpLineBytes) +
                                    " HTTP/1.1 length 0 {} truncated");
}

TEST_CASE("http1: the beginning of a head that is too long is reported") {
  std::string head(kStart);
  std::string fields;
  while (head.size() < kMaxHttpHeadBytes) {
    head += "Name: " + std::string(1000, 'x') + "\r\n";
  }
  BothWays talk(head + "Last: y\r\n\r\n");
  const std::string lines = talk.at_once.Lines();
  CHECK(lines.starts_with("> !http_header_too_large\n> GET / HTTP/1.1 length 0 {Name: xxx"));
  CHECK(lines.ends_with("x} truncated"));
  CHECK(lines.find("Last") == std::string::npos);
  CHECK(talk.at_once.sink.messages == 1);
  // The direction is lost, and found again.
  CHECK(talk.at_once.Client("GET /next HTTP/1.1\r\n\r\n") == HttpVerdict::kMore);
  CHECK(talk.at_once.sink.messages == 2);
}

TEST_CASE("http1: a head of the greatest length is reported whole") {
  std::string head(kStart);
  while (kMaxHttpHeadBytes - head.size() > 2000) {
    head += "Name: " + std::string(992, 'x') + "\r\n";
  }
  const std::size_t rest = kMaxHttpHeadBytes - head.size() - 4 - 6;
  head += "Last: " + std::string(rest, 'y') + "\r\n\r\n";
  REQUIRE(head.size() == kMaxHttpHeadBytes);
  BothWays talk(head + "GET /next HTTP/1.1\r\n\r\n");
  CHECK(talk.at_once.sink.messages == 2);
  CHECK(talk.at_once.sink.anomalies.empty());
}

TEST_CASE("http1: a start line without end is no message, but the next one is") {
  Http1Talk talk;
  talk.Client("GET / HTTP/1.1\r\n\r\n");
  talk.Lines();
  talk.Client("GET /" + std::string(kMaxHttpHeadBytes, 'a'));
  CHECK(talk.Lines() == "> !http_header_too_large");
  CHECK(talk.pool.used_bytes() <= kWaiting);
  talk.Client("GET /2 HTTP/1.1\r\n\r\n");
  CHECK(talk.Lines() == "> GET /2 HTTP/1.1 length 0 {}");
}

TEST_CASE("http1: fields beyond the limit are not reported, but still determine the body") {
  std::string head = "POST / HTTP/1.1\r\n";
  for (std::size_t i = 0; i < kMaxHttpHeaders; ++i) {
    head += "A: b\r\n";
  }
  SUBCASE("as many as are reported") {
    BothWays talk(head + "\r\n");
    CHECK(talk.at_once.sink.anomalies.empty());
  }
  SUBCASE("more") {
    BothWays talk(head + "Content-Length: 5\r\nB: c\r\n\r\n12345GET /next HTTP/1.1\r\n\r\n");
    const std::string lines = talk.at_once.Lines();
    CHECK(lines.starts_with("> !http_too_many_headers\n> POST / HTTP/1.1 length 5 {A: b; "));
    CHECK(lines.ends_with("A: b} truncated\n> GET /next HTTP/1.1 length 0 {}"));
    CHECK(lines.find("B: c") == std::string::npos);
  }
}

TEST_CASE("http1: the worst head fits the arena") {
  // Names that have to be copied, values that have to be joined, a path that has to be decoded.
  std::string head = "GET /%41" + std::string(8000, 'p') + " HTTP/1.1\r\n";
  while (head.size() < kMaxHttpHeadBytes - 1100) {
    head += std::string(500, 'n') + ": a\r\n " + std::string(500, 'v') + "\r\n";
  }
  BothWays talk(head + "\r\n");
  CHECK(talk.at_once.Lines().ends_with("} malformed"));
  CHECK_FALSE(talk.at_once.arena.exhausted());
}

TEST_CASE("http1: in a small arena messages are flagged as truncated, not lost") {
  HttpLines sink;
  Arena arena(16);
  HttpBufferPool pool(4096);
  Http1Connection connection(sink, arena, pool);
  connection.OnData(HttpSide::kClient, 0,
                    HttpBytes("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx"
                              "GET /next HTTP/1.1\r\n\r\n"));
  REQUIRE(sink.lines.size() == 2);
  CHECK(sink.lines[0] == "> POST h / HTTP/1.1 length 1 {} truncated");
}

TEST_CASE(
    "http1: without memory for a head its first segment is reported, and the failure counted") {
  Http1Talk talk(/*pool_bytes=*/1024);
  SUBCASE("none at all") {
    Http1Talk poor(/*pool_bytes=*/0);
    poor.Client("GET / HTTP/1.1\r\nA: b\r\nC: ");
    CHECK(poor.Lines() == "> GET / HTTP/1.1 length 0 {A: b} truncated");
    CHECK(poor.pool.refused() == 1);
    poor.Client("d\r\n\r\n");
    CHECK(poor.Lines().empty());
  }
  SUBCASE("not enough to grow") {
    talk.Client("GET / HTTP/1.1\r\nA: b\r\nC: ");
    talk.Client(std::string(2000, 'd'));
    CHECK(talk.Lines() == "> GET / HTTP/1.1 length 0 {A: b} truncated");
    CHECK(talk.pool.refused() == 1);
    CHECK(talk.pool.used_bytes() <= kWaiting);
  }
}

TEST_CASE("http1: many starts of messages that never go on take little memory") {
  Http1Talk talk;
  talk.Client("GET / HTTP/1.1\r\n\r\n");
  for (int i = 0; i < 10; ++i) {
    talk.Client("MKREDIRE");
  }
  CHECK(talk.pool.used_bytes() <= kWaiting);
  CHECK(talk.sink.anomalies.size() == 1);
}

}  // namespace http1_limit_test
}  // namespace wirehound::test
