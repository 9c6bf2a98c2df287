// SPDX-License-Identifier: Apache-2.0

// One walk over the lines of a head. A field that is continued on later lines is the only one whose
// value has to be copied.

#include "decoders/http/http1_head_parser.h"

#include <algorithm>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/views.h>

#include "decoders/http/http_text.h"

namespace wirehound {
namespace {

bool IsField(std::string_view name, std::string_view known) {
  return name.size() == known.size() && EqualsIgnoringCase(name, known);
}

// Whether "h2c" is in a list of protocols.
bool HasH2c(std::string_view list) {
  for (bool more = true; more;) {
    const std::size_t comma = list.find(',');
    if (EqualsIgnoringCase(TrimHttpValue(list.substr(0, comma)), "h2c")) {
      return true;
    }
    more = comma != std::string_view::npos;
    list = more ? list.substr(comma + 1) : list;
  }
  return false;
}

}  // namespace

bool Http1HeadParser::Parse(HttpSide sender, Http1Head& out) {
  const Http1Line line = lines_.Next();
  Http1StartLine start;
  if (!line.ended || !ParseHttp1StartLine(sender, line.text, start)) {
    return false;
  }
  if (!start.strict) {
    Report(AnomalyKind::kHttpMalformedStartLine, line);
  }
  CheckLine(line);
  if (const std::size_t nul = head_.find('\0'); nul != std::string_view::npos) {
    anomalies_.Report(AnomalyKind::kHttpNulInHeader, offset_ + nul);
  }
  out.message.struct_size = WIREHOUND_STRUCT_SIZE(wirehound_http, request_path);
  out.message.kind = sender == HttpSide::kClient ? WIREHOUND_HTTP_REQUEST : WIREHOUND_HTTP_RESPONSE;
  ReadFields(out);
  FillStart(start, out);
  return true;
}

void Http1HeadParser::ReadFields(Http1Head& out) {
  wirehound_list& headers = out.message.headers;
  headers.data = arena_.AllocateArray<wirehound_http_header>(kMaxHttpHeaders);
  headers.stride = sizeof(wirehound_http_header);
  for (;;) {
    const Http1Line line = lines_.Next();
    if (!line.ended) {
      return;
    }
    CheckLine(line);
    if (line.text.empty()) {
      return;
    }
    ReadField(line, out);
  }
}

void Http1HeadParser::ReadField(const Http1Line& line, Http1Head& out) {
  const std::string_view text = line.text.substr(0, kMaxHttpLineBytes);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || !IsToken(text.substr(0, colon))) {
    Report(AnomalyKind::kHttpMalformedHeader, line);
    return SkipContinued();
  }
  std::string_view value = TrimHttpValue(text.substr(colon + 1));
  if (lines_.ContinuesNext()) {
    value = JoinContinued(value);
  }
  field_offset_ = line.offset;
  AddField(text.substr(0, colon), value, out);
}

// The value with its continuation lines, each joined by a blank (RFC 9112 section 5.2).
std::string_view Http1HeadParser::JoinContinued(std::string_view value) {
  char* const text = arena_.Reserve(value.size() + lines_.remaining());
  if (text == nullptr) {
    SkipContinued();
    return value;
  }
  char* next = std::copy(value.begin(), value.end(), text);
  while (lines_.ContinuesNext()) {
    const Http1Line line = lines_.Next();
    if (!line.ended) {
      break;
    }
    CheckLine(line);
    Report(AnomalyKind::kHttpObsoleteFolding, line);
    const std::string_view part = TrimHttpValue(line.text.substr(0, kMaxHttpLineBytes));
    *next++ = ' ';
    next = std::copy(part.begin(), part.end(), next);
  }
  const auto size = static_cast<std::size_t>(next - text);
  arena_.Commit(size);
  return TrimHttpValue({text, size});
}

void Http1HeadParser::SkipContinued() {
  while (lines_.ContinuesNext()) {
    const Http1Line line = lines_.Next();
    CheckLine(line);
    Report(AnomalyKind::kHttpObsoleteFolding, line);
  }
}

void Http1HeadParser::AddField(std::string_view name, std::string_view value, Http1Head& out) {
  if (IsField(name, "Host") && TakeHost(value, out)) {
    return;
  }
  if (IsField(name, "Content-Length")) {
    out.lengths.AddContentLength(value);
  } else if (IsField(name, "Transfer-Encoding")) {
    out.lengths.AddTransferEncoding(value);
  } else if (IsField(name, "Upgrade")) {
    out.upgrade_to_h2c = out.upgrade_to_h2c || HasH2c(value);
  } else if (IsField(name, "HTTP2-Settings")) {
    out.http2_settings = true;
  }
  wirehound_list& headers = out.message.headers;
  if (headers.count >= kMaxHttpHeaders) {
    anomalies_.Report(AnomalyKind::kHttpTooManyHeaders, offset_ + field_offset_);
  } else if (headers.data != nullptr) {
    auto* fields = static_cast<wirehound_http_header*>(const_cast<void*>(headers.data));
    fields[headers.count++] = {CanonicalHeaderName(name, arena_), FromView(value)};
  }
}

// The Host field of a request. In a response it has no meaning and stays an ordinary field.
bool Http1HeadParser::TakeHost(std::string_view value, Http1Head& out) {
  if (out.message.kind != WIREHOUND_HTTP_REQUEST) {
    return false;
  }
  if (!has_host_) {
    out.message.host = FromView(value);
    has_host_ = true;
  } else if (ToView(out.message.host) != value) {
    anomalies_.Report(AnomalyKind::kHttpMalformedHeader, offset_ + field_offset_);
  }
  return true;
}

void Http1HeadParser::FillStart(const Http1StartLine& start, Http1Head& out) {
  wirehound_http& message = out.message;
  message.protocol = FromView(start.protocol);
  if (message.kind == WIREHOUND_HTTP_RESPONSE) {
    message.status = StatusText(start.status.substr(0, kMaxHttpLineBytes));
    message.status_code = start.status_code;
    return;
  }
  HttpTarget target;
  SplitHttpTarget(start.method, start.target.substr(0, kMaxHttpLineBytes), arena_, target);
  message.method = FromView(start.method);
  message.uri_path = target.path;
  message.query = target.query;
  if (!has_host_) {
    message.host = target.host;
  }
}

// With its blank even when there is no reason.
wirehound_string Http1HeadParser::StatusText(std::string_view status) {
  if (status.find(' ') != std::string_view::npos) {
    return FromView(status);
  }
  char* text = arena_.Reserve(status.size() + 1);
  if (text == nullptr) {
    return FromView(status);
  }
  *std::copy(status.begin(), status.end(), text) = ' ';
  arena_.Commit(status.size() + 1);
  return {text, status.size() + 1};
}

void Http1HeadParser::CheckLine(const Http1Line& line) {
  if (line.bare_lf) {
    Report(AnomalyKind::kHttpBareLf, line);
  }
  if (line.bare_cr) {
    Report(AnomalyKind::kHttpBareCr, line);
  }
  if (line.text.size() > kMaxHttpLineBytes) {
    Report(AnomalyKind::kHttpLineTooLong, line);
  }
}

}  // namespace wirehound
