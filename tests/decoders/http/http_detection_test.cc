// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "decoders/http/http_detection.h"
#include "tests/decoders/http/http1_test_support.h"

namespace wirehound::test {
namespace http_detection_test {

HttpGuess Guess(std::string_view text) { return GuessHttp(HttpBytes(text)); }

constexpr std::string_view kMethods[] = {"ACL",
                                         "BASELINE-CONTROL",
                                         "BCOPY",
                                         "BDELETE",
                                         "BIND",
                                         "BMOVE",
                                         "BPROPFIND",
                                         "BPROPPATCH",
                                         "CHECKIN",
                                         "CHECKOUT",
                                         "CONNECT",
                                         "COPY",
                                         "DELETE",
                                         "GET",
                                         "HEAD",
                                         "LABEL",
                                         "LINK",
                                         "LOCK",
                                         "M-POST",
                                         "M-SEARCH",
                                         "MERGE",
                                         "MKACTIVITY",
                                         "MKCALENDAR",
                                         "MKCOL",
                                         "MKREDIRECTREF",
                                         "MKWORKSPACE",
                                         "MOVE",
                                         "NOTIFY",
                                         "OPTIONS",
                                         "ORDERPATCH",
                                         "PATCH",
                                         "POLL",
                                         "POST",
                                         "PROPFIND",
                                         "PROPPATCH",
                                         "PURGE",
                                         "PUT",
                                         "QUERY",
                                         "REBIND",
                                         "REPORT",
                                         "RPC_IN_DATA",
                                         "RPC_OUT_DATA",
                                         "SEARCH",
                                         "SUBSCRIBE",
                                         "TRACE",
                                         "UNBIND",
                                         "UNCHECKOUT",
                                         "UNLINK",
                                         "UNLOCK",
                                         "UNSUBSCRIBE",
                                         "UPDATE",
                                         "UPDATEREDIRECTREF",
                                         "VERSION-CONTROL",
                                         "X-MS-ENUMATTS"};

TEST_CASE("http detection: every registered method and a blank start a request") {
  for (const std::string_view method : kMethods) {
    CAPTURE(method);
    const std::string line = std::string(method) + " / HTTP/1.1\r\n";
    CHECK(Guess(line) == HttpGuess::kRequest);
    CHECK(Guess(std::string(method) + " ") == HttpGuess::kRequest);
    CHECK(Guess("\r\n" + line) == HttpGuess::kRequest);
    for (std::size_t size = 0; size <= method.size(); ++size) {
      CAPTURE(size);
      CHECK(Guess(line.substr(0, size)) == HttpGuess::kNeedMore);
    }
    CHECK(Guess(std::string(method) + "X / HTTP/1.1\r\n") == HttpGuess::kNo);
    CHECK(Guess(std::string(method) + "\t/ HTTP/1.1\r\n") == HttpGuess::kNo);
  }
}

TEST_CASE("http detection: responses start with HTTP/1.") {
  CHECK(Guess("HTTP/1.1 200 OK\r\n") == HttpGuess::kResponse);
  CHECK(Guess("HTTP/1.") == HttpGuess::kResponse);
  CHECK(Guess("\n\nHTTP/1.0 200 OK\r\n") == HttpGuess::kResponse);
  CHECK(Guess("HTTP/1") == HttpGuess::kNeedMore);
  CHECK(Guess("HTTP/2 200\r\n") == HttpGuess::kNo);
  CHECK(Guess("HTTP/2") == HttpGuess::kNo);
}

TEST_CASE("http detection: HTTP/2 starts with its whole preface") {
  const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  CHECK(Guess(preface) == HttpGuess::kHttp2);
  CHECK(Guess(preface + std::string("\0\0\0\4", 4)) == HttpGuess::kHttp2);
  for (std::size_t size = 0; size < preface.size(); ++size) {
    CAPTURE(size);
    CHECK(Guess(preface.substr(0, size)) == HttpGuess::kNeedMore);
  }
  CHECK(Guess("PRI / HTTP/1.1\r\nHost: example.com\r\n\r\n") == HttpGuess::kNo);
}

TEST_CASE("http detection: other protocols are not HTTP") {
  for (const std::string_view text :
       {std::string_view("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),
        std::string_view("SSH-2.0-OpenSSH_9.2\r\n"), std::string_view("220 mail ESMTP\r\n"),
        std::string_view("get / HTTP/1.1\r\n"), std::string_view("EHLO example.com\r\n"),
        std::string_view("REGISTER sip:example.com SIP/2.0\r\n"), std::string_view("\0", 1),
        std::string_view("\xff"), std::string_view(" GET / HTTP/1.1"), std::string_view("GETS x"),
        std::string_view("G ET "), std::string_view("USER anonymous\r\n")}) {
    CAPTURE(text);
    CHECK(Guess(text) == HttpGuess::kNo);
  }
}

TEST_CASE("http detection: a few empty lines may come before the start, but not many") {
  CHECK(Guess("") == HttpGuess::kNeedMore);
  CHECK(Guess(std::string(kMaxHttpBlankBytes, '\n')) == HttpGuess::kNeedMore);
  CHECK(Guess(std::string(kMaxHttpBlankBytes, '\n') + "GET ") == HttpGuess::kRequest);
  CHECK(Guess(std::string(kMaxHttpBlankBytes + 1, '\n') + "GET ") == HttpGuess::kNo);
}

}  // namespace http_detection_test
}  // namespace wirehound::test
