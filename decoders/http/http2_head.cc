// SPDX-License-Identifier: Apache-2.0

// Fields in, message out. A broken rule is noted and the field kept all the same: what a lenient
// receiver would act on is what a detector wants to see.

#include "decoders/http/http2_head.h"

#include <algorithm>
#include <cstring>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/views.h>

#include "decoders/http/http_status_text.h"
#include "decoders/http/http_text.h"

namespace wirehound {
namespace {

constexpr std::int64_t kNoLength = -1;
constexpr std::int64_t kLengthBroken = -2;
constexpr std::string_view kProtocolText = "HTTP/2.0";

bool IsBlank(char byte) { return byte == ' ' || byte == '\t'; }

std::string_view WithoutBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && IsBlank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

// Section 8.2.1.
bool IsFieldName(std::string_view name) {
  const auto is_name_byte = [](char byte) {
    return IsTokenByte(byte) && !(byte >= 'A' && byte <= 'Z');
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), is_name_byte);
}

bool IsFieldValue(std::string_view value) {
  return std::none_of(value.begin(), value.end(),
                      [](char byte) { return byte == '\0' || byte == '\r' || byte == '\n'; });
}

// The number that `value` is, or kLengthBroken.
std::int64_t ParseLength(std::string_view value) {
  if (value.empty()) {
    return kLengthBroken;
  }
  std::int64_t length = 0;
  for (const char byte : value) {
    if (byte < '0' || byte > '9' || length > (INT64_MAX - 9) / 10) {
      return kLengthBroken;
    }
    length = length * 10 + (byte - '0');
  }
  return length;
}

// Three digits as a number, 0 for anything else.
std::uint32_t ParseStatus(std::string_view value) {
  const auto is_digit = [](char byte) { return byte >= '0' && byte <= '9'; };
  if (value.size() != 3 || !std::all_of(value.begin(), value.end(), is_digit)) {
    return 0;
  }
  return static_cast<std::uint32_t>((value[0] - '0') * 100 + (value[1] - '0') * 10 +
                                    (value[2] - '0'));
}

void AddFlag(wirehound_http& message, unsigned flag) {
  message.flags = static_cast<std::uint16_t>(message.flags | flag);
}

// The code, a blank and the reason where it has one.
wirehound_string StatusText(std::uint32_t code, std::string_view value, Arena& arena) {
  const std::string_view known = HttpStatusText(code);
  if (!known.empty()) {
    return FromView(known);
  }
  char* text = arena.AllocateArray<char>(value.size() + 1);
  if (text == nullptr) {
    return FromView(value);
  }
  std::copy(value.begin(), value.end(), text);
  text[value.size()] = ' ';
  return {text, value.size() + 1};
}

}  // namespace

void Http2Head::Start() {
  cut_ = false;
  malformed_ = false;
  regular_seen_ = false;
  host_seen_ = false;
  seen_ = 0;
  header_count_ = 0;
  taken_bytes_ = 0;
  used_bytes_ = 0;
  content_length_ = kNoLength;
  host_ = {};
  values_ = {};
}

void Http2Head::Add(std::string_view name, std::string_view value) {
  // Before anything looks at the bytes: a reference of one byte may stand for 64 KiB.
  if (name.size() + value.size() > kMaxHttpHeadBytes - taken_bytes_) {
    cut_ = true;
    return;
  }
  taken_bytes_ += name.size() + value.size();
  const std::string_view trimmed = WithoutBlanks(value);
  malformed_ |= trimmed.size() != value.size() || !IsFieldValue(trimmed);
  if (!name.empty() && name.front() == ':') {
    AddPseudo(name, trimmed);
  } else {
    AddRegular(name, trimmed);
  }
}

Http2Head::Pseudo Http2Head::PseudoOf(std::string_view name) {
  static constexpr std::array<std::string_view, kPseudoCount> kNames = {
      ":method", ":scheme", ":authority", ":path", ":protocol", ":status"};
  const auto* found = std::find(kNames.begin(), kNames.end(), name);
  return static_cast<Pseudo>(found - kNames.begin());
}

void Http2Head::AddPseudo(std::string_view name, std::string_view value) {
  const Pseudo pseudo = PseudoOf(name);
  const bool welcome = pseudo != Pseudo::kUnknown && !Seen(pseudo);
  malformed_ |= !welcome || regular_seen_;
  if (welcome) {
    seen_ = static_cast<std::uint8_t>(seen_ | 1u << static_cast<unsigned>(pseudo));
    values_[static_cast<std::size_t>(pseudo)] = Keep(value);
  }
}

void Http2Head::AddRegular(std::string_view name, std::string_view value) {
  regular_seen_ = true;
  malformed_ |= !IsFieldName(name);
  if (!Interpret(name, value)) {
    return;
  }
  if (header_count_ == kMaxHttpHeaders) {
    cut_ = true;
    return;
  }
  headers_[header_count_] = {FromView(Keep(name)), FromView(Keep(value))};
  ++header_count_;
}

bool Http2Head::Interpret(std::string_view name, std::string_view value) {
  const auto is = [name](std::string_view known) { return EqualsIgnoringCase(name, known); };
  switch (name.size()) {
    case 2:
      malformed_ |= is("te") && value != "trailers";
      break;
    case 4:
      if (is("host")) {
        AddHost(value);
        return false;
      }
      break;
    case 7:
      malformed_ |= is("upgrade");
      break;
    case 10:
      malformed_ |= is("connection") || is("keep-alive");
      break;
    case 14:
      if (is("content-length")) {
        AddContentLength(value);
      }
      break;
    case 16:
      malformed_ |= is("proxy-connection");
      break;
    case 17:
      malformed_ |= is("transfer-encoding");
      break;
    default:
      break;
  }
  return true;
}

void Http2Head::AddHost(std::string_view value) {
  malformed_ |= host_seen_;
  if (!host_seen_) {
    host_ = Keep(value);
  }
  host_seen_ = true;
}

void Http2Head::AddContentLength(std::string_view value) {
  std::int64_t length = ParseLength(value);
  if (content_length_ != kNoLength && content_length_ != length) {
    length = kLengthBroken;
  }
  malformed_ |= length == kLengthBroken;
  content_length_ = length;
}

std::string_view Http2Head::Keep(std::string_view text) {
  char* start = text_.data() + used_bytes_;
  std::copy(text.begin(), text.end(), start);
  used_bytes_ += text.size();
  return {start, text.size()};
}

// Sections 8.3.1 and 8.5, RFC 8441 section 4.
bool Http2Head::RequestBreaksRules() const {
  if (Seen(Pseudo::kStatus)) {
    return true;
  }
  if (host_seen_ && Seen(Pseudo::kAuthority) &&
      !EqualsIgnoringCase(host_, Value(Pseudo::kAuthority))) {
    return true;
  }
  const bool is_connect = Value(Pseudo::kMethod) == "CONNECT";
  if (is_connect && !Seen(Pseudo::kProtocol)) {
    return !Seen(Pseudo::kAuthority) || Seen(Pseudo::kScheme) || Seen(Pseudo::kPath);
  }
  return (Seen(Pseudo::kProtocol) && !is_connect) || !Seen(Pseudo::kScheme) ||
         !IsToken(Value(Pseudo::kMethod)) || Value(Pseudo::kPath).empty();
}

void Http2Head::MakeCommon(Arena& arena, wirehound_http& out) {
  out = {};
  out.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_http, request_path);
  out.protocol = FromView(kProtocolText);
  out.content_length = std::max(content_length_, kNoLength);
  for (std::uint32_t i = 0; i < header_count_; ++i) {
    wirehound_string& name = headers_[i].name;
    name = CanonicalHeaderName({name.data, name.size}, arena);
  }
  out.headers = {headers_.data(), header_count_, sizeof(wirehound_http_header)};
  out.flags = static_cast<std::uint16_t>((cut_ ? WIREHOUND_HTTP_TRUNCATED : 0) |
                                         (malformed_ ? WIREHOUND_HTTP_MALFORMED : 0));
}

void Http2Head::MakeRequest(Arena& arena, wirehound_http& out) {
  MakeCommon(arena, out);
  out.kind = WIREHOUND_HTTP_REQUEST;
  const std::string_view method = Value(Pseudo::kMethod);
  const std::string_view authority = Seen(Pseudo::kAuthority) ? Value(Pseudo::kAuthority) : host_;
  out.method = FromView(method);
  out.host = FromView(authority);
  if (method == "CONNECT" && !Seen(Pseudo::kPath)) {
    out.uri_path = out.host;
  } else {
    HttpTarget target;
    SplitHttpTarget({}, Value(Pseudo::kPath), arena, target);
    out.uri_path = target.path;
    out.query = target.query;
  }
  if (!cut_ && RequestBreaksRules()) {
    AddFlag(out, WIREHOUND_HTTP_MALFORMED);
  }
  if (arena.exhausted()) {
    AddFlag(out, WIREHOUND_HTTP_TRUNCATED);
  }
}

void Http2Head::MakeResponse(Arena& arena, wirehound_http& out) {
  MakeCommon(arena, out);
  out.kind = WIREHOUND_HTTP_RESPONSE;
  const std::string_view value = Value(Pseudo::kStatus);
  out.status_code = ParseStatus(value);
  out.status = StatusText(out.status_code, value, arena);
  constexpr std::uint8_t kStatusOnly = 1u << static_cast<unsigned>(Pseudo::kStatus);
  const bool in_range = out.status_code >= 100 && out.status_code < 600;
  if (seen_ != kStatusOnly || !in_range || out.status_code == 101) {
    AddFlag(out, WIREHOUND_HTTP_MALFORMED);
  }
  if (arena.exhausted()) {
    AddFlag(out, WIREHOUND_HTTP_TRUNCATED);
  }
}

}  // namespace wirehound
