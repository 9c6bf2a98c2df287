// SPDX-License-Identifier: Apache-2.0

// Fuzz target for HTTP/1.x connections. Beyond not crashing: everything a message points to is in
// the segment, the arena, the pool or static memory that can be read; counts stay within their
// limits; all memory is given back; and where no direction was lost, feeding byte by byte gives the
// same messages and anomalies as feeding whole runs.
// Input: text of both sides. 0x01 starts the client's, 0x02 the server's, 0x03 the next segment;
// 0x04 and a byte leave a gap of that size, 0x05 ends the direction. So seeds can be read.

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
#include "decoders/http/http_detection.h"
#include "decoders/http/http_text.h"
#include "tests/fuzz/fuzz_check.h"

namespace wirehound {
namespace {

constexpr std::size_t kPoolBytes = std::size_t{1} << 20;

std::string_view View(const wirehound_string& text) { return {text.data, text.size}; }

// Copies each message and each anomaly whole, so that a sanitizer sees every invalid byte.
class Recorder : public HttpSink {
 public:
  void OnHttpMessage(HttpSide sender, const wirehound_http& message) override {
    const bool request = sender == HttpSide::kClient;
    WIREHOUND_FUZZ_CHECK(message.kind ==
                         (request ? WIREHOUND_HTTP_REQUEST : WIREHOUND_HTTP_RESPONSE));
    WIREHOUND_FUZZ_CHECK(message.headers.count <= kMaxHttpHeaders);
    WIREHOUND_FUZZ_CHECK(message.content_length >= -1);
    WIREHOUND_FUZZ_CHECK(request == IsToken(View(message.method)));
    WIREHOUND_FUZZ_CHECK(request == (message.status_code == 0));
    WIREHOUND_FUZZ_CHECK(message.uri_path.size <= kMaxHttpLineBytes);
    WIREHOUND_FUZZ_CHECK(message.request_path.size <= kMaxHttpRememberedBytes);
    log += request ? '>' : '<';
    for (const wirehound_string& text :
         {message.protocol, message.method, message.host, message.uri_path, message.query,
          message.status, message.request_method, message.request_host, message.request_path}) {
      log.append(View(text)) += '\n';
    }
    log += std::to_string(message.flags) + ' ' + std::to_string(message.content_length) + '\n';
    AddHeaders(message);
  }

  void OnHttpAnomaly(HttpSide sender, const Anomaly& anomaly) override {
    log += sender == HttpSide::kClient ? ">!" : "<!";
    log.append(AnomalyName(anomaly.kind)) += ' ' + std::to_string(anomaly.offset) + '\n';
    ++anomalies;
    // After these a direction continues at the start of a segment, so the segments matter.
    lost = lost || anomaly.kind == AnomalyKind::kHttpMalformedStartLine ||
           anomaly.kind == AnomalyKind::kHttpBadChunkSize ||
           anomaly.kind == AnomalyKind::kHttpLineTooLong ||
           anomaly.kind == AnomalyKind::kHttpHeaderTooLarge;
  }

  std::string log;
  std::size_t anomalies = 0;
  bool lost = false;

 private:
  void AddHeaders(const wirehound_http& message) {
    const auto* fields = static_cast<const wirehound_http_header*>(message.headers.data);
    for (std::uint32_t i = 0; i < message.headers.count; ++i) {
      WIREHOUND_FUZZ_CHECK(IsToken(View(fields[i].name)));
      log.append(View(fields[i].name)) += '=';
      log.append(View(fields[i].value)) += '\n';
    }
  }
};

struct Run {
  HttpVerdict verdict = HttpVerdict::kMore;
  std::string request;         // the upgraded one
  std::size_t http_bytes = 0;  // consumed in all
  bool midway = false;         // the server spoke first
};

// Feeds one connection from an input with its control bytes.
class Feeder {
 public:
  Feeder(Recorder& sink, std::size_t max_segment, std::size_t pool_bytes)
      : max_segment_(max_segment), pool_(pool_bytes), connection_(sink, SharedArena(), pool_) {}

  Run Feed(std::string_view input) {
    for (std::size_t i = 0; i < input.size(); ++i) {
      const char byte = input[i];
      if (byte < '\1' || byte > '\5') {
        segment_ += byte;
        continue;
      }
      Flush();
      if (byte == '\1' || byte == '\2') {
        sender_ = byte == '\1' ? HttpSide::kClient : HttpSide::kServer;
      } else if (byte == '\4' && i + 1 < input.size()) {
        const auto size = static_cast<unsigned char>(input[++i]);
        run_.verdict = connection_.OnGap(sender_, offset(), size);
        offset() += size;
      } else if (byte == '\5') {
        connection_.OnEnd(sender_);
      }
    }
    Flush();
    const Http1Request upgraded = connection_.upgraded_request();
    run_.request = std::string(upgraded.method) + std::string(upgraded.path);
    WIREHOUND_FUZZ_CHECK(pool_.used_bytes() <= 3 * kMaxHttpBufferBytes);
    connection_.Reset();
    WIREHOUND_FUZZ_CHECK(pool_.used_bytes() == 0);
    WIREHOUND_FUZZ_CHECK(pool_.held_bytes() <= kPoolBytes);
    return run_;
  }

 private:
  static Arena& SharedArena() {
    static Arena arena(kHttp1ArenaBytes);
    return arena;
  }

  std::uint64_t& offset() { return offsets_[static_cast<std::size_t>(sender_)]; }

  void Flush() {
    for (std::size_t start = 0; start < segment_.size(); start += max_segment_) {
      const std::string_view part = std::string_view(segment_).substr(start, max_segment_);
      // On the heap and of this size, so that a sanitizer sees one byte too many.
      const std::vector<char> bytes(part.begin(), part.end());
      const HttpVerdict before = run_.verdict;
      run_.midway = run_.midway || (sender_ == HttpSide::kServer && offsets_[0] == 0);
      run_.verdict = connection_.OnData(sender_, offset(), std::as_bytes(std::span(bytes)));
      offset() += bytes.size();
      WIREHOUND_FUZZ_CHECK(before == HttpVerdict::kMore || run_.verdict == before);
      WIREHOUND_FUZZ_CHECK(connection_.consumed() <= bytes.size());
      WIREHOUND_FUZZ_CHECK(run_.verdict != HttpVerdict::kMore ||
                           connection_.consumed() == bytes.size());
      run_.http_bytes += connection_.consumed();
    }
    segment_.clear();
  }

  std::size_t max_segment_;
  HttpBufferPool pool_;
  Http1Connection connection_;
  HttpSide sender_ = HttpSide::kClient;
  std::string segment_;
  std::uint64_t offsets_[2] = {0, 0};
  Run run_;
};

void CheckSplit(std::string_view input) {
  Recorder whole;
  const Run at_once = Feeder(whole, input.size() + 1, kPoolBytes).Feed(input);
  Recorder pieces;
  const Run byte_by_byte = Feeder(pieces, 1, kPoolBytes).Feed(input);
  WIREHOUND_FUZZ_CHECK(whole.anomalies <= input.size());
  // CONNECT, a gap and a server that speaks first make the start of a segment mean something.
  const bool segments_matter = whole.lost || pieces.lost || at_once.midway ||
                               input.find('\4') != std::string_view::npos ||
                               input.find("CONNECT") != std::string_view::npos;
  if (segments_matter) {
    return;
  }
  WIREHOUND_FUZZ_CHECK(whole.log == pieces.log);
  WIREHOUND_FUZZ_CHECK(at_once.verdict == byte_by_byte.verdict);
  WIREHOUND_FUZZ_CHECK(at_once.request == byte_by_byte.request);
  // The guess "not HTTP" falls at the end of the line or earlier: the bytes consumed may differ.
  WIREHOUND_FUZZ_CHECK(at_once.verdict == HttpVerdict::kNotHttp ||
                       at_once.http_bytes == byte_by_byte.http_bytes);
}

// Bytes that may be the start of HTTP keep that guess until it is final.
void CheckGuess(std::string_view input) {
  const auto bytes = std::as_bytes(std::span(input.data(), input.size()));
  const HttpGuess whole = GuessHttp(bytes);
  for (std::size_t size = 0; size < std::min<std::size_t>(input.size(), 48); ++size) {
    const HttpGuess part = GuessHttp(bytes.first(size));
    WIREHOUND_FUZZ_CHECK(part == whole || part == HttpGuess::kNeedMore);
  }
}

}  // namespace
}  // namespace wirehound

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  wirehound::CheckGuess(input);
  wirehound::CheckSplit(input);
  // With hardly any memory.
  wirehound::Recorder poor;
  wirehound::Feeder(poor, 7, wirehound::kMinHttpBufferBytes).Feed(input);
  return 0;
}
