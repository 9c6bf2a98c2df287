// SPDX-License-Identifier: Apache-2.0

// The request that a response answers: the decoder names the right one or none.

#include <string>

#include <doctest/doctest.h>

#include "decoders/http/http1_pending.h"
#include "tests/decoders/http/http1_test_support.h"

namespace wirehound::test {
namespace http1_pending_test {

std::string Get(int number) {
  return "GET /" + std::to_string(number) + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

constexpr std::string_view kAnswer = "HTTP/1.1 204 N\r\n\r\n";

// The path of the request that the next response names, "" for none.
std::string AnswerPath(Http1Talk& talk) {
  talk.Lines();
  talk.Server(kAnswer);
  const std::string line = talk.Lines();
  const std::size_t path = line.find(" for GET h ");
  return path == std::string::npos ? "" : line.substr(path + 11);
}

TEST_CASE("http1: pipelined requests are answered in their order") {
  Http1Talk talk;
  talk.Client(Get(1) + Get(2) + Get(3));
  CHECK(AnswerPath(talk) == "/1");
  talk.Client(Get(4));
  CHECK(AnswerPath(talk) == "/2");
  CHECK(AnswerPath(talk) == "/3");
  CHECK(AnswerPath(talk) == "/4");
  CHECK(talk.pool.used_bytes() == 0);
  CHECK(AnswerPath(talk).empty());
}

TEST_CASE("http1: a response may come before the body of its request") {
  Http1Talk talk;
  talk.Client("GET /early HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
  CHECK(AnswerPath(talk) == "/early");
  talk.Client("cde" + Get(2));
  CHECK(AnswerPath(talk) == "/2");
}

TEST_CASE("http1: a response without a request names none, and the next one names the right one") {
  Http1Talk talk;
  talk.Client("GET /1 HTTP/1.1\r\n");
  CHECK(AnswerPath(talk).empty());
  talk.Client("Host: h\r\n\r\n" + Get(2));
  // Perhaps the first was answered already.
  CHECK(AnswerPath(talk).empty());
  CHECK(AnswerPath(talk) == "/2");
}

TEST_CASE("http1: beyond the limit of remembered requests only the forgotten ones are not named") {
  Http1Talk talk;
  constexpr int kMany = static_cast<int>(kMaxHttpPending);
  for (int i = 0; i < kMany; ++i) {
    talk.Client(Get(i));
  }
  CHECK(talk.sink.anomalies.empty());
  talk.Client(Get(kMany) + Get(kMany + 1));
  REQUIRE(talk.sink.anomalies.size() == 1);
  CHECK(talk.sink.anomalies[0].kind == AnomalyKind::kHttpTooManyPending);
  CHECK(AnswerPath(talk) == "/0");
  // There is room again, but not for a request behind a forgotten one.
  talk.Client(Get(1000));
  for (int i = 1; i < kMany; ++i) {
    CHECK(AnswerPath(talk) == "/" + std::to_string(i));
  }
  for (int i = 0; i < 3; ++i) {
    CHECK(AnswerPath(talk).empty());
  }
  talk.Client(Get(7));
  CHECK(AnswerPath(talk) == "/7");
  CHECK(talk.sink.anomalies.size() == 1);
}

TEST_CASE("http1: after lost requests responses name only the requests before the loss") {
  Http1Talk talk;
  talk.Client(Get(1) + Get(2));
  talk.Gap(HttpSide::kClient, 100);
  talk.Client(Get(3));
  CHECK(AnswerPath(talk) == "/1");
  CHECK(AnswerPath(talk) == "/2");
  CHECK(AnswerPath(talk).empty());
  talk.Client(Get(4));
  CHECK(AnswerPath(talk).empty());
}

TEST_CASE("http1: after lost responses the next response is certain once one request waits") {
  Http1Talk talk;
  talk.Client(Get(1) + Get(2) + Get(3));
  talk.Gap(HttpSide::kServer, 100);
  CHECK(AnswerPath(talk).empty());
  CHECK(AnswerPath(talk).empty());
  CHECK(AnswerPath(talk) == "/3");
  talk.Client(Get(4) + Get(5));
  CHECK(AnswerPath(talk) == "/4");
  CHECK(AnswerPath(talk) == "/5");
}

TEST_CASE("http1: after a lost response, without pipelining, the next response names its request") {
  Http1Talk talk;
  talk.Client(Get(1));
  talk.Server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");
  talk.Gap(HttpSide::kServer, 100);
  talk.Client(Get(2));
  CHECK(AnswerPath(talk) == "/2");
}

TEST_CASE("http1: of long texts the beginning is remembered") {
  Http1Talk talk;
  const std::string path = "/" + std::string(kMaxHttpRememberedBytes + 100, 'p');
  talk.Client("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(AnswerPath(talk) == path.substr(0, kMaxHttpRememberedBytes));
}

TEST_CASE("http1: without memory requests are only counted, and responses name none") {
  Http1Talk talk(/*pool_bytes=*/0);
  talk.Client(Get(1) + Get(2));
  CHECK(AnswerPath(talk).empty());
  CHECK(AnswerPath(talk).empty());
  CHECK(talk.sink.anomalies.empty());
  CHECK(talk.pool.refused() == 1);
}

TEST_CASE("http1 pending: entries keep their order while the buffer moves") {
  HttpBufferPool pool(std::size_t{1} << 20);
  Http1Pending pending(pool);
  int next_in = 0;
  int next_out = 0;
  // Sizes that make the buffer grow, and pops that leave holes of all sizes in front.
  for (int round = 0; round < 500; ++round) {
    for (int i = 0; i < round % 7 && pending.count() < kMaxHttpPending; ++i) {
      const std::string path = std::to_string(next_in) + std::string(next_in % 900, 'x');
      REQUIRE(pending.Add({"PUT", "host", path, next_in % 2 == 0}) == Http1Pending::Push::kDone);
      ++next_in;
    }
    for (int i = 0; i < round % 5 && pending.count() > 0; ++i) {
      const Http1Request front = pending.Front();
      REQUIRE(front.path == std::to_string(next_out) + std::string(next_out % 900, 'x'));
      CHECK(front.method == "PUT");
      CHECK(front.host == "host");
      CHECK(front.upgrade_to_h2c == (next_out % 2 == 0));
      pending.Pop();
      ++next_out;
    }
  }
  CHECK(next_out > 500);
  pending.Reset();
  CHECK(pool.used_bytes() == 0);
}

}  // namespace http1_pending_test
}  // namespace wirehound::test
