// SPDX-License-Identifier: Apache-2.0

// Header names are looked at once: most are in their usual case already and cost nothing more.
// Those of HTTP/2 are all lower case; a table of the common ones saves copying them.

#include "decoders/http/http_text.h"

#include <algorithm>

#include <wirehound/views.h>

namespace wirehound {
namespace {

using http_text_internal::kNameBytes;
using http_text_internal::NameByte;

constexpr auto kKnownNames = std::to_array<std::string_view>({
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
    "Accept-Ranges",
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
    "Access-Control-Max-Age",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Method",
    "Age",
    "Allow",
    "Alt-Svc",
    "Authorization",
    "Cache-Control",
    "Cf-Cache-Status",
    "Cf-Ray",
    "Connection",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-Location",
    "Content-Range",
    "Content-Security-Policy",
    "Content-Type",
    "Cookie",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Date",
    "Dnt",
    "Early-Data",
    "Etag",
    "Expect",
    "Expires",
    "Forwarded",
    "From",
    "Grpc-Encoding",
    "Grpc-Accept-Encoding",
    "Grpc-Message",
    "Grpc-Status",
    "Grpc-Timeout",
    "Host",
    "Http2-Settings",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Keep-Alive",
    "Last-Modified",
    "Link",
    "Location",
    "Max-Forwards",
    "Nel",
    "Origin",
    "Permissions-Policy",
    "Pragma",
    "Priority",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Connection",
    "Purpose",
    "Range",
    "Referer",
    "Referrer-Policy",
    "Report-To",
    "Retry-After",
    "Sec-Ch-Ua",
    "Sec-Ch-Ua-Mobile",
    "Sec-Ch-Ua-Platform",
    "Sec-Fetch-Dest",
    "Sec-Fetch-Mode",
    "Sec-Fetch-Site",
    "Sec-Fetch-User",
    "Sec-Websocket-Accept",
    "Sec-Websocket-Extensions",
    "Sec-Websocket-Key",
    "Sec-Websocket-Protocol",
    "Sec-Websocket-Version",
    "Server",
    "Server-Timing",
    "Set-Cookie",
    "Soapaction",
    "Strict-Transport-Security",
    "Te",
    "Timing-Allow-Origin",
    "Traceparent",
    "Tracestate",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "Upgrade-Insecure-Requests",
    "User-Agent",
    "Vary",
    "Via",
    "Warning",
    "Www-Authenticate",
    "X-Amz-Cf-Id",
    "X-Amz-Cf-Pop",
    "X-Amz-Request-Id",
    "X-Api-Key",
    "X-Cache",
    "X-Content-Type-Options",
    "X-Correlation-Id",
    "X-Csrf-Token",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
    "X-Frame-Options",
    "X-Powered-By",
    "X-Real-Ip",
    "X-Request-Id",
    "X-Requested-With",
    "X-Served-By",
    "X-Timer",
    "X-Xss-Protection",
});

constexpr std::size_t kSlots = 512;  // a power of two, sparse: a miss ends at once
constexpr std::uint8_t kNoName = 0xff;
static_assert(kKnownNames.size() < kNoName);

constexpr std::size_t SlotOf(std::string_view name) {
  std::uint32_t hash = static_cast<std::uint32_t>(name.size());
  for (const std::size_t at :
       {std::size_t{0}, name.size() / 2, name.size() * 3 / 4, name.size() - 1}) {
    hash = (hash ^ (static_cast<unsigned char>(name[at]) | 0x20U)) * 0x01000193U;
  }
  return (hash >> 11) % kSlots;
}

constexpr std::array<std::uint8_t, kSlots> MakeSlots() {
  std::array<std::uint8_t, kSlots> slots{};
  slots.fill(kNoName);
  for (std::size_t i = 0; i < kKnownNames.size(); ++i) {
    std::size_t slot = SlotOf(kKnownNames[i]);
    while (slots[slot] != kNoName) {
      slot = (slot + 1) % kSlots;
    }
    slots[slot] = static_cast<std::uint8_t>(i);
  }
  return slots;
}

constexpr std::array<std::uint8_t, kSlots> kNameSlots = MakeSlots();

constexpr char ToLower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte;
}

constexpr char ToUpper(char byte) {
  return byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - ('a' - 'A')) : byte;
}

// The known name that `name`, a token, is in some case; empty for any other.
std::string_view FindKnownName(std::string_view name) {
  std::size_t slot = SlotOf(name);
  while (kNameSlots[slot] != kNoName) {
    const std::string_view known = kKnownNames[kNameSlots[slot]];
    if (EqualsIgnoringCase(known, name)) {
      return known;
    }
    slot = (slot + 1) % kSlots;
  }
  return {};
}

enum class NameCase : std::uint8_t { kUsual, kOther, kNoToken };

NameCase LookAtName(std::string_view name) {
  NameByte wrong = NameByte::kLower;  // at this place
  NameCase result = NameCase::kUsual;
  for (const char byte : name) {
    const NameByte kind = kNameBytes[static_cast<unsigned char>(byte)];
    if (kind == NameByte::kNone) {
      return NameCase::kNoToken;
    }
    if (kind == wrong) {
      result = NameCase::kOther;
    }
    wrong = byte == '-' ? NameByte::kLower : NameByte::kUpper;
  }
  return result;
}

void WriteCanonical(std::string_view name, char* out) {
  bool upper = true;
  for (const char byte : name) {
    *out++ = upper ? ToUpper(byte) : ToLower(byte);
    upper = byte == '-';
  }
}

int HexValue(char byte) {
  if (byte >= '0' && byte <= '9') {
    return byte - '0';
  }
  const char lower = ToLower(byte);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Writes at most as many bytes as `text` has and returns how many.
std::size_t WriteUnescaped(std::string_view text, char* out) {
  char* next = out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && text.size() - i > 2) {
      const int high = HexValue(text[i + 1]);
      const int low = HexValue(text[i + 2]);
      if (high >= 0 && low >= 0) {
        *next++ = static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    *next++ = text[i];
  }
  return static_cast<std::size_t>(next - out);
}

bool UnescapePath(std::string_view path, Arena& arena, wirehound_string& out) {
  out = FromView(path);
  if (path.find('%') == std::string_view::npos) {
    return true;
  }
  char* text = arena.Reserve(path.size());
  if (text == nullptr) {
    return false;
  }
  out = {text, WriteUnescaped(path, text)};
  arena.Commit(out.size);
  return true;
}

// Where the authority of an absolute form starts, behind "scheme://" (RFC 3986 section 3.1); 0 in
// any other form.
std::size_t AuthorityStart(std::string_view target) {
  if (target.empty() || target.front() == '/') {
    return 0;
  }
  const std::size_t colon = target.find(':');
  if (colon == std::string_view::npos || target.substr(colon, 3) != "://") {
    return 0;
  }
  for (std::size_t i = 0; i < colon; ++i) {
    const char lower = ToLower(target[i]);
    const bool letter = lower >= 'a' && lower <= 'z';
    const bool later =
        (lower >= '0' && lower <= '9') || lower == '+' || lower == '-' || lower == '.';
    if (!letter && (i == 0 || !later)) {
      return 0;
    }
  }
  return colon == 0 ? 0 : colon + 3;
}

std::string_view WithoutUserInfo(std::string_view authority) {
  const std::size_t at = authority.rfind('@');
  return at == std::string_view::npos ? authority : authority.substr(at + 1);
}

}  // namespace

bool IsToken(std::string_view text) {
  for (const char byte : text) {
    if (!IsTokenByte(byte)) {
      return false;
    }
  }
  return !text.empty();
}

bool EqualsIgnoringCase(std::string_view one, std::string_view other) {
  if (one.size() != other.size()) {
    return false;
  }
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (ToLower(one[i]) != ToLower(other[i])) {
      return false;
    }
  }
  return true;
}

wirehound_string CanonicalHeaderName(std::string_view name, Arena& arena) {
  if (name.empty() || LookAtName(name) != NameCase::kOther) {
    return FromView(name);
  }
  if (const std::string_view known = FindKnownName(name); !known.empty()) {
    return FromView(known);
  }
  char* text = arena.Reserve(name.size());
  if (text == nullptr) {
    return FromView(name);
  }
  WriteCanonical(name, text);
  arena.Commit(name.size());
  return {text, name.size()};
}

bool SplitHttpTarget(std::string_view method, std::string_view target, Arena& arena,
                     HttpTarget& out) {
  out = {};
  if (method == "CONNECT" && !target.starts_with('/')) {
    out.host = FromView(WithoutUserInfo(target));
    out.path = FromView(target);
    return true;
  }
  std::string_view rest = target.substr(0, target.find('#'));
  if (const std::size_t start = AuthorityStart(rest); start != 0) {
    rest.remove_prefix(start);
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    out.host = FromView(WithoutUserInfo(rest.substr(0, end)));
    rest.remove_prefix(end);
  }
  const std::size_t mark = rest.find('?');
  if (mark != std::string_view::npos) {
    out.query = FromView(rest.substr(mark + 1));
  }
  return UnescapePath(rest.substr(0, mark), arena, out.path);
}

}  // namespace wirehound
