// SPDX-License-Identifier: Apache-2.0

// HTTP/1.x that breaks the rules of framing: each breach is reported once per message, the message
// is flagged, and the decoder reads on as most servers would.

#include <string>

#include <doctest/doctest.h>

#include "tests/decoders/http/http1_test_support.h"

namespace wirehound::test {
namespace http1_anomaly_test {

constexpr std::string_view kNext = "GET /next HTTP/1.1\r\n\r\n";
constexpr std::string_view kNextLine = "\n> GET /next HTTP/1.1 length 0 {}";

struct Row {
  std::string_view what;
  std::string_view input;  // of a client; kNext follows
  std::string_view lines;  // kNextLine follows
};

// Each request is read to its end: the next one is found in the same segment.
const Row kRequests[] = {
    {"bare LF in the start line", "GET / HTTP/1.1\nA: b\r\n\r\n",
     "> !http_bare_lf\n> GET / HTTP/1.1 length 0 {A: b} malformed"},
    {"bare LF everywhere is reported once", "GET / HTTP/1.1\nA: b\n\n",
     "> !http_bare_lf\n> GET / HTTP/1.1 length 0 {A: b} malformed"},
    {"bare LF as the empty line", "GET / HTTP/1.1\r\nA: b\r\n\n",
     "> !http_bare_lf\n> GET / HTTP/1.1 length 0 {A: b} malformed"},
    {"bare CR in a value", "GET / HTTP/1.1\r\nA: b\rc: d\r\n\r\n",
     "> !http_bare_cr\n> GET / HTTP/1.1 length 0 {A: b\rc: d} malformed"},
    {"CR CR LF", "GET / HTTP/1.1\r\nA: b\r\r\n\r\n",
     "> !http_bare_cr\n> GET / HTTP/1.1 length 0 {A: b\r} malformed"},
    {"folded value", "GET / HTTP/1.1\r\nA: b \r\n\t c\r\n  d\r\nE: f\r\n\r\n",
     "> !http_obsolete_folding\n> GET / HTTP/1.1 length 0 {A: b c d; E: f} malformed"},
    {"folded empty value", "GET / HTTP/1.1\r\nA:\r\n b\r\n\r\n",
     "> !http_obsolete_folding\n> GET / HTTP/1.1 length 0 {A: b} malformed"},
    {"folding without a field", "GET / HTTP/1.1\r\n A: b\r\nC: d\r\n\r\n",
     "> !http_malformed_header\n> GET / HTTP/1.1 length 0 {C: d} malformed"},
    {"folding of a line left out", "GET / HTTP/1.1\r\nbad\r\n Content-Length: 9\r\nC: d\r\n\r\n",
     "> !http_malformed_header\n> !http_obsolete_folding\n"
     "> GET / HTTP/1.1 length 0 {C: d} malformed"},
    {"no colon", "GET / HTTP/1.1\r\nA b\r\nC: d\r\n\r\n",
     "> !http_malformed_header\n> GET / HTTP/1.1 length 0 {C: d} malformed"},
    {"blank before the colon", "GET / HTTP/1.1\r\nContent-Length : 5\r\nC: d\r\n\r\n",
     "> !http_malformed_header\n> GET / HTTP/1.1 length 0 {C: d} malformed"},
    {"empty name", "GET / HTTP/1.1\r\n: x\r\nC: d\r\n\r\n",
     "> !http_malformed_header\n> GET / HTTP/1.1 length 0 {C: d} malformed"},
    {"name that is no token", "GET / HTTP/1.1\r\nA(b): x\r\nC: d\r\n\r\n",
     "> !http_malformed_header\n> GET / HTTP/1.1 length 0 {C: d} malformed"},
    {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
     "> !http_malformed_header\n> GET a / HTTP/1.1 length 0 {} malformed"},
    {"blanks in the target", "GET /a b HTTP/1.1\r\n\r\n",
     "> !http_malformed_start_line\n> GET /a b HTTP/1.1 length 0 {} malformed"},
    {"too many blanks", "GET   /a   HTTP/1.1 \r\n\r\n",
     "> !http_malformed_start_line\n> GET /a HTTP/1.1 length 0 {} malformed"},
    {"length and chunked",
     "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     "> !http_length_and_chunked\n> POST / HTTP/1.1 length -1 "
     "{Content-Length: 3; Transfer-Encoding: chunked} malformed"},
    {"lengths that differ", "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
     "> !http_length_conflict\n> POST / HTTP/1.1 length -1 "
     "{Content-Length: 3; Content-Length: 4} malformed"},
    {"list of lengths that differ", "POST / HTTP/1.1\r\nContent-Length: 3, 4\r\n\r\nabc",
     "> !http_length_conflict\n> POST / HTTP/1.1 length -1 {Content-Length: 3, 4} malformed"},
    {"length with a sign", "POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n",
     "> !http_length_malformed\n> POST / HTTP/1.1 length -1 {Content-Length: +5} malformed"},
    {"negative length", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
     "> !http_length_malformed\n> POST / HTTP/1.1 length -1 {Content-Length: -1} malformed"},
    {"length in hexadecimal", "POST / HTTP/1.1\r\nContent-Length: 0x5\r\n\r\n",
     "> !http_length_malformed\n> POST / HTTP/1.1 length -1 {Content-Length: 0x5} malformed"},
    {"empty length", "POST / HTTP/1.1\r\nContent-Length:\r\n\r\n",
     "> !http_length_malformed\n> POST / HTTP/1.1 length -1 {Content-Length: } malformed"},
    {"length beyond 63 bits", "POST / HTTP/1.1\r\nContent-Length: 9223372036854775808\r\n\r\n",
     "> !http_length_malformed\n> POST / HTTP/1.1 length -1 "
     "{Content-Length: 9223372036854775808} malformed"},
    {"length with a vertical tab", "POST / HTTP/1.1\r\nContent-Length: 5\v\r\n\r\n",
     "> !http_length_malformed\n> POST / HTTP/1.1 length -1 {Content-Length: 5\v} malformed"},
    {"one good and one bad length", "POST / HTTP/1.1\r\nContent-Length: 5, x\r\n\r\n",
     "> !http_length_malformed\n> POST / HTTP/1.1 length -1 {Content-Length: 5, x} malformed"},
    {"misspelt coding", "POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n",
     "> !http_transfer_encoding_unknown\n> POST / HTTP/1.1 length -1 "
     "{Transfer-Encoding: xchunked} malformed"},
    {"misspelt coding beside a length",
     "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: \vchunked\r\n\r\nabc",
     "> !http_length_and_chunked\n> !http_transfer_encoding_unknown\n> POST / HTTP/1.1 length 3 "
     "{Content-Length: 3; Transfer-Encoding: \vchunked} malformed"},
    {"chunked is not the last",
     "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, identity\r\n\r\n"
     "1\r\nx\r\n0\r\n\r\n",
     "> !http_transfer_encoding_unknown\n> POST / HTTP/1.1 length -1 "
     "{Transfer-Encoding: chunked, identity} malformed"},
    {"chunked twice",
     "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
     "0\r\n\r\n",
     "> !http_transfer_encoding_unknown\n> POST / HTTP/1.1 length -1 "
     "{Transfer-Encoding: chunked; Transfer-Encoding: chunked} malformed"},
    {"chunk sizes ended by LF alone",
     "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\r\n0\n\n",
     "> POST / HTTP/1.1 length -1 {Transfer-Encoding: chunked}\n> !http_bare_lf"},
    {"CR in a chunk extension",
     "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;a\rb\r\nx\r\n0;\r\r\n\r\n",
     "> POST / HTTP/1.1 length -1 {Transfer-Encoding: chunked}\n> !http_bare_cr"},
    {"trailers that are none",
     "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA b\r\n:\r\nC\r\nD : e\r\n\r\n",
     "> POST / HTTP/1.1 length -1 {Transfer-Encoding: chunked}\n> !http_malformed_header"},
    {"trailer with folding, CR and LF",
     "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n c\rd\ne\n\r\n",
     "> POST / HTTP/1.1 length -1 {Transfer-Encoding: chunked}\n> !http_obsolete_folding\n"
     "> !http_bare_cr\n> !http_bare_lf\n> !http_malformed_header"},
};

TEST_CASE("http1: a breach of framing is reported and flagged, and the next message is found") {
  for (const Row& row : kRequests) {
    CAPTURE(row.what);
    Http1Talk talk;
    CHECK(talk.Client(std::string(row.input) + std::string(kNext)) == HttpVerdict::kMore);
    CHECK(talk.Lines() == std::string(row.lines) + std::string(kNextLine));
    CHECK(talk.pool.used_bytes() <= kMinHttpBufferBytes);  // the requests that wait
  }
}

TEST_CASE("http1: NUL in a head is reported and kept") {
  using std::string_literals::operator""s;
  Http1Talk talk;
  talk.Client("GET / HTTP/1.1\r\nA: b\0c\r\n\r\n"s);
  CHECK(talk.Lines() == "> !http_nul_in_header\n> GET / HTTP/1.1 length 0 {A: b\0c} malformed"s);
}

TEST_CASE("http1: an anomaly has its offset in the stream and its size") {
  Http1Talk talk;
  talk.Client("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nA b\r\n\r\n");
  REQUIRE(talk.sink.anomalies.size() == 1);
  CHECK(talk.sink.anomalies[0].kind == AnomalyKind::kHttpMalformedHeader);
  CHECK(talk.sink.anomalies[0].offset == 18 + 16);
  CHECK(talk.sink.anomalies[0].size == 3);
  talk.Client("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nz");
  REQUIRE(talk.sink.anomalies.size() == 2);
  CHECK(talk.sink.anomalies[1].kind == AnomalyKind::kHttpBadChunkSize);
  CHECK(talk.sink.anomalies[1].offset == 41 + 47);
}

TEST_CASE("http1: a bad chunk loses the direction until a segment starts like a message") {
  for (const std::string_view chunk :
       {"z\r\n", "-1\r\n", "0x1\r\n", " 1\r\n", "\r\n", ";x\r\n", "1 1\r\n", "1\rx",
        "5000000000000000\r\n", "10000000000000000\r\n", "1\r\nxy", "1\r\nx\ny", "1\r\nx\n"}) {
    CAPTURE(chunk);
    Http1Talk talk;
    talk.Client("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    talk.Lines();
    CHECK(talk.Client(std::string(chunk) + std::string(kNext)) == HttpVerdict::kMore);
    if (chunk == "1\rx") {
      // A CR that ends no line is part of an extension, which then runs into the next line.
      CHECK(talk.Lines() == "> !http_bare_cr\n> !http_bad_chunk_size");
      continue;
    }
    CHECK(talk.Lines() == "> !http_bad_chunk_size");
    CHECK(talk.Client("not a request" + std::string(kNext)) == HttpVerdict::kMore);
    CHECK(talk.Lines().empty());
    CHECK(talk.Client(kNext) == HttpVerdict::kMore);
    CHECK(talk.Lines() == kNextLine.substr(1));
  }
}

TEST_CASE("http1: the largest chunk size is accepted, the next larger one is refused") {
  for (const std::string_view size : {"4000000000000000", "04000000000000000"}) {
    Http1Talk talk;
    talk.Client("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    talk.Client(std::string(size) + "\r\nx");
    CHECK(talk.sink.anomalies.empty());
  }
  Http1Talk talk;
  talk.Client("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4000000000000001\r\n");
  CHECK(talk.sink.anomalies.size() == 1);
}

TEST_CASE("http1: chunk extensions and trailers are limited in size") {
  const std::string endless(kMaxHttpLineBytes, 'e');
  Http1Talk talk;
  talk.Client("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  talk.Lines();
  SUBCASE("extension") {
    talk.Client("1;" + endless + "\r\n");
    CHECK(talk.Lines() == "> !http_line_too_long");
  }
  SUBCASE("digits") {
    talk.Client(std::string(kMaxHttpLineBytes + 1, '0'));
    CHECK(talk.Lines() == "> !http_line_too_long");
  }
  SUBCASE("a long trailer is skipped") {
    talk.Client("0\r\nA: " + endless + "\r\n\r\n" + std::string(kNext));
    CHECK(talk.Lines() == "> !http_line_too_long" + std::string(kNextLine));
  }
  SUBCASE("trailers without end") {
    talk.Client("0\r\n");
    for (std::size_t bytes = 0; bytes <= kMaxHttpHeadBytes; bytes += 8) {
      talk.Client("A: bcd\r\n");
    }
    CHECK(talk.Lines() == "> !http_header_too_large");
  }
}

TEST_CASE("http1: a response with a length that cannot be trusted lasts until close") {
  for (const std::string_view fields : {"Content-Length: x\r\n", "Transfer-Encoding: xchunked\r\n",
                                        "Transfer-Encoding: gzip\r\nContent-Length: 1\r\n"}) {
    CAPTURE(fields);
    Http1Talk talk;
    talk.Server("HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n");
    talk.Server("HTTP/1.1 201 Body\r\n\r\n");
    CHECK(talk.sink.messages == 1);
    CHECK_FALSE(talk.sink.anomalies.empty());
    CHECK(talk.Lines().ends_with("malformed"));
  }
}

TEST_CASE("http1: unusual status lines are accepted, wrong ones are not") {
  Http1Talk talk;
  talk.Server("HTTP/1.1  204  Odd\r\n\r\n");
  CHECK(talk.Lines() ==
        "< !http_malformed_start_line\n< HTTP/1.1 204  Odd 204 length 0 {} malformed");
  for (const std::string_view line :
       {"HTTP/1.1 20 X", "HTTP/1.1 2000 X", "HTTP/1.1 200OK", "HTTP/1.1 abc", "HTTP/1.1",
        "HTTP/1.1\t200 OK", "HTTP/1.12 200 OK", "HTTP/1.1 099 X", "HTTP/2.0 200 OK"}) {
    CAPTURE(line);
    talk.Server("HTTP/1.1 204 X\r\n\r\n" + std::string(line) + "\r\n\r\n");
    CHECK(talk.Lines() == "< HTTP/1.1 204 X 204 length 0 {}\n< !http_malformed_start_line");
  }
}

TEST_CASE(
    "http1: later bytes that are no request are reported once and skipped up to the next segment") {
  for (const std::string_view garbage :
       {"\x16\x03\x01", "GET / FTP/1.0\r\n", "GET\r\n\r\n", "/ HTTP/1.1\r\n\r\n",
        " GET / HTTP/1.1\r\n", "GET / HTTP/2.0\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}) {
    CAPTURE(garbage);
    Http1Talk talk;
    talk.Client("GET / HTTP/1.1\r\n\r\n");
    talk.Lines();
    CHECK(talk.Client(garbage) == HttpVerdict::kMore);
    CHECK(talk.Lines() == "> !http_malformed_start_line");
    CHECK(talk.Client(garbage) == HttpVerdict::kMore);
    CHECK(talk.Client("UNKNOWN / HTTP/1.1\r\n\r\n") == HttpVerdict::kMore);
    CHECK(talk.Lines().empty());
    CHECK(talk.Client(kNext) == HttpVerdict::kMore);
    CHECK(talk.Lines() == kNextLine.substr(1));
    CHECK(talk.pool.used_bytes() <= kMinHttpBufferBytes);  // the requests that wait
  }
}

TEST_CASE("http1: too many empty lines are no request") {
  Http1Talk talk;
  talk.Client("GET / HTTP/1.1\r\n\r\n" + std::string(17, '\n'));
  CHECK(talk.Lines() == "> GET / HTTP/1.1 length 0 {}\n> !http_malformed_start_line");
}

}  // namespace http1_anomaly_test
}  // namespace wirehound::test
