// SPDX-License-Identifier: Apache-2.0

// Missing bytes, connections that end early, captures that start midway.

#include <string>

#include <doctest/doctest.h>

#include "tests/decoders/http/http1_test_support.h"

namespace wirehound::test {
namespace http1_loss_test {

constexpr HttpSide kClient = HttpSide::kClient;
constexpr HttpSide kServer = HttpSide::kServer;
constexpr std::string_view kNext = "GET /next HTTP/1.1\r\n\r\n";
constexpr std::string_view kNextLine = "> GET /next HTTP/1.1 length 0 {}";

TEST_CASE("http1: a gap within a body counts as bytes of the body") {
  Http1Talk talk;
  SUBCASE("all of it") {
    talk.Client("POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n");
    talk.Gap(kClient, 1000);
  }
  SUBCASE("the middle") {
    talk.Client("POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\nabc");
    talk.Gap(kClient, 994);
    talk.Client("xyz");
  }
  SUBCASE("within a chunk") {
    talk.Client("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\nabc");
    talk.Gap(kClient, 994);
    talk.Client("xyz\r\n0\r\n\r\n");
  }
  SUBCASE("the rest of a chunk") {
    talk.Client("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\nabc");
    talk.Gap(kClient, 997);
    talk.Client("\r\n0\r\n\r\n");
  }
  talk.Lines();
  talk.Client("UNREGISTERED / HTTP/1.1\r\n\r\n" + std::string(kNext));
  CHECK(talk.Lines() == "> UNREGISTERED / HTTP/1.1 length 0 {}\n" + std::string(kNextLine));
}

TEST_CASE("http1: after a gap elsewhere the next segment that begins like a message is read") {
  Http1Talk talk;
  talk.Client("GET / HTTP/1.1\r\n\r\n");
  SUBCASE("between messages") { talk.Gap(kClient, 10); }
  SUBCASE("beyond the body") {
    talk.Client("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n");
    talk.Gap(kClient, 6);
  }
  SUBCASE("beyond the chunk") {
    talk.Client("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n");
    talk.Gap(kClient, 6);
  }
  SUBCASE("within a chunk size") {
    talk.Client("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5");
    talk.Gap(kClient, 1);
  }
  SUBCASE("within a start line") {
    talk.Client("GET /half");
    talk.Gap(kClient, 1);
  }
  talk.Lines();
  talk.Client("of a head\r\n\r\n" + std::string(kNext));
  CHECK(talk.Lines().empty());
  talk.Client(kNext);
  CHECK(talk.Lines() == kNextLine);
  CHECK(talk.sink.anomalies.empty());
}

constexpr std::string_view kChunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view kEmpty = "HTTP/1.1 204 No Content\r\n\r\n";

TEST_CASE("http1: with no request waiting, the next response after a gap names its request") {
  Http1Talk talk;
  talk.Client("GET /one HTTP/1.1\r\n\r\n");
  talk.Server(kChunkedHead);
  SUBCASE("the rest is missing") { talk.Gap(kServer, 100000); }
  SUBCASE("and so is what follows, in pieces") {
    talk.Gap(kServer, 1000);
    talk.Server("chunks\r\n");
    talk.Gap(kServer, 1000);
    talk.Server("0\r\n\r\n");
  }
  talk.Client(kNext);
  talk.Lines();
  talk.Server(kEmpty);
  CHECK(talk.Lines() == "< HTTP/1.1 204 No Content 204 length 0 {} for GET /next");
}

TEST_CASE(
    "http1: with a request waiting, a gap may hide its response, so the next one names none") {
  Http1Talk talk;
  talk.Client("GET /one HTTP/1.1\r\n\r\n");
  talk.Server(kChunkedHead);
  SUBCASE("the gap comes behind the request") {
    talk.Client(kNext);
    talk.Gap(kServer, 1000);
  }
  SUBCASE("a second gap does") {
    talk.Gap(kServer, 1000);
    talk.Client(kNext);
    talk.Gap(kServer, 1000);
  }
  SUBCASE("bytes that are no start do") {
    talk.Gap(kServer, 1000);
    talk.Client(kNext);
    talk.Server("0\r\n\r\nHTTP/1.1 404 Not Found");
  }
  talk.Client("GET /third HTTP/1.1\r\n\r\n");
  talk.Lines();
  talk.Server(kEmpty);
  CHECK(talk.Lines() == "< HTTP/1.1 204 No Content 204 length 0 {}");
}

TEST_CASE("http1: the start of a message after a loss may come in pieces") {
  Http1Talk talk;
  talk.Client("GET / HTTP/1.1\r\n\r\n");
  talk.Gap(kClient, 10);
  talk.Lines();
  for (const char byte : kNext) {
    talk.Client({&byte, 1});
  }
  CHECK(talk.Lines() == kNextLine);
  talk.Gap(kClient, 10);
  // The beginning of no message: the direction is lost again, without a report.
  talk.Client("GE");
  talk.Client("ESE\r\n");
  talk.Client(kNext);
  CHECK(talk.Lines() == kNextLine);
  CHECK(talk.sink.anomalies.empty());
}

TEST_CASE("http1: a head cut by a gap is reported up to the gap") {
  Http1Talk talk;
  talk.Client("GET /cut HTTP/1.1\r\nHost: h\r\nA: b\r\nC: d");
  talk.Gap(kClient, 10);
  CHECK(talk.Lines() == "> GET h /cut HTTP/1.1 length 0 {A: b} truncated");
  CHECK(talk.pool.used_bytes() == 0);
  talk.Server("HTTP/1.1 200 OK\r\nContent-Length: 7\r\nX");
  talk.Gap(kServer, 10);
  CHECK(talk.Lines() == "< HTTP/1.1 200 OK 200 length 7 {Content-Length: 7} truncated");
}

TEST_CASE("http1: a head cut by the end of the stream is reported up to there") {
  Http1Talk talk;
  talk.Client("GET /cut HTTP/1.1\r\nHost: h\r\nA: b\r");
  talk.connection.OnEnd(kClient);
  CHECK(talk.Lines() == "> GET h /cut HTTP/1.1 length 0 {} truncated");
  talk.Server("HTTP/1.1 40");
  talk.connection.OnEnd(kServer);
  CHECK(talk.Lines().empty());
  CHECK(talk.pool.used_bytes() == 0);
  CHECK(talk.Client(kNext) == HttpVerdict::kMore);
  CHECK(talk.Lines().empty());
}

TEST_CASE("http1: an end or a gap before a sound start line reports nothing") {
  Http1Talk talk;
  SUBCASE("end") {
    talk.Client("GET /");
    talk.connection.OnEnd(kClient);
  }
  SUBCASE("gap") {
    talk.Client("GET /");
    CHECK(talk.Gap(kClient, 5) == HttpVerdict::kMore);
  }
  SUBCASE("gap first") {
    CHECK(talk.Gap(kClient, 5) == HttpVerdict::kMore);
    CHECK(talk.Client("body") == HttpVerdict::kMore);
  }
  CHECK(talk.Lines().empty());
  CHECK(talk.pool.used_bytes() == 0);
}

TEST_CASE("http1: a capture that starts at a response reads the client from its next request") {
  Http1Talk talk;
  talk.Server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  CHECK(talk.Client("the rest of a body\r\n") == HttpVerdict::kMore);
  CHECK(talk.Client(kNext) == HttpVerdict::kMore);
  talk.Server("HTTP/1.1 204 N\r\n\r\n");
  CHECK(talk.Lines() ==
        "< HTTP/1.1 200 OK 200 length 2 {Content-Length: 2}\n> GET /next HTTP/1.1 length 0 {}\n"
        "< HTTP/1.1 204 N 204 length 0 {} for GET /next");
  CHECK(talk.sink.anomalies.empty());
}

TEST_CASE("http1: a client's other bytes do not end a connection whose server may speak HTTP") {
  Http1Talk talk;
  CHECK(talk.Server("HTTP") == HttpVerdict::kMore);
  CHECK(talk.Client("P") == HttpVerdict::kMore);
  CHECK(talk.Client("#") == HttpVerdict::kMore);
  CHECK(talk.Server("/1.1 204 N\r\n\r\n") == HttpVerdict::kMore);
  CHECK(talk.Lines() == "< HTTP/1.1 204 N 204 length 0 {}");
}

TEST_CASE("http1: gaps and ends after HTTP has ended change nothing") {
  Http1Talk talk;
  talk.Client("CONNECT h:1 HTTP/1.1\r\n\r\n");
  talk.Server("HTTP/1.1 200 OK\r\n\r\n");
  CHECK(talk.Gap(kClient, 5) == HttpVerdict::kDone);
  talk.connection.OnEnd(kServer);
  CHECK(talk.Client("x") == HttpVerdict::kDone);
}

}  // namespace http1_loss_test
}  // namespace wirehound::test
