// SPDX-License-Identifier: Apache-2.0

// The common part of the HTTP/2 tests: frames and header blocks put together by hand, a sink that
// records what it receives, and a connection that is fed offsets as by a flow table. Tests only.

#pragma once

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "decoders/http/http2_connection.h"
#include "tests/decoders/byte_writer.h"

namespace wirehound::test {

using Fields = std::vector<std::pair<std::string, std::string>>;

inline constexpr int kEndStream = 0x1;
inline constexpr int kAck = 0x1;
inline constexpr int kEndHeaders = 0x4;
inline constexpr int kPadded = 0x8;
inline constexpr int kPriorityFlag = 0x20;
inline constexpr int kWhole = kEndStream | kEndHeaders;

inline ByteWriter Preface() { return ByteWriter().Text(kHttp2Preface); }

inline ByteWriter FrameHeader(std::size_t size, Http2FrameType type, int flags,
                              std::uint32_t stream) {
  ByteWriter out;
  out.U8(static_cast<int>(size >> 16)).Be16(static_cast<unsigned>(size & 0xffff));
  return out.U8(static_cast<int>(type)).U8(flags).Be32(stream);
}

inline ByteWriter Frame(Http2FrameType type, int flags, std::uint32_t stream,
                        const ByteWriter& payload = {}) {
  return FrameHeader(payload.size(), type, flags, stream).Append(payload);
}

inline ByteWriter Headers(std::uint32_t stream, int flags, const ByteWriter& block) {
  return Frame(Http2FrameType::kHeaders, flags, stream, block);
}

inline ByteWriter Continuation(std::uint32_t stream, int flags, const ByteWriter& block) {
  return Frame(Http2FrameType::kContinuation, flags, stream, block);
}

inline ByteWriter Data(std::uint32_t stream, int flags, std::size_t size) {
  return Frame(Http2FrameType::kData, flags, stream, ByteWriter().Fill(size, 0xdd));
}

inline ByteWriter Settings(const std::vector<std::pair<unsigned, std::uint32_t>>& settings = {}) {
  ByteWriter payload;
  for (const auto& [id, value] : settings) {
    payload.Be16(id).Be32(value);
  }
  return Frame(Http2FrameType::kSettings, 0, 0, payload);
}

/// Length of a string as HPACK writes it, without Huffman coding.
inline void PutLength(ByteWriter& out, std::size_t size) {
  if (size < 127) {
    out.U8(static_cast<int>(size));
    return;
  }
  out.U8(127);
  size -= 127;
  for (; size >= 128; size >>= 7) {
    out.U8(static_cast<int>(0x80 | (size & 0x7f)));
  }
  out.U8(static_cast<int>(size));
}

/// Literals that touch no table: such blocks do not depend on each other.
inline ByteWriter Block(const Fields& fields) {
  ByteWriter out;
  for (const auto& [name, value] : fields) {
    out.U8(0);
    PutLength(out, name.size());
    out.Text(name);
    PutLength(out, value.size());
    out.Text(value);
  }
  return out;
}

inline Fields GetFields(std::string path = "/") {
  return {{":method", "GET"}, {":scheme", "http"}, {":authority", "a.example"}, {":path", path}};
}

/// A real encoder with its table and Huffman coding.
class HpackEncoder {
 public:
  explicit HpackEncoder(std::size_t table_bytes = 4096) {
    nghttp2_hd_deflate_new(&deflater_, table_bytes);
  }
  ~HpackEncoder() { nghttp2_hd_deflate_del(deflater_); }
  HpackEncoder(const HpackEncoder&) = delete;
  HpackEncoder& operator=(const HpackEncoder&) = delete;

  void ChangeTableSize(std::size_t bytes) {
    nghttp2_hd_deflate_change_table_size(deflater_, bytes);
  }

  ByteWriter Encode(const Fields& fields) {
    // The library only reads them.
    const auto bytes = [](const std::string& text) {
      return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
    };
    std::vector<nghttp2_nv> pairs;
    for (const auto& [name, value] : fields) {
      pairs.push_back({bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    }
    std::vector<std::byte> out(nghttp2_hd_deflate_bound(deflater_, pairs.data(), pairs.size()));
    const auto size = nghttp2_hd_deflate_hd(deflater_, reinterpret_cast<std::uint8_t*>(out.data()),
                                            out.size(), pairs.data(), pairs.size());
    return ByteWriter().Append(std::span(out).first(static_cast<std::size_t>(size)));
  }

 private:
  nghttp2_hd_deflater* deflater_ = nullptr;
};

inline std::string Text(const wirehound_string& text) {
  return text.size == 0 ? std::string() : std::string(text.data, text.size);
}

/// Lines that doctest can print.
struct Lines : std::vector<std::string> {
  using std::vector<std::string>::vector;
  friend std::ostream& operator<<(std::ostream& out, const Lines& lines) {
    for (const std::string& line : lines) {
      out << "\n  " << line;
    }
    return out;
  }
};

/// Messages and anomalies as lines.
class Http2Log : public HttpSink {
 public:
  void OnHttpMessage(HttpSide sender, const wirehound_http& message) override {
    std::string line = sender == HttpSide::kClient ? "C" : "S";
    line += std::to_string(message.stream_id) + " " + Text(message.protocol);
    if (message.kind == WIREHOUND_HTTP_REQUEST) {
      line += " " + Text(message.method) + " " + Text(message.host) + " " + Text(message.uri_path);
      line += "?" + Text(message.query);
    } else {
      line += " " + std::to_string(message.status_code) + "=" + Text(message.status) + " for " +
              Text(message.request_method) + " " + Text(message.request_host) + " " +
              Text(message.request_path);
    }
    line += " length " + std::to_string(message.content_length);
    line += (message.flags & WIREHOUND_HTTP_TRUNCATED) != 0 ? " truncated" : "";
    line += (message.flags & WIREHOUND_HTTP_MALFORMED) != 0 ? " malformed" : "";
    lines.push_back(line + HeaderText(message.headers));
    last_header_count = message.headers.count;
  }

  void OnHttpAnomaly(HttpSide sender, const Anomaly& anomaly) override {
    lines.push_back(std::string(sender == HttpSide::kClient ? "C " : "S ") +
                    std::string(AnomalyName(anomaly.kind)) + " at " +
                    std::to_string(anomaly.offset));
  }

  Lines lines;
  std::size_t last_header_count = 0;

 private:
  static std::string HeaderText(const wirehound_list& list) {
    std::string text;
    for (std::uint32_t i = 0; i < list.count; ++i) {
      const auto& header = static_cast<const wirehound_http_header*>(list.data)[i];
      text += " | " + Text(header.name) + ": " + Text(header.value);
    }
    return text;
  }
};

/// A connection with all that it needs, and the lines it reported.
class Http2Peer {
 public:
  explicit Http2Peer(const Http2Limits& limits = {}) : pool(limits), connection(log, arena, pool) {}

  HttpVerdict Send(HttpSide sender, const ByteWriter& bytes) {
    return Send(sender, bytes.span(), bytes.size());
  }
  HttpVerdict Send(HttpSide sender, std::span<const std::byte> bytes, std::size_t step) {
    HttpVerdict verdict = HttpVerdict::kMore;
    std::uint64_t& offset = offsets_[static_cast<std::size_t>(sender)];
    while (!bytes.empty()) {
      // A copy of each piece, so that a sanitizer finds overruns and kept views.
      const auto piece = bytes.first(std::min(step, bytes.size()));
      const std::vector<std::byte> copy(piece.begin(), piece.end());
      verdict = connection.OnData(sender, offset, copy);
      offset += piece.size();
      bytes = bytes.subspan(piece.size());
    }
    return verdict;
  }
  HttpVerdict Client(const ByteWriter& bytes) { return Send(HttpSide::kClient, bytes); }
  HttpVerdict Server(const ByteWriter& bytes) { return Send(HttpSide::kServer, bytes); }
  HttpVerdict Gap(HttpSide sender, std::uint64_t size) {
    std::uint64_t& offset = offsets_[static_cast<std::size_t>(sender)];
    const HttpVerdict verdict = connection.OnGap(sender, offset, size);
    offset += size;
    return verdict;
  }
  /// Both sides send what every connection begins with.
  void Begin() {
    Client(Preface().Append(Settings()));
    Server(Settings());
  }
  /// The lines reported since the last call.
  Lines Take() { return std::exchange(log.lines, {}); }

  Http2Log log;
  Arena arena{kHttp2ArenaBytes};
  Http2Pool pool;
  Http2Connection connection;

 private:
  std::array<std::uint64_t, 2> offsets_{};
};

}  // namespace wirehound::test
