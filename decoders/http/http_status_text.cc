// SPDX-License-Identifier: Apache-2.0

// The table of status codes, and an index into it by code.

#include "decoders/http/http_status_text.h"

#include <array>
#include <cstddef>

namespace wirehound {
namespace {

constexpr std::uint32_t kFirstCode = 100;
constexpr std::uint32_t kEndCode = 600;

constexpr std::array kTexts = std::to_array<std::string_view>({
    "",  // where the index points for what is not registered
    "100 Continue",
    "101 Switching Protocols",
    "102 Processing",
    "103 Early Hints",
    "200 OK",
    "201 Created",
    "202 Accepted",
    "203 Non-Authoritative Information",
    "204 No Content",
    "205 Reset Content",
    "206 Partial Content",
    "207 Multi-Status",
    "208 Already Reported",
    "226 IM Used",
    "300 Multiple Choices",
    "301 Moved Permanently",
    "302 Found",
    "303 See Other",
    "304 Not Modified",
    "305 Use Proxy",
    "307 Temporary Redirect",
    "308 Permanent Redirect",
    "400 Bad Request",
    "401 Unauthorized",
    "402 Payment Required",
    "403 Forbidden",
    "404 Not Found",
    "405 Method Not Allowed",
    "406 Not Acceptable",
    "407 Proxy Authentication Required",
    "408 Request Timeout",
    "409 Conflict",
    "410 Gone",
    "411 Length Required",
    "412 Precondition Failed",
    "413 Request Entity Too Large",
    "414 Request URI Too Long",
    "415 Unsupported Media Type",
    "416 Requested Range Not Satisfiable",
    "417 Expectation Failed",
    "418 I'm a teapot",
    "421 Misdirected Request",
    "422 Unprocessable Entity",
    "423 Locked",
    "424 Failed Dependency",
    "425 Too Early",
    "426 Upgrade Required",
    "428 Precondition Required",
    "429 Too Many Requests",
    "431 Request Header Fields Too Large",
    "451 Unavailable For Legal Reasons",
    "500 Internal Server Error",
    "501 Not Implemented",
    "502 Bad Gateway",
    "503 Service Unavailable",
    "504 Gateway Timeout",
    "505 HTTP Version Not Supported",
    "506 Variant Also Negotiates",
    "507 Insufficient Storage",
    "508 Loop Detected",
    "510 Not Extended",
    "511 Network Authentication Required",
});
static_assert(kTexts.size() < 256);

constexpr std::uint32_t CodeOf(std::string_view text) {
  return static_cast<std::uint32_t>(text[0] - '0') * 100 +
         static_cast<std::uint32_t>(text[1] - '0') * 10 + static_cast<std::uint32_t>(text[2] - '0');
}

constexpr auto kIndex = [] {
  std::array<std::uint8_t, kEndCode - kFirstCode> index{};
  for (std::size_t i = 1; i < kTexts.size(); ++i) {
    index[CodeOf(kTexts[i]) - kFirstCode] = static_cast<std::uint8_t>(i);
  }
  return index;
}();

}  // namespace

std::string_view HttpStatusText(std::uint32_t code) {
  if (code < kFirstCode || code >= kEndCode) {
    return {};
  }
  return kTexts[kIndex[code - kFirstCode]];
}

}  // namespace wirehound
