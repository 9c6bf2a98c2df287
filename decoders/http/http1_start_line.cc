// SPDX-License-Identifier: Apache-2.0

#include "decoders/http/http1_start_line.h"

#include <algorithm>

#include "decoders/http/http_text.h"

namespace wirehound {
namespace {

constexpr std::string_view kVersionStart = "HTTP/1.";
constexpr std::size_t kVersionBytes = kVersionStart.size() + 1;
constexpr std::size_t kCodeBytes = 3;

bool IsDigit(char byte) { return byte >= '0' && byte <= '9'; }

bool IsVersion(std::string_view text) {
  return text.size() == kVersionBytes && text.starts_with(kVersionStart) && IsDigit(text.back());
}

// Takes blanks off both ends; whether there were any.
bool TrimBlanks(std::string_view& text) {
  const std::size_t size = text.size();
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  return text.size() != size;
}

bool ParseRequestLine(std::string_view line, Http1StartLine& out) {
  const std::size_t blank = line.find(' ');
  if (blank > kMaxHttpMethodBytes || !IsToken(line.substr(0, blank))) {
    return false;
  }
  out.method = line.substr(0, blank);
  std::string_view rest = line.substr(blank + 1);
  out.strict = !TrimBlanks(rest);
  const std::size_t last = rest.rfind(' ');
  if (last == std::string_view::npos || !IsVersion(rest.substr(last + 1))) {
    return false;
  }
  out.protocol = rest.substr(last + 1);
  out.target = rest.substr(0, last);
  const bool blanks_behind = TrimBlanks(out.target);
  const bool blanks_within = out.target.find_first_of(" \t") != std::string_view::npos;
  out.strict = out.strict && !blanks_behind && !blanks_within;
  return !out.target.empty();
}

bool ParseStatusLine(std::string_view line, Http1StartLine& out) {
  if (!IsVersion(line.substr(0, kVersionBytes)) || line.substr(kVersionBytes, 1) != " ") {
    return false;
  }
  out.protocol = line.substr(0, kVersionBytes);
  out.status = line.substr(kVersionBytes + 1);
  while (out.status.starts_with(' ')) {
    out.status.remove_prefix(1);
    out.strict = false;
  }
  const std::string_view code = out.status.substr(0, kCodeBytes);
  if (code.size() < kCodeBytes || code.front() == '0' ||
      !std::all_of(code.begin(), code.end(), IsDigit)) {
    return false;
  }
  for (const char digit : code) {
    out.status_code = out.status_code * 10 + static_cast<std::uint32_t>(digit - '0');
  }
  return out.status.size() == kCodeBytes || out.status[kCodeBytes] == ' ';
}

}  // namespace

bool ParseHttp1StartLine(HttpSide sender, std::string_view line, Http1StartLine& out) {
  out = {};
  return sender == HttpSide::kClient ? ParseRequestLine(line, out) : ParseStatusLine(line, out);
}

bool CanBeHttp1Start(HttpSide sender, std::string_view start) {
  if (sender == HttpSide::kServer) {
    const std::size_t size = std::min(start.size(), kVersionStart.size());
    return start.substr(0, size) == kVersionStart.substr(0, size);
  }
  const std::string_view method =
      start.substr(0, start.substr(0, kMaxHttpMethodBytes + 1).find(' '));
  return method.empty() ? start.empty() : method.size() <= kMaxHttpMethodBytes && IsToken(method);
}

}  // namespace wirehound
