// SPDX-License-Identifier: Apache-2.0

// The common part of the HTTP/1.x tests: a connection with all that it needs. What it reports
// becomes lines of text, which are easy to compare.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/abi/messages.h>

#include "decoders/core/arena.h"
#include "decoders/http/http1_connection.h"
#include "decoders/http/http_buffer_pool.h"
#include "decoders/http/http_sink.h"

namespace wirehound::test {

inline std::string HttpText(const wirehound_string& text) {
  return {text.data == nullptr ? "" : text.data, text.size};
}

inline std::span<const std::byte> HttpBytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

/// "> GET host /path ?query HTTP/1.1 length 0 {Name: value; ...} truncated malformed" for requests,
/// "< HTTP/1.1 200 OK 200 length 5 {...} for GET host /path" for responses. An empty part is left
/// out with its blank. "> !http_bare_lf" for anomalies.
class HttpLines : public HttpSink {
 public:
  void OnHttpMessage(HttpSide sender, const wirehound_http& message) override {
    std::string line(Arrow(sender));
    Add(line, " ", message.method);
    Add(line, " ", message.host);
    Add(line, " ", message.uri_path);
    Add(line, " ?", message.query);
    Add(line, " ", message.protocol);
    if (message.kind == WIREHOUND_HTTP_RESPONSE) {
      line += " " + HttpText(message.status) + " " + std::to_string(message.status_code);
    }
    line += " length " + std::to_string(message.content_length) + " {" + Fields(message) + "}";
    if (message.request_method.size > 0) {
      line += " for " + HttpText(message.request_method);
      Add(line, " ", message.request_host);
      Add(line, " ", message.request_path);
    }
    line += (message.flags & WIREHOUND_HTTP_TRUNCATED) != 0 ? " truncated" : "";
    line += (message.flags & WIREHOUND_HTTP_MALFORMED) != 0 ? " malformed" : "";
    lines.push_back(line);
    ++messages;
  }

  void OnHttpAnomaly(HttpSide sender, const Anomaly& anomaly) override {
    lines.push_back(std::string(Arrow(sender)) + " !" + std::string(AnomalyName(anomaly.kind)));
    anomalies.push_back(anomaly);
  }

  std::vector<std::string> lines;
  std::vector<Anomaly> anomalies;
  int messages = 0;

 private:
  static std::string_view Arrow(HttpSide sender) { return sender == HttpSide::kClient ? ">" : "<"; }

  static void Add(std::string& line, std::string_view before, const wirehound_string& text) {
    if (text.size > 0) {
      line += std::string(before) + HttpText(text);
    }
  }

  static std::string Fields(const wirehound_http& message) {
    std::string text;
    const auto* fields = static_cast<const wirehound_http_header*>(message.headers.data);
    for (std::uint32_t i = 0; i < message.headers.count; ++i) {
      text += (i == 0 ? "" : "; ") + HttpText(fields[i].name) + ": " + HttpText(fields[i].value);
    }
    return text;
  }
};

/// A connection; `Client` and `Server` feed one segment each.
struct Http1Talk {
  explicit Http1Talk(std::size_t pool_bytes = std::size_t{1} << 20) : pool(pool_bytes) {}

  HttpVerdict Feed(HttpSide sender, std::string_view bytes) {
    // A copy of exactly this size, freed at once: a sanitizer finds kept views and overruns.
    const std::vector<char> segment(bytes.begin(), bytes.end());
    std::uint64_t& offset = offsets[static_cast<std::size_t>(sender)];
    const HttpVerdict verdict =
        connection.OnData(sender, offset, HttpBytes({segment.data(), segment.size()}));
    offset += bytes.size();
    return verdict;
  }
  HttpVerdict Client(std::string_view bytes) { return Feed(HttpSide::kClient, bytes); }
  HttpVerdict Server(std::string_view bytes) { return Feed(HttpSide::kServer, bytes); }

  HttpVerdict Gap(HttpSide sender, std::uint64_t size) {
    std::uint64_t& offset = offsets[static_cast<std::size_t>(sender)];
    const HttpVerdict verdict = connection.OnGap(sender, offset, size);
    offset += size;
    return verdict;
  }

  /// The lines since the last call, joined by line ends.
  std::string Lines() {
    std::string text;
    for (const std::string& line : sink.lines) {
      text += (text.empty() ? "" : "\n") + line;
    }
    sink.lines.clear();
    return text;
  }

  HttpLines sink;
  Arena arena{kHttp1ArenaBytes};
  HttpBufferPool pool;
  Http1Connection connection{sink, arena, pool};
  std::uint64_t offsets[2] = {0, 0};
};

}  // namespace wirehound::test
