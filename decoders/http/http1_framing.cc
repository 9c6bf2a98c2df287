// SPDX-License-Identifier: Apache-2.0

#include "decoders/http/http1_framing.h"

#include <algorithm>
#include <array>
#include <limits>

#include "decoders/http/http1_header_lines.h"
#include "decoders/http/http_text.h"

namespace wirehound {
namespace {

constexpr auto kOtherCodings =
    std::to_array<std::string_view>({"gzip", "deflate", "compress", "x-gzip", "x-compress"});

// The next element of a list, trimmed (RFC 9110 section 5.6.1); `list` continues behind its comma.
// False when there is none left.
bool NextElement(std::string_view& list, bool& more, std::string_view& element) {
  if (!more) {
    return false;
  }
  const std::size_t comma = list.find(',');
  element = TrimHttpValue(list.substr(0, comma));
  more = comma != std::string_view::npos;
  list = more ? list.substr(comma + 1) : std::string_view();
  return true;
}

// -1 for what is no number, or none that a length can be.
std::int64_t ParseLength(std::string_view digits) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  std::int64_t value = 0;
  for (const char byte : digits) {
    if (byte < '0' || byte > '9' || value > (kMax - (byte - '0')) / 10) {
      return -1;
    }
    value = value * 10 + (byte - '0');
  }
  return digits.empty() ? -1 : value;
}

bool IsOtherCoding(std::string_view coding) {
  return std::any_of(kOtherCodings.begin(), kOtherCodings.end(), [coding](std::string_view known) {
    return EqualsIgnoringCase(coding, known);
  });
}

void TellAnomalies(const Http1Lengths& lengths, std::uint64_t offset, Http1Anomalies& anomalies) {
  const bool any_length = lengths.length >= 0 || lengths.malformed;
  if (lengths.has_coding && any_length) {
    anomalies.Report(AnomalyKind::kHttpLengthAndChunked, offset);
  }
  if (lengths.conflict) {
    anomalies.Report(AnomalyKind::kHttpLengthConflict, offset);
  }
  if (lengths.malformed) {
    anomalies.Report(AnomalyKind::kHttpLengthMalformed, offset);
  }
  if (lengths.has_coding && (lengths.unknown_coding || !lengths.chunked)) {
    anomalies.Report(AnomalyKind::kHttpTransferEncodingUnknown, offset);
  }
}

}  // namespace

void Http1Lengths::AddContentLength(std::string_view value) {
  std::string_view element;
  for (bool more = true; NextElement(value, more, element);) {
    const std::int64_t number = ParseLength(element);
    if (number < 0) {
      malformed = true;
    } else if (length < 0) {
      length = number;
    } else {
      conflict = conflict || number != length;
    }
  }
}

void Http1Lengths::AddTransferEncoding(std::string_view value) {
  std::string_view element;
  has_coding = true;
  for (bool more = true; NextElement(value, more, element);) {
    // Anything behind "chunked", another "chunked" included, means that it is not the last.
    unknown_coding = unknown_coding || chunked;
    if (EqualsIgnoringCase(element, "chunked")) {
      chunked = true;
    } else if (!IsOtherCoding(element)) {
      unknown_coding = true;
    }
  }
}

Http1Framing DecideHttp1Framing(HttpSide sender, const Http1Lengths& lengths, std::uint64_t offset,
                                Http1Anomalies& anomalies) {
  TellAnomalies(lengths, offset, anomalies);
  const bool request = sender == HttpSide::kClient;
  const Http1BodyKind without = request ? Http1BodyKind::kNone : Http1BodyKind::kUntilClose;
  Http1Framing framing;
  if (lengths.chunked) {
    framing.kind = Http1BodyKind::kChunked;
  } else if (lengths.malformed || lengths.length < 0 || (lengths.has_coding && !request)) {
    framing.kind = without;
    const bool undeclared = !lengths.malformed && !lengths.has_coding;
    framing.content_length = request && undeclared ? 0 : -1;
  } else {
    framing.kind = Http1BodyKind::kLength;
    framing.body_bytes = static_cast<std::uint64_t>(lengths.length);
    framing.content_length = lengths.conflict ? -1 : lengths.length;
  }
  return framing;
}

void ApplyHttp1Status(std::uint32_t status_code, std::string_view request_method,
                      const Http1Lengths& lengths, Http1Framing& framing) {
  const bool never = status_code < 200 || status_code == 204 || status_code == 304;
  if (never || request_method == "HEAD") {
    framing.kind = Http1BodyKind::kNone;
  }
  const bool undeclared = lengths.length < 0 && !lengths.malformed && !lengths.has_coding;
  if (never && undeclared) {
    framing.content_length = 0;
  }
}

}  // namespace wirehound
