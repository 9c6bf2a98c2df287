// SPDX-License-Identifier: Apache-2.0

// Http2Head: the fields of one HTTP/2 header block, taken in one by one as they are decoded, and
// what they make: a request, the head of a response, or trailers (RFC 9113 section 8). It checks
// the fields by the rules of that section; what happens to a broken message is decided elsewhere.
// Large, so it comes from a pool (http2_pool.h). One thread.
//
// Invariant: what a message made from it points to is here or in the arena it was made with.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <wirehound/abi/messages.h>

#include "decoders/core/arena.h"
#include "decoders/http/http_sink.h"

namespace wirehound {

/// An arena of this size holds what any head needs: names and the path, once more at most.
inline constexpr std::size_t kHttp2ArenaBytes = kMaxHttpHeadBytes + 1024;

class Http2Head {
 public:
  /// Leaves its storage untouched; Start comes first.
  Http2Head() {}
  Http2Head(const Http2Head&) = delete;
  Http2Head& operator=(const Http2Head&) = delete;

  /// Forgets everything for a new block.
  void Start();

  /// Takes a copy of the next field. What passes kMaxHttpHeadBytes or kMaxHttpHeaders is left out
  /// and the head is cut; the former without a look at it, so that no block costs more than that.
  void Add(std::string_view name, std::string_view value);

  /// Notes that unknown fields are missing.
  void Cut() { cut_ = true; }

  /// Whether fields were left out.
  bool cut() const { return cut_; }
  /// Whether a field broke a rule of its own, RFC 9113 sections 8.2 and 8.3.
  bool malformed() const { return malformed_; }
  /// Whether there is any pseudo-header. A block without one is trailers.
  bool has_pseudo() const { return seen_ != 0; }
  bool is_request() const { return Seen(Pseudo::kMethod); }
  bool is_response() const { return Seen(Pseudo::kStatus); }

  /// The request these fields make; `out` is overwritten. Its flags say what is wrong with it:
  /// missing and contradicting pseudo-headers count as malformed unless the head is cut. Call only
  /// when is_request(). Without a declared length, content_length is -1.
  void MakeRequest(Arena& arena, wirehound_http& out);
  /// The response likewise; only when is_response().
  void MakeResponse(Arena& arena, wirehound_http& out);

 private:
  enum class Pseudo : std::uint8_t {
    kMethod,
    kScheme,
    kAuthority,
    kPath,
    kProtocol,  // RFC 8441
    kStatus,
    kUnknown,
  };
  static constexpr std::size_t kPseudoCount = 6;

  static Pseudo PseudoOf(std::string_view name);
  bool Seen(Pseudo pseudo) const { return (seen_ >> static_cast<unsigned>(pseudo) & 1u) != 0; }
  std::string_view Value(Pseudo pseudo) const { return values_[static_cast<std::size_t>(pseudo)]; }

  void AddPseudo(std::string_view name, std::string_view value);
  void AddRegular(std::string_view name, std::string_view value);
  // Fields with a meaning of their own. False: it is kept apart from the others.
  bool Interpret(std::string_view name, std::string_view value);
  void AddHost(std::string_view value);
  void AddContentLength(std::string_view value);
  // A copy of `text` here. It fits: no more is kept than was taken.
  std::string_view Keep(std::string_view text);

  bool RequestBreaksRules() const;
  void MakeCommon(Arena& arena, wirehound_http& out);

  bool cut_;
  bool malformed_;
  bool regular_seen_;
  bool host_seen_;
  std::uint8_t seen_;  // by Pseudo
  std::uint32_t header_count_;
  std::size_t taken_bytes_;      // of all fields that were looked at, at most kMaxHttpHeadBytes
  std::size_t used_bytes_;       // of text_, never more than that
  std::int64_t content_length_;  // -1: none; kLengthBroken
  std::string_view host_;
  std::array<std::string_view, kPseudoCount> values_;
  std::array<wirehound_http_header, kMaxHttpHeaders> headers_;
  std::array<char, kMaxHttpHeadBytes> text_;
};

}  // namespace wirehound
