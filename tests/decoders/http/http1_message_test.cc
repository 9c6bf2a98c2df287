// SPDX-License-Identifier: Apache-2.0

// The contents of HTTP/1.x messages, and where messages end.

#include <string>

#include <doctest/doctest.h>

#include "tests/decoders/http/http1_test_support.h"

namespace wirehound::test {
namespace http1_message_test {

TEST_CASE("http1: a request and its response are decoded") {
  Http1Talk talk;
  CHECK(talk.Client("GET /a%20b?x=%41#f HTTP/1.1\r\n"
                    "Host: example.com\r\n"
                    "user-agent:\t curl/7 \t\r\n"
                    "Accept: a\r\n"
                    "Accept: b\r\n"
                    "X-Empty:\r\n\r\n") == HttpVerdict::kMore);
  CHECK(talk.Lines() ==
        "> GET example.com /a b ?x=%41 HTTP/1.1 length 0 "
        "{User-Agent: curl/7; Accept: a; Accept: b; X-Empty: }");
  CHECK(talk.Server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nHost: odd\r\n\r\nhello") ==
        HttpVerdict::kMore);
  CHECK(talk.Lines() ==
        "< HTTP/1.1 200 OK 200 length 5 {Content-Length: 5; Host: odd} "
        "for GET example.com /a b");
  CHECK(talk.pool.used_bytes() == 0);
}

TEST_CASE("http1: a message carries its struct sizes, stream id 0 and its kind") {
  struct Sink : HttpSink {
    void OnHttpMessage(HttpSide, const wirehound_http& message) override {
      CHECK(message.struct_size == sizeof(wirehound_http));
      CHECK(message.headers.stride == sizeof(wirehound_http_header));
      CHECK(message.stream_id == 0);
      kinds += message.kind == WIREHOUND_HTTP_REQUEST ? 'q' : 'r';
    }
    void OnHttpAnomaly(HttpSide, const Anomaly&) override { kinds += '!'; }
    std::string kinds;
  } sink;
  Arena arena(kHttp1ArenaBytes);
  HttpBufferPool pool(4096);
  Http1Connection connection(sink, arena, pool);
  connection.OnData(HttpSide::kClient, 0, HttpBytes("GET / HTTP/1.0\r\n\r\n"));
  connection.OnData(HttpSide::kServer, 0, HttpBytes("HTTP/1.0 200 OK\r\n\r\n"));
  CHECK(sink.kinds == "qr");
}

TEST_CASE("http1: the host is that of the header, else that of the target") {
  Http1Talk talk;
  talk.Client(
      "GET http://target/p HTTP/1.1\r\nHost: header\r\n\r\n"
      "GET http://target/p HTTP/1.1\r\n\r\n"
      "OPTIONS * HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"
      "POST /x HTTP/1.0\r\nHost:\r\n\r\n");
  CHECK(talk.Lines() ==
        "> GET header /p HTTP/1.1 length 0 {}\n"
        "> GET target /p HTTP/1.1 length 0 {}\n"
        "> OPTIONS h * HTTP/1.1 length 0 {}\n"
        "> POST /x HTTP/1.0 length 0 {}");
}

TEST_CASE("http1: unknown methods are accepted once the connection is HTTP") {
  Http1Talk talk;
  CHECK(talk.Client("GET / HTTP/1.1\r\n\r\nFoo-Bar!x /y HTTP/1.1\r\n\r\n") == HttpVerdict::kMore);
  CHECK(talk.Lines() == "> GET / HTTP/1.1 length 0 {}\n> Foo-Bar!x /y HTTP/1.1 length 0 {}");
}

TEST_CASE("http1: status texts have a blank even without a reason") {
  Http1Talk talk;
  talk.Server("HTTP/1.1 204\r\n\r\nHTTP/1.1 304 \r\n\r\nHTTP/1.1 404 Not  Found\r\n\r\n");
  CHECK(talk.Lines() ==
        "< HTTP/1.1 204  204 length 0 {}\n"
        "< HTTP/1.1 304  304 length 0 {}\n"
        "< HTTP/1.1 404 Not  Found 404 length -1 {}");
}

TEST_CASE("http1: empty lines before a start line are skipped") {
  Http1Talk talk;
  CHECK(talk.Client("\r\n\nGET / HTTP/1.1\r\n\r\n\r\nGET /2 HTTP/1.1\r\n\r\n") ==
        HttpVerdict::kMore);
  CHECK(talk.Lines() == "> GET / HTTP/1.1 length 0 {}\n> GET /2 HTTP/1.1 length 0 {}");
}

TEST_CASE("http1: bodies of requests are skipped exactly") {
  Http1Talk talk;
  SUBCASE("length") {
    talk.Client(
        "POST / HTTP/1.1\r\nContent-Length: 14\r\n\r\nGET /1 HTTP/1.1\r\n\r\n"
        "GET /2 HTTP/1.1\r\n\r\n");
    CHECK(talk.Lines() ==
          "> POST / HTTP/1.1 length 14 {Content-Length: 14}\n> !http_malformed_start_line");
  }
  SUBCASE("exact length") {
    talk.Client(
        "POST / HTTP/1.1\r\nContent-Length: 19\r\n\r\nGET /1 HTTP/1.1\r\n\r\n"
        "GET /2 HTTP/1.1\r\n\r\n");
    CHECK(talk.Lines() ==
          "> POST / HTTP/1.1 length 19 {Content-Length: 19}\n> GET /2 HTTP/1.1 length 0 {}");
  }
  SUBCASE("length zero") {
    talk.Client("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
    CHECK(talk.Lines() ==
          "> POST / HTTP/1.1 length 0 {Content-Length: 0}\n> GET /2 HTTP/1.1 length 0 {}");
  }
  SUBCASE("the same length several times") {
    talk.Client(
        "POST / HTTP/1.1\r\nContent-Length: 3, 3\r\nContent-Length: 03\r\n\r\nabc"
        "GET /2 HTTP/1.1\r\n\r\n");
    CHECK(talk.Lines() ==
          "> POST / HTTP/1.1 length 3 {Content-Length: 3, 3; Content-Length: 03}\n"
          "> GET /2 HTTP/1.1 length 0 {}");
  }
  SUBCASE("chunks with extensions and trailers") {
    talk.Client(
        "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n"
        "5;a=b;c=\"d;e\"\r\nhello\r\n00A \t\r\n0123456789\r\n0\r\n"
        "Trailer-One: x\r\nTrailer-Two: y\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
    CHECK(talk.Lines() ==
          "> POST / HTTP/1.1 length -1 {Transfer-Encoding: gzip, Chunked}\n"
          "> GET /2 HTTP/1.1 length 0 {}");
  }
}

TEST_CASE("http1: some responses have no body, whatever their headers say") {
  struct Row {
    std::string_view request;
    std::string_view head;
    std::string_view length;
  };
  for (const Row& row : {Row{"HEAD", "200 OK\r\nContent-Length: 7\r\n\r\n", "7"},
                         Row{"HEAD", "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "-1"},
                         Row{"HEAD", "200 OK\r\n\r\n", "-1"}, Row{"GET", "204 X\r\n\r\n", "0"},
                         Row{"GET", "304 X\r\nContent-Length: 9\r\n\r\n", "9"},
                         Row{"GET", "304 X\r\nTransfer-Encoding: chunked\r\n\r\n", "-1"}}) {
    CAPTURE(row.request);
    CAPTURE(row.head);
    Http1Talk talk;
    talk.Client(std::string(row.request) + " / HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
    talk.Lines();
    talk.Server("HTTP/1.1 " + std::string(row.head) + "HTTP/1.1 201 Next\r\n\r\n");
    const std::string lines = talk.Lines();
    CHECK(lines.find(" length " + std::string(row.length) + " ") != std::string::npos);
    CHECK(lines.ends_with("\n< HTTP/1.1 201 Next 201 length -1 {} for GET /2"));
  }
}

TEST_CASE("http1: a response without a length lasts until the connection closes") {
  Http1Talk talk;
  talk.Server("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 201 Not a response\r\n\r\n");
  talk.Server("HTTP/1.1 202 Nor this\r\n\r\n");
  talk.connection.OnEnd(HttpSide::kServer);
  CHECK(talk.Lines() == "< HTTP/1.1 200 OK 200 length -1 {}");
}

TEST_CASE("http1: interim responses leave the request waiting") {
  Http1Talk talk;
  talk.Client("POST /up HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  talk.Server("HTTP/1.1 100 Continue\r\n\r\n");
  talk.Client("ab");
  talk.Server("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
  CHECK(talk.Lines() ==
        "> POST h /up HTTP/1.1 length 2 {Expect: 100-continue; Content-Length: 2}\n"
        "< HTTP/1.1 100 Continue 100 length 0 {} for POST h /up\n"
        "< HTTP/1.1 103 Early Hints 103 length 0 {Link: x} for POST h /up\n"
        "< HTTP/1.1 200 OK 200 length -1 {} for POST h /up");
}

TEST_CASE("http1: an upgrade ends HTTP behind the 101") {
  Http1Talk talk;
  talk.Client("GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n");
  const std::string response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
  CHECK(talk.Server(response + "\x81\x05hello") == HttpVerdict::kDone);
  CHECK(talk.connection.consumed() == response.size());
  talk.Lines();
  CHECK(talk.Client("GET / HTTP/1.1\r\n\r\n") == HttpVerdict::kDone);
  CHECK(talk.connection.consumed() == 0);
  CHECK(talk.Lines().empty());
}

TEST_CASE("http1: an accepted h2c upgrade goes on as HTTP/2") {
  Http1Talk talk;
  talk.Client(
      "GET /p HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\n"
      "Upgrade: foo, h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n");
  const std::string response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: H2C\r\n\r\n";
  CHECK(talk.Server(response + "\x01\x02") == HttpVerdict::kHttp2);
  CHECK(talk.connection.consumed() == response.size());
  const Http1Request request = talk.connection.upgraded_request();
  CHECK(request.method == "GET");
  CHECK(request.host == "h");
  CHECK(request.path == "/p");
  CHECK(request.upgrade_to_h2c);
  CHECK(talk.sink.messages == 2);
  talk.connection.Reset();
  CHECK(talk.connection.upgraded_request().method.empty());
  CHECK(talk.pool.used_bytes() == 0);
}

TEST_CASE("http1: a refused h2c upgrade goes on as HTTP/1.1") {
  Http1Talk talk;
  talk.Client("GET /p HTTP/1.1\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n\r\n");
  CHECK(talk.Server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") == HttpVerdict::kMore);
  CHECK(talk.Client("GET /q HTTP/1.1\r\n\r\n") == HttpVerdict::kMore);
  CHECK(talk.sink.messages == 3);
}

TEST_CASE("http1: a tunnel ends HTTP behind the response to CONNECT") {
  Http1Talk talk;
  talk.Client("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n");
  SUBCASE("accepted, with any length in its header") {
    const std::string response = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
    CHECK(talk.Server(response + "x") == HttpVerdict::kDone);
    CHECK(talk.connection.consumed() == response.size());
  }
  SUBCASE("accepted after the client sent data into the tunnel") {
    CHECK(talk.Client("\x16\x03\x01") == HttpVerdict::kMore);
    CHECK(talk.Server("HTTP/1.1 200 OK\r\n\r\n") == HttpVerdict::kDone);
    CHECK(talk.sink.anomalies.empty());
  }
  SUBCASE("refused") {
    CHECK(talk.Server("HTTP/1.1 407 No\r\nContent-Length: 1\r\n\r\nx") == HttpVerdict::kMore);
    CHECK(talk.Client("GET http://h/ HTTP/1.1\r\n\r\n") == HttpVerdict::kMore);
    talk.Lines();
    CHECK(talk.Server("HTTP/1.1 204 Y\r\n\r\n") == HttpVerdict::kMore);
    CHECK(talk.Lines() == "< HTTP/1.1 204 Y 204 length 0 {} for GET h /");
  }
  SUBCASE("refused after the client sent data into the tunnel") {
    talk.Client("\x16\x03\x01");
    talk.Server("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n");
    talk.Client("GET /after HTTP/1.1\r\n\r\n");
    talk.Lines();
    talk.Server("HTTP/1.1 204 Y\r\n\r\n");
    // The client's data may have contained requests.
    CHECK(talk.Lines() == "< HTTP/1.1 204 Y 204 length 0 {}");
  }
}

TEST_CASE("http1: a CONNECT's target is shown as it is") {
  Http1Talk talk;
  talk.Client("CONNECT example.com:443 HTTP/1.1\r\n\r\n");
  CHECK(talk.Lines() == "> CONNECT example.com:443 example.com:443 HTTP/1.1 length 0 {}");
}

TEST_CASE("http1: the HTTP/2 preface is recognised, in one piece or in many") {
  const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  for (std::size_t size = 0; size <= preface.size(); ++size) {
    CAPTURE(size);
    Http1Talk talk;
    if (size > 0 && size < preface.size()) {
      CHECK(talk.Client(preface.substr(0, size)) == HttpVerdict::kMore);
      CHECK(talk.connection.consumed() == size);
    }
    const std::size_t rest = size < preface.size() ? preface.size() - size : preface.size();
    CHECK(talk.Client(preface.substr(preface.size() - rest) + "frames") == HttpVerdict::kHttp2);
    CHECK(talk.connection.consumed() == rest);
    CHECK(talk.connection.upgraded_request().method.empty());
    CHECK(talk.sink.lines.empty());
    CHECK(talk.pool.used_bytes() == 0);
  }
}

TEST_CASE("http1: first bytes that turn out to be no HTTP report nothing") {
  for (const std::string_view text :
       {"GET key\r\n", "GET / HTTP/0.9\r\n", "GET / HTTP/2.0\r\n\r\n", "GET /\r\n",
        "OPTIONS rtsp://h/ RTSP/1.0\r\n", "GET / HTTP/1.1x\r\n", "GET  HTTP/1.1\r\n\r\n",
        "GET / http/1.1\r\n\r\n", "PRI * HTTP/1.1\r\n\r\n", "SSH-2.0-x\r\n",
        "NOTIFY sip:x SIP/2.0\r\nVia: SIP/2.0/TCP h\r\n\r\n"}) {
    CAPTURE(text);
    Http1Talk whole;
    CHECK(whole.Client(text) == HttpVerdict::kNotHttp);
    CHECK(whole.sink.lines.empty());
    Http1Talk split;
    for (std::size_t i = 0; i < text.size(); ++i) {
      split.Client(text.substr(i, 1));
    }
    CHECK(split.Client("more") == HttpVerdict::kNotHttp);
    CHECK(split.sink.lines.empty());
    CHECK(split.pool.used_bytes() == 0);
  }
}

TEST_CASE("http1: Reset makes a connection like new") {
  Http1Talk talk;
  talk.Client("GET /a HTTP/1.1\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nxyz");
  talk.Server("HTTP/1.1 200 OK\r\nConten");
  talk.connection.Reset();
  CHECK(talk.pool.used_bytes() == 0);
  talk.Lines();
  talk.Client("GET /new HTTP/1.1\r\n\r\n");
  talk.Server("HTTP/1.1 200 OK\r\n\r\n");
  CHECK(talk.Lines() ==
        "> GET /new HTTP/1.1 length 0 {}\n< HTTP/1.1 200 OK 200 length -1 {} for GET /new");
  talk.connection.Reset();
  CHECK(talk.Client("no") == HttpVerdict::kNotHttp);
}

TEST_CASE("http1: texts in one piece are views of the segment") {
  struct Sink : HttpSink {
    void OnHttpMessage(HttpSide, const wirehound_http& message) override {
      const auto* field = static_cast<const wirehound_http_header*>(message.headers.data);
      for (const wirehound_string& text :
           {message.method, message.host, message.uri_path, message.query, message.protocol,
            field->name, field->value}) {
        CHECK(text.data >= input.data());
        CHECK(text.data + text.size <= input.data() + input.size());
      }
    }
    void OnHttpAnomaly(HttpSide, const Anomaly&) override {}
    std::string_view input;
  } sink;
  Arena arena(kHttp1ArenaBytes);
  HttpBufferPool pool(0);
  Http1Connection connection(sink, arena, pool);
  sink.input = "GET /path?q HTTP/1.1\r\nHost: h\r\nX-Name: value\r\n\r\n";
  connection.OnData(HttpSide::kClient, 0, HttpBytes(sink.input));
}

}  // namespace http1_message_test
}  // namespace wirehound::test
