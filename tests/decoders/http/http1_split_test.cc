// SPDX-License-Identifier: Apache-2.0

// Segment boundaries change nothing: every input gives the same lines when it is fed whole, cut in
// two at every place, and byte by byte.

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/decoders/http/http1_test_support.h"

namespace wirehound::test {
namespace http1_split_test {

using std::string_literals::operator""s;

// No input here loses its direction: after a loss the segment boundaries do matter.
const std::string kClientInputs[] = {
    "GET /a%20b?x HTTP/1.1\r\nHost: example.com\r\nuser-agent: x\r\nX-Own:  y \r\n\r\n",
    "\r\n\r\nGET / HTTP/1.1\r\n\r\n\r\nGET /2 HTTP/1.0\r\nHost: h\r\n\r\n",
    "GET /1 HTTP/1.1\nA: b\n\nGET /2 HTTP/1.1\r\nA: b\rc\r\nD: e\r\r\n\r\n",
    ("GET / HTTP/1.1\r\nA: b\r\n\tc\r\n d\r\nbad line\r\n folded\r\n: x\r\nHost: a\r\nHost: "
     "b\r\n\r\n"),
    "POST /1 HTTP/1.1\r\nContent-Length: 7\r\n\r\n\r\n\r\nGETGET /2 HTTP/1.1\r\n\r\n",
    ("POST /1 HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
     "5;a=b\r\nhello\r\n00A \r\n0123456789\r\n0;z\r\nT: x\r\nU : y\r\n\r\nGET /2 HTTP/1.1\r\n\r\n"),
    ("POST /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1, 2\r\n\r\n"
     "1;a\rb\nx\r\n0\n\nXYZ /2 HTTP/1.1\r\n\r\n"),
    ("POST /1 HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcGET  /2 x "
     "HTTP/1.1\r\n\r\n"),
    "CONNECT h:443 HTTP/1.1\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "UPDATEREDIRECTREF / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nTransfer-Encoding: x\r\n\r\n\r\nPUT / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    "GET /\0 HTTP/1.1\r\nA: \0\r\n\r\n"s,
};

const std::string kServerInputs[] = {
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 204\r\n\r\nHTTP/1.0 304 N\r\n\r\n",
    ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
     "3\r\nabc\r\n0\r\n\r\nHTTP/1.1 204 X\r\n\r\n"),
    "HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nset-cookie: b\r\n\r\nuntil close HTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 101 S\r\nUpgrade: h2c\r\n\r\n",
    "HTTP/1.1  200\r\nContent-Length: -1\r\n\r\n",
};

struct Result {
  std::vector<std::string> lines;
  std::vector<std::uint64_t> anomaly_offsets;
  HttpVerdict verdict = HttpVerdict::kMore;
  std::size_t left = 0;  // bytes behind the end of HTTP/1.x

  bool operator==(const Result&) const = default;
};

Result FeedCut(HttpSide side, std::string_view input, const std::vector<std::size_t>& cuts) {
  Http1Talk talk;
  Result result;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= cuts.size() && result.verdict == HttpVerdict::kMore; ++i) {
    const std::size_t end = i < cuts.size() ? cuts[i] : input.size();
    result.verdict = talk.Feed(side, input.substr(start, end - start));
    start += talk.connection.consumed();
  }
  talk.connection.OnEnd(side);
  result.lines = talk.sink.lines;
  for (const Anomaly& anomaly : talk.sink.anomalies) {
    result.anomaly_offsets.push_back(anomaly.offset);
  }
  result.left = input.size() - start;
  return result;
}

void CheckCuts(HttpSide side, std::string_view input) {
  CAPTURE(input);
  const Result whole = FeedCut(side, input, {});
  std::vector<std::size_t> every;
  for (std::size_t cut = 1; cut < input.size(); ++cut) {
    CAPTURE(cut);
    every.push_back(cut);
    CHECK(FeedCut(side, input, {cut}) == whole);
    CHECK(FeedCut(side, input, {cut, std::min(cut + 1, input.size())}) == whole);
  }
  CHECK(FeedCut(side, input, every) == whole);
}

TEST_CASE("http1: segment boundaries in the bytes of a client change nothing") {
  for (const std::string& input : kClientInputs) {
    CheckCuts(HttpSide::kClient, input);
  }
}

TEST_CASE("http1: segment boundaries in the bytes of a server change nothing") {
  for (const std::string& input : kServerInputs) {
    CheckCuts(HttpSide::kServer, input);
  }
}

TEST_CASE("http1: the inputs of this test do not lose their direction") {
  for (const std::string& input : kClientInputs) {
    Http1Talk talk;
    if (talk.Client(input) == HttpVerdict::kMore && !input.starts_with("CONNECT")) {
      talk.Lines();
      talk.Client("ANY / HTTP/1.1\r\n\r\n");
      CHECK(talk.Lines() == "> ANY / HTTP/1.1 length 0 {}");
    }
  }
}

TEST_CASE("http1: a head cut at any byte by the end of the stream gives a part of the whole head") {
  const std::string& input = kClientInputs[0];
  int reported = 0;
  for (std::size_t size = 0; size < input.size(); ++size) {
    CAPTURE(size);
    Http1Talk talk;
    talk.Client(input.substr(0, size));
    talk.connection.OnEnd(HttpSide::kClient);
    CHECK(talk.sink.messages == (size > input.find('\n') ? 1 : 0));
    reported += talk.sink.messages;
    if (talk.sink.messages == 1) {
      CHECK(talk.Lines().ends_with(" truncated"));
    }
  }
  CHECK(reported > 0);
}

}  // namespace http1_split_test
}  // namespace wirehound::test
