// SPDX-License-Identifier: Apache-2.0

// Fuzz target for HTTP/2 connections. Beyond not crashing: reported messages can be read to the
// last byte and keep the limits, a closed connection gives back its heads and its memory, and
// feeding byte by byte gives the same messages as feeding whole segments.
// Input: a byte of options (1: after an upgrade, 2: without the client's preface in front), then
// segments. A segment begins with two bytes, big endian: 0x8000 sent by the server, 0x4000 a gap,
// the rest its length; its bytes follow unless it is a gap.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/abi/messages.h>

#include "decoders/core/byte_reader.h"
#include "decoders/http/http2_connection.h"
#include "tests/fuzz/fuzz_check.h"

namespace wirehound {
namespace {

constexpr std::size_t kMemoryBytes = std::size_t{512} * 1024;

// Reads every byte of a message and returns a hash of all.
class Digest : public HttpSink {
 public:
  void OnHttpMessage(HttpSide sender, const wirehound_http& message) override {
    WIREHOUND_FUZZ_CHECK(message.struct_size ==
                         WIREHOUND_STRUCT_SIZE(wirehound_http, request_path));
    const bool request = message.kind == WIREHOUND_HTTP_REQUEST;
    WIREHOUND_FUZZ_CHECK(request || message.kind == WIREHOUND_HTTP_RESPONSE);
    WIREHOUND_FUZZ_CHECK(message.content_length >= -1);
    WIREHOUND_FUZZ_CHECK(message.headers.count <= kMaxHttpHeaders);
    WIREHOUND_FUZZ_CHECK(message.headers.stride == sizeof(wirehound_http_header));
    WIREHOUND_FUZZ_CHECK(message.status_code < 1000);
    WIREHOUND_FUZZ_CHECK(message.request_path.size <= kMaxHttpRememberedBytes);
    bytes_ = 0;
    Number(static_cast<std::uint64_t>(sender));
    Number(message.kind);
    Number(message.flags);
    Number(message.stream_id);
    Number(message.status_code);
    Number(static_cast<std::uint64_t>(message.content_length));
    for (const wirehound_string* text :
         {&message.protocol, &message.method, &message.host, &message.uri_path, &message.query,
          &message.status, &message.request_method, &message.request_host, &message.request_path}) {
      Text(*text);
    }
    const auto* headers = static_cast<const wirehound_http_header*>(message.headers.data);
    for (std::uint32_t i = 0; i < message.headers.count; ++i) {
      Text(headers[i].name);
      Text(headers[i].value);
    }
    // The path of CONNECT repeats the host, and there are three remembered texts.
    WIREHOUND_FUZZ_CHECK(bytes_ <= 2 * kMaxHttpHeadBytes + 4 * kMaxHttpRememberedBytes);
  }

  void OnHttpAnomaly(HttpSide sender, const Anomaly& anomaly) override {
    Number(static_cast<std::uint64_t>(sender));
    Number(static_cast<std::uint64_t>(anomaly.kind));
    Number(anomaly.offset);
  }

  std::uint64_t value() const { return value_; }

 private:
  void Number(std::uint64_t number) { value_ = (value_ ^ number) * 0x100000001b3u; }
  void Text(const wirehound_string& text) {
    Number(text.size);
    bytes_ += text.size;
    for (std::uint64_t i = 0; i < text.size; ++i) {
      Number(static_cast<unsigned char>(text.data[i]));
    }
  }

  std::uint64_t value_ = 0xcbf29ce484222325u;
  std::uint64_t bytes_ = 0;
};

class Player {
 public:
  Player(Arena& arena, Http2Pool& pool, std::size_t step)
      : step_(step), pool_(pool), connection_(digest_, arena, pool) {}

  std::uint64_t Play(std::span<const std::byte> input) {
    ByteReader reader(input);
    const std::uint8_t options = reader.ReadU8();
    if ((options & 1u) != 0) {
      connection_.StartUpgraded("GET", "a.example", "/");
    }
    if ((options & 2u) == 0) {
      Feed(HttpSide::kClient, std::as_bytes(std::span(kHttp2Preface)));
    }
    while (reader.remaining() > 2) {
      Segment(reader);
    }
    connection_.OnEnd(HttpSide::kClient);
    connection_.OnEnd(HttpSide::kServer);
    return digest_.value();
  }

 private:
  void Segment(ByteReader& reader) {
    const unsigned head = reader.ReadBe16();
    const HttpSide sender = (head & 0x8000u) != 0 ? HttpSide::kServer : HttpSide::kClient;
    const std::size_t size = head & 0x3fffu;
    std::uint64_t& offset = offsets_[static_cast<std::size_t>(sender)];
    if ((head & 0x4000u) != 0) {
      connection_.OnGap(sender, offset, size);
      offset += size;
    } else {
      Feed(sender, reader.ReadBytes(std::min(size, reader.remaining())));
    }
    WIREHOUND_FUZZ_CHECK(pool_.heads_in_use() <= 2);
  }

  void Feed(HttpSide sender, std::span<const std::byte> bytes) {
    std::uint64_t& offset = offsets_[static_cast<std::size_t>(sender)];
    while (!bytes.empty()) {
      const auto piece = bytes.first(std::min(step_, bytes.size()));
      connection_.OnData(sender, offset, piece);
      offset += piece.size();
      bytes = bytes.subspan(piece.size());
    }
  }

  std::size_t step_;
  Http2Pool& pool_;
  Digest digest_;
  Http2Connection connection_;
  std::array<std::uint64_t, 2> offsets_{};
};

std::uint64_t PlayOnce(std::span<const std::byte> input, std::size_t step) {
  static Arena arena(kHttp2ArenaBytes);
  static Http2Pool pool({.connections = 1, .memory_bytes = kMemoryBytes, .heads = 2});
  const std::uint64_t value = Player(arena, pool, step).Play(input);
  WIREHOUND_FUZZ_CHECK(pool.connections() == 0);
  WIREHOUND_FUZZ_CHECK(pool.heads_in_use() == 0);
  WIREHOUND_FUZZ_CHECK(pool.memory().used_bytes() == 0);
  return value;
}

}  // namespace
}  // namespace wirehound

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  const std::uint64_t whole = wirehound::PlayOnce(input, std::size_t{1} << 14);
  WIREHOUND_FUZZ_CHECK(wirehound::PlayOnce(input, 1) == whole);
  return 0;
}
