// SPDX-License-Identifier: Apache-2.0

// The rules of HTTP/2 messages (RFC 9113 section 8), each broken alone, and status texts.

#include <doctest/doctest.h>

#include "decoders/http/http_status_text.h"
#include "tests/decoders/http/http2_test_support.h"

namespace wirehound::test {
namespace http2_message_test {

const Fields kPseudo = {
    {":method", "GET"}, {":scheme", "http"}, {":authority", "a.example"}, {":path", "/p"}};

Fields With(Fields fields, const Fields& more) {
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

Fields Without(Fields fields, std::string_view name) {
  std::erase_if(fields, [name](const auto& field) { return field.first == name; });
  return fields;
}

Fields Replaced(Fields fields, std::string_view name, const std::string& value) {
  for (auto& field : fields) {
    field.second = field.first == name ? value : field.second;
  }
  return fields;
}

Lines Request(const Fields& fields, std::uint32_t stream = 1) {
  Http2Peer peer;
  peer.Begin();
  peer.Client(Headers(stream, kWhole, Block(fields)));
  return peer.Take();
}

Lines Response(const Fields& fields, int flags = kEndHeaders) {
  Http2Peer peer;
  peer.Begin();
  peer.Server(Headers(1, flags, Block(fields)));
  return peer.Take();
}

TEST_CASE("http2: requests that follow the rules are reported without an anomaly") {
  struct Row {
    const char* what;
    Fields fields;
    std::string line;
  };
  const Row rows[] = {
      {"the host in a Host field", With(Without(kPseudo, ":authority"), {{"host", "b.example"}}),
       "C1 HTTP/2.0 GET b.example /p? length 0"},
      {"the host twice, the same", With(kPseudo, {{"host", "A.example"}}),
       "C1 HTTP/2.0 GET a.example /p? length 0"},
      {"no host at all", Without(kPseudo, ":authority"), "C1 HTTP/2.0 GET  /p? length 0"},
      {"every server", Replaced(Replaced(kPseudo, ":path", "*"), ":method", "OPTIONS"),
       "C1 HTTP/2.0 OPTIONS a.example *? length 0"},
      {"a tunnel",
       {{":method", "CONNECT"}, {":authority", "t.example:443"}},
       "C1 HTTP/2.0 CONNECT t.example:443 t.example:443? length 0"},
      {"a tunnel for a protocol",
       With(Replaced(kPseudo, ":method", "CONNECT"), {{":protocol", "websocket"}}),
       "C1 HTTP/2.0 CONNECT a.example /p? length 0"},
      {"trailers accepted", With(kPseudo, {{"te", "trailers"}}),
       "C1 HTTP/2.0 GET a.example /p? length 0 | Te: trailers"},
      {"a length said twice", With(kPseudo, {{"content-length", "5"}, {"content-length", "5"}}),
       "C1 HTTP/2.0 GET a.example /p? length 5 | Content-Length: 5 | Content-Length: 5"},
      {"an empty value and one in bytes", With(kPseudo, {{"x-empty", ""}, {"x-bytes", "\xff\x01"}}),
       "C1 HTTP/2.0 GET a.example /p? length 0 | X-Empty:  | X-Bytes: \xff\x01"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CHECK(Request(row.fields) == Lines{row.line});
  }
}

TEST_CASE("http2: requests that break a rule are reported and flagged, with one anomaly") {
  const std::string plain = "C1 HTTP/2.0 GET a.example /p? length 0 malformed";
  struct Case {
    const char* what;
    Fields fields;
    std::string line;
  };
  const Case cases[] = {
      {"no scheme", Without(kPseudo, ":scheme"), plain},
      {"no path", Without(kPseudo, ":path"), "C1 HTTP/2.0 GET a.example ? length 0 malformed"},
      {"an empty path", Replaced(kPseudo, ":path", ""),
       "C1 HTTP/2.0 GET a.example ? length 0 malformed"},
      {"a method that is no token", Replaced(kPseudo, ":method", "GE T"),
       "C1 HTTP/2.0 GE T a.example /p? length 0 malformed"},
      {"a doubled pseudo-header, the first counts", With(kPseudo, {{":path", "/q"}}), plain},
      {"an unknown pseudo-header", With(kPseudo, {{":version", "2"}}), plain},
      {"a status", With(kPseudo, {{":status", "200"}}), plain},
      {"a pseudo-header behind a field",
       With(With(Without(kPseudo, ":path"), {{"a", "b"}}), {{":path", "/p"}}), plain + " | A: b"},
      {"two hosts that differ", With(kPseudo, {{"host", "b.example"}}), plain},
      {"two Host fields", With(kPseudo, {{"host", "a.example"}, {"host", "a.example"}}), plain},
      {"a protocol without CONNECT", With(kPseudo, {{":protocol", "x"}}), plain},
      {"an upper-case name", With(kPseudo, {{"User-Agent", "x"}}), plain + " | User-Agent: x"},
      {"an empty name", With(kPseudo, {{"", "x"}}), plain + " | : x"},
      {"a name with a blank, kept as it is", With(kPseudo, {{"a b", "x"}}), plain + " | a b: x"},
      {"a line break in a value", With(kPseudo, {{"a", "x\r\nb: y"}}), plain + " | A: x\r\nb: y"},
      {"blanks around a value", With(kPseudo, {{"a", " \tx "}}), plain + " | A: x"},
      {"connection", With(kPseudo, {{"connection", "close"}}), plain + " | Connection: close"},
      {"keep-alive", With(kPseudo, {{"keep-alive", "5"}}), plain + " | Keep-Alive: 5"},
      {"upgrade", With(kPseudo, {{"upgrade", "x"}}), plain + " | Upgrade: x"},
      {"proxy-connection", With(kPseudo, {{"proxy-connection", "x"}}),
       plain + " | Proxy-Connection: x"},
      {"transfer-encoding", With(kPseudo, {{"transfer-encoding", "chunked"}}),
       plain + " | Transfer-Encoding: chunked"},
      {"te", With(kPseudo, {{"te", "gzip"}}), plain + " | Te: gzip"},
      {"lengths that differ", With(kPseudo, {{"content-length", "5"}, {"content-length", "6"}}),
       plain + " | Content-Length: 5 | Content-Length: 6"},
      {"a length that is no number", With(kPseudo, {{"content-length", "+5"}}),
       plain + " | Content-Length: +5"},
      {"a length beyond 63 bits", With(kPseudo, {{"content-length", "99999999999999999999"}}),
       plain + " | Content-Length: 99999999999999999999"},
      {"a tunnel with a path", Replaced(kPseudo, ":method", "CONNECT"),
       "C1 HTTP/2.0 CONNECT a.example /p? length 0 malformed"},
      {"a tunnel to nowhere",
       {{":method", "CONNECT"}},
       "C1 HTTP/2.0 CONNECT  ? length 0 malformed"},
  };
  for (const Case& broken : cases) {
    CAPTURE(broken.what);
    CHECK(Request(broken.fields) == Lines{"C http2_malformed_message at 33", broken.line});
  }
}

TEST_CASE("http2: a request on a stream that only servers may open is flagged") {
  const Lines line = {"C http2_malformed_message at 33",
                      "C2 HTTP/2.0 GET a.example /p? length 0 malformed"};
  CHECK(Request(kPseudo, 2) == line);
}

TEST_CASE("http2: a second request on a stream is flagged and does not replace the first") {
  Http2Peer peer;
  peer.Begin();
  peer.Client(Headers(1, kWhole, Block(kPseudo)));
  peer.Client(Headers(1, kWhole, Block(Replaced(kPseudo, ":path", "/other"))));
  CHECK(peer.Take().back() == "C1 HTTP/2.0 GET a.example /other? length 0 malformed");
  peer.Server(Headers(1, kWhole, Block({{":status", "200"}})));
  CHECK(peer.Take() == Lines{"S1 HTTP/2.0 200=200 OK for GET a.example /p length 0"});
}

TEST_CASE("http2: a block of a request without a method is an anomaly and no message") {
  const Lines anomaly = {"C http2_malformed_message at 33"};
  CHECK(Request(Without(kPseudo, ":method")) == anomaly);
  CHECK(Request({{":status", "200"}}) == anomaly);
  CHECK(Request({{"trailer", "of nothing"}}) == anomaly);
  CHECK(Request({}) == anomaly);
}

TEST_CASE("http2: responses are reported, and flagged when they break a rule") {
  struct Row {
    const char* what;
    Fields fields;
    int flags;
    Lines lines;
  };
  const std::string anomaly = "S http2_malformed_message at 9";
  const Row rows[] = {
      {"an unregistered code",
       {{":status", "299"}},
       kEndHeaders,
       {"S1 HTTP/2.0 299=299  for    length -1"}},
      {"a code out of range",
       {{":status", "999"}},
       kEndHeaders,
       {anomaly, "S1 HTTP/2.0 999=999  for    length -1 malformed"}},
      {"a code that is none",
       {{":status", "20x"}},
       kEndHeaders,
       {anomaly, "S1 HTTP/2.0 0=20x  for    length -1 malformed"}},
      {"no code but fields", {{"server", "x"}}, kEndHeaders, {anomaly}},
      {"a method",
       {{":status", "200"}, {":method", "GET"}},
       kEndHeaders,
       {anomaly, "S1 HTTP/2.0 200=200 OK for    length -1 malformed"}},
      {"a request", kPseudo, kEndHeaders, {anomaly}},
      {"switching protocols",
       {{":status", "101"}},
       kEndHeaders,
       {anomaly, "S1 HTTP/2.0 101=101 Switching Protocols for    length -1 malformed"}},
      {"an informational one that ends the stream",
       {{":status", "100"}},
       kWhole,
       {anomaly, "S1 HTTP/2.0 100=100 Continue for    length 0 malformed"}},
      {"trailers of a stream that is not known", {{"t", "1"}}, kWhole, {}},
      {"trailers with a bad name", {{"T", "1"}}, kWhole, {anomaly}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CHECK(Response(row.fields, row.flags) == row.lines);
  }
}

TEST_CASE("http2: a stream has one final response") {
  Http2Peer peer;
  peer.Begin();
  peer.Client(Headers(1, kWhole, Block(kPseudo)));
  peer.Take();
  SUBCASE("a second one is flagged") {
    peer.Server(Headers(1, kEndHeaders, Block({{":status", "200"}})));
    peer.Server(Headers(1, kEndHeaders, Block({{":status", "500"}})));
    CHECK(peer.Take() ==
          Lines{"S1 HTTP/2.0 200=200 OK for GET a.example /p length -1",
                "S http2_malformed_message at 31",
                "S1 HTTP/2.0 500=500 Internal Server Error for GET a.example /p length -1 "
                "malformed"});
  }
  SUBCASE("trailers before it are an anomaly") {
    peer.Server(Headers(1, kWhole, Block({{"t", "1"}})));
    CHECK(peer.Take() == Lines{"S http2_malformed_message at 9"});
  }
}

TEST_CASE("http status text: registered codes have a reason, others have none") {
  CHECK(HttpStatusText(200) == "200 OK");
  CHECK(HttpStatusText(100) == "100 Continue");
  CHECK(HttpStatusText(404) == "404 Not Found");
  CHECK(HttpStatusText(511) == "511 Network Authentication Required");
  for (const std::uint32_t code : {0u, 99u, 306u, 599u, 600u, 4294967295u}) {
    CAPTURE(code);
    CHECK(HttpStatusText(code).empty());
  }
}

}  // namespace http2_message_test
}  // namespace wirehound::test
