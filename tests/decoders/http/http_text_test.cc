// SPDX-License-Identifier: Apache-2.0

// Header names and request targets.

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "decoders/http/http_text.h"

namespace wirehound::test {
namespace http_text_test {

std::string Text(const wirehound_string& text) { return {text.data, text.size}; }

TEST_CASE("http text: tokens are the bytes of RFC 9110 and nothing else") {
  CHECK(IsToken("GET"));
  CHECK(IsToken("!#$%&'*+-.^_`|~09azAZ"));
  CHECK_FALSE(IsToken(""));
  for (const char byte : std::string_view("\0\t\r\n \"(),/:;<=>?@[\\]{}\x7f\x80\xff", 25)) {
    CAPTURE(static_cast<int>(byte));
    CHECK_FALSE(IsToken(std::string(1, byte)));
    CHECK_FALSE(IsToken("a" + std::string(1, byte)));
  }
}

TEST_CASE("http text: header names get their usual case") {
  struct Row {
    std::string_view name;
    std::string_view canonical;
  };
  for (const Row& row :
       {Row{"content-type", "Content-Type"}, Row{"CONTENT-TYPE", "Content-Type"},
        Row{"Content-Type", "Content-Type"}, Row{"etag", "Etag"}, Row{"ETag", "Etag"},
        Row{"www-authenticate", "Www-Authenticate"}, Row{"x-1a-b", "X-1a-B"}, Row{"x--y", "X--Y"},
        Row{"-x", "-X"}, Row{"my_own.NAME", "My_own.name"}, Row{"with blank", "with blank"},
        Row{"na\xefve", "na\xefve"}, Row{"", ""}, Row{"a", "A"}, Row{"host:", "host:"}}) {
    CAPTURE(row.name);
    Arena arena(1024);
    CHECK(Text(CanonicalHeaderName(row.name, arena)) == row.canonical);
  }
}

TEST_CASE("http text: a name in its usual case and a well-known one cost no memory") {
  Arena arena(1024);
  const std::string_view own = "X-My-Own";
  CHECK(CanonicalHeaderName(own, arena).data == own.data());
  const std::string_view known = "user-agent";
  CHECK(Text(CanonicalHeaderName(known, arena)) == "User-Agent");
  CHECK(arena.used() == 0);
  CHECK(Text(CanonicalHeaderName("x-my-own", arena)) == "X-My-Own");
  CHECK(arena.used() == own.size());
}

TEST_CASE("http text: without memory a name stays as it is") {
  Arena arena(4);
  CHECK(Text(CanonicalHeaderName("x-my-own", arena)) == "x-my-own");
  CHECK(arena.exhausted());
}

struct TargetRow {
  std::string_view method;
  std::string_view target;
  std::string_view host;
  std::string_view path;
  std::string_view query;
};

TEST_CASE("http text: targets of all four forms are split into their parts") {
  for (const TargetRow& row :
       {TargetRow{"GET", "/", "", "/", ""},
        TargetRow{"GET", "/a/b?c=d&e=%41", "", "/a/b", "c=d&e=%41"},
        TargetRow{"GET", "/a?b?c", "", "/a", "b?c"},
        TargetRow{"GET", "/a?", "", "/a", ""},
        TargetRow{"GET", "?q", "", "", "q"},
        TargetRow{"GET", "/a#f?q", "", "/a", ""},
        TargetRow{"GET", "/a?q#f", "", "/a", "q"},
        TargetRow{"GET", "//host/a", "", "//host/a", ""},
        TargetRow{"GET", "/http://x/", "", "/http://x/", ""},
        TargetRow{"GET", "http://example.com/a?b", "example.com", "/a", "b"},
        TargetRow{"GET", "HTTPS://example.com:8443", "example.com:8443", "", ""},
        TargetRow{"GET", "http://me:pw@example.com?q", "example.com", "", "q"},
        TargetRow{"GET", "http://[::1]:80/", "[::1]:80", "/", ""},
        TargetRow{"GET", "1http://x/", "", "1http://x/", ""},
        TargetRow{"GET", "://x/", "", "://x/", ""},
        TargetRow{"GET", "mailto:a", "", "mailto:a", ""},
        TargetRow{"OPTIONS", "*", "", "*", ""},
        TargetRow{"CONNECT", "example.com:443", "example.com:443", "example.com:443", ""},
        TargetRow{"CONNECT", "a%41:1?x", "a%41:1?x", "a%41:1?x", ""},
        TargetRow{"CONNECT", "/rpc?x", "", "/rpc", "x"},
        TargetRow{"GET", "", "", "", ""}}) {
    CAPTURE(row.target);
    Arena arena(1024);
    HttpTarget target;
    CHECK(SplitHttpTarget(row.method, row.target, arena, target));
    CHECK(Text(target.host) == row.host);
    CHECK(Text(target.path) == row.path);
    CHECK(Text(target.query) == row.query);
    CHECK(arena.used() == 0);
  }
}

TEST_CASE("http text: paths are percent-decoded once, and text that is no escape stays") {
  struct Row {
    std::string_view target;
    std::string_view path;
  };
  for (const Row& row :
       {Row{"/%41%62c", "/Abc"}, Row{"/a%2fb", "/a/b"}, Row{"/%2e%2E/", "/../"},
        Row{"/%2541", "/%41"}, Row{"/100%", "/100%"}, Row{"/%4", "/%4"}, Row{"/%zz%41", "/%zzA"},
        Row{"/%%41", "/%A"}, Row{"/a+b", "/a+b"}, Row{"/%3fq?x", "/?q"}, Row{"/%e4", "/\xe4"}}) {
    CAPTURE(row.target);
    Arena arena(1024);
    HttpTarget parts;
    CHECK(SplitHttpTarget("GET", row.target, arena, parts));
    CHECK(Text(parts.path) == row.path);
  }
  Arena arena(1024);
  HttpTarget parts;
  CHECK(SplitHttpTarget("GET", "/%00", arena, parts));
  CHECK(Text(parts.path) == std::string("/\0", 2));
}

TEST_CASE("http text: without memory a path stays encoded, and the result is false") {
  Arena arena(4);
  HttpTarget target;
  CHECK_FALSE(SplitHttpTarget("GET", "http://h/%41bcdef?q", arena, target));
  CHECK(Text(target.path) == "/%41bcdef");
  CHECK(Text(target.host) == "h");
  CHECK(Text(target.query) == "q");
}

TEST_CASE("http text: case of ASCII letters only is ignored") {
  CHECK(EqualsIgnoringCase("Chunked", "cHUNKED"));
  CHECK_FALSE(EqualsIgnoringCase("chunked", "chunke"));
  CHECK_FALSE(EqualsIgnoringCase("a^", "a~"));
  CHECK_FALSE(EqualsIgnoringCase("[", "{"));
  CHECK_FALSE(EqualsIgnoringCase("\xc4", "\xe4"));
}

}  // namespace http_text_test
}  // namespace wirehound::test
