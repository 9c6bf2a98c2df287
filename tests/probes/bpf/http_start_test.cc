// SPDX-License-Identifier: Apache-2.0

// The programs' test for the start of HTTP agrees with that of the decoders, and it finds the end
// of a head at every offset.

#include "probes/bpf/http_start.h"

#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "decoders/http/http_detection.h"

namespace wirehound {
namespace http_start_test {

std::uint64_t Word(std::string_view text) {
  std::uint64_t word = 0;
  std::memcpy(&word, text.data(), std::min(text.size(), sizeof(word)));
  return word;
}

wirehound_http_start Judge(std::string_view text) {
  const auto size = static_cast<std::uint32_t>(std::min<std::size_t>(text.size(), 8));
  return wirehound_http_judge(Word(text), size);
}

HttpGuess Guess(std::string_view text) { return GuessHttp(std::as_bytes(std::span(text))); }

constexpr auto kStarts = std::to_array<std::string_view>({"GET /",
                                                          "POST /",
                                                          "HEAD /",
                                                          "PUT /",
                                                          "DELETE /",
                                                          "OPTIONS *",
                                                          "PATCH /",
                                                          "CONNECT a:1",
                                                          "TRACE /",
                                                          "ACL /",
                                                          "BIND /",
                                                          "CHECKIN /",
                                                          "COPY /",
                                                          "LABEL /",
                                                          "LINK /",
                                                          "LOCK /",
                                                          "MERGE /",
                                                          "MKCOL /",
                                                          "MOVE /",
                                                          "QUERY /",
                                                          "REBIND /",
                                                          "REPORT /",
                                                          "SEARCH /",
                                                          "UNBIND /",
                                                          "UNLINK /",
                                                          "UNLOCK /",
                                                          "UPDATE /",
                                                          "NOTIFY /",
                                                          "M-POST /",
                                                          "POLL /",
                                                          "BCOPY /",
                                                          "BMOVE /",
                                                          "PURGE /",
                                                          "BDELETE /",
                                                          "PROPFIND /",
                                                          "PROPPATCH /",
                                                          "CHECKOUT /",
                                                          "UNCHECKOUT /",
                                                          "VERSION-CONTROL /",
                                                          "MKWORKSPACE /",
                                                          "BASELINE-CONTROL /",
                                                          "MKACTIVITY /",
                                                          "MKCALENDAR /",
                                                          "MKREDIRECTREF /",
                                                          "ORDERPATCH /",
                                                          "UPDATEREDIRECTREF /",
                                                          "SUBSCRIBE /",
                                                          "UNSUBSCRIBE /",
                                                          "M-SEARCH *",
                                                          "BPROPFIND /",
                                                          "BPROPPATCH /",
                                                          "X-MS-ENUMATTS /",
                                                          "RPC_IN_DATA /",
                                                          "RPC_OUT_DATA /",
                                                          "HTTP/1.1 200 OK",
                                                          "HTTP/1.0 404 No",
                                                          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"});

TEST_CASE(
    "http start: every start that the decoders accept is accepted, and so is each prefix of it") {
  for (const std::string_view start : kStarts) {
    for (std::size_t size = 1; size <= start.size(); ++size) {
      const std::string_view text = start.substr(0, size);
      CAPTURE(std::string(text));
      REQUIRE(Guess(text) != HttpGuess::kNo);
      CHECK(Judge(text) != WIREHOUND_STARTS_NOTHING);
      if (Guess(text) == HttpGuess::kResponse) {
        CHECK(Judge(text) == WIREHOUND_STARTS_RESPONSE);
      }
      if (Guess(text) == HttpGuess::kRequest) {
        CHECK(Judge(text) == WIREHOUND_STARTS_REQUEST);
      }
    }
  }
}

TEST_CASE("http start: the first eight bytes distinguish the HTTP/2 preface from a request") {
  CHECK(Judge("PRI * H") == WIREHOUND_STARTS_BEGINNING);
  CHECK(Judge("PRI * HTTP/2.0") == WIREHOUND_STARTS_HTTP2);
}

TEST_CASE("http start: other protocols are not taken for HTTP") {
  for (const std::string_view text :
       {"SSH-2.0-OpenSSH_9.6\r\n", "220 mail ESMTP\r\n", "EHLO there\r\n", "get key\r\n",
        "GETTING on", "\x16\x03\x01\x02\x00\x01\x00\x01", "MAIL FROM:<a@b>", "*1\r\n$4\r\nPING\r\n",
        "HTTPS/1.", "POST\r\n", "xHTTP/1.1", "USER me", "", "G\xc3\xa9", "\0\0\0\0"}) {
    CAPTURE(std::string(text));
    CHECK(Judge(text) == WIREHOUND_STARTS_NOTHING);
  }
}

TEST_CASE("http start: a frame that an HTTP/2 server may send before the preface is recognised") {
  using namespace std::string_view_literals;
  CHECK(Judge("\0\0\x06\x04\0\0\0\0\0"sv) == WIREHOUND_STARTS_FRAME);
  CHECK(Judge("\0\0\x04\x08\0\0\0\0\0"sv) == WIREHOUND_STARTS_FRAME);
  CHECK(Judge("\0\0\x06\x04\0\0\0"sv) == WIREHOUND_STARTS_NOTHING);
  CHECK(Judge("\0\0\x06\x01\0\0\0\0\0"sv) == WIREHOUND_STARTS_NOTHING);
  CHECK(Judge("\0\0\x06\x04\0\0\0\0\1"sv) == WIREHOUND_STARTS_FRAME);
  CHECK(Judge("\0\0\x06\x04\1\0\0\0\0"sv) == WIREHOUND_STARTS_NOTHING);
}

TEST_CASE(
    "http start: a head ends behind an empty line, wherever the words of eight bytes are cut") {
  for (const std::string_view end : {"\r\n\r\n", "\n\n", "\n\r\n", "\r\n\n"}) {
    for (std::size_t lead = 0; lead < 16; ++lead) {
      const std::string head = std::string(lead, 'a') + std::string(end);
      std::string bytes = head + "b\n\n";
      bytes.resize(48, '\0');
      std::uint64_t before = 0;
      std::size_t found = 0;
      for (std::size_t at = 0; at < bytes.size() && found == 0; at += 8) {
        const std::uint64_t word = Word(std::string_view(bytes).substr(at, 8));
        if (const std::uint32_t size = wirehound_http_head_end(word, before); size != 0) {
          found = at + size;
        }
        before = word;
      }
      CAPTURE(head);
      CHECK(found == head.size());
    }
  }
}

TEST_CASE("http start: single lines, lone CR and bytes that resemble line ends do not end a head") {
  for (const std::string_view text :
       {"a\r\nb\r\nc", "\r\r\n\raaa", "\n\raaaaa", "\x8a\x8a\x8a\x8a\x8a\x8a\x8a\x8a",
        "\x0b\x0a\x0b\x0a\x0b\x0a\x0b\x0a", "\r\n\x8d\n\x0c\n\x0d\x0d"}) {
    CAPTURE(std::string(text));
    CHECK(wirehound_http_head_end(Word(text), 0) == 0);
  }
}

}  // namespace http_start_test
}  // namespace wirehound
