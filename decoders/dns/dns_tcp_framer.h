// SPDX-License-Identifier: Apache-2.0

// DnsTcpFramer: the DNS messages in one direction of a TCP connection, each behind its length (RFC
// 1035 section 4.2.2, RFC 7766 section 8). Several in a segment, one over several, a byte at a
// time: all the same. Fed with the bytes of a stream in their order, from its very first byte: a
// stream picked up midway has no place to start. A message that lies whole in the bytes of one call
// is handed on where it is; others are put together in a buffer of the pool. Dispatch thread.
//
// Invariant: a buffer is held exactly while a part of a message waits in it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "decoders/core/captured_bytes.h"
#include "decoders/dns/dns_buffer_pool.h"

namespace wirehound {

class DnsTcpSink {
 public:
  virtual ~DnsTcpSink() = default;
  /// The next message, without its length. Not whole where bytes of it are lost. Dies when the call
  /// returns.
  virtual void OnDnsMessage(CapturedBytes message) = 0;
};

/// What became of a direction.
enum class DnsTcpVerdict : std::uint8_t {
  kMore,    ///< goes on
  kNotDns,  ///< its first length cannot be that of a DNS message; nothing was reported
  kLost,    ///< nobody knows where the next message starts: a gap hid it
};

class DnsTcpFramer {
 public:
  /// `pool` must outlive the framer.
  explicit DnsTcpFramer(DnsBufferPool& pool) : pool_(pool) {}
  ~DnsTcpFramer() { DropBuffer(); }

  DnsTcpFramer(const DnsTcpFramer&) = delete;
  DnsTcpFramer& operator=(const DnsTcpFramer&) = delete;

  /// The next bytes of the stream; reports the messages that end in them. The first length of a
  /// stream is at least that of a header, later ones may be anything: what is too short to be a
  /// message is reported for the decoder to call malformed.
  ///
  /// Where the pool has no buffer, what there is of the message is reported at once, if that holds
  /// its header, and the rest is stepped over exactly.
  DnsTcpVerdict OnData(std::span<const std::byte> bytes, DnsTcpSink& sink);

  /// `size` bytes are missing. Inside a message: what came of it before is reported, if that holds
  /// its header, and the rest is stepped over. Anywhere else, and where it reaches beyond the
  /// message, the start of the next one is lost.
  DnsTcpVerdict OnGap(std::uint64_t size, DnsTcpSink& sink);

  /// The stream has ended; reports what there is of an unfinished message, as for a gap.
  void OnEnd(DnsTcpSink& sink);

  DnsTcpVerdict verdict() const { return verdict_; }

 private:
  enum class State : std::uint8_t {
    kLength,  // in front of, or inside, the two bytes of a length
    kBody,    // in a message that is to be reported
    kSkip,    // in the rest of one that was reported, or given up
  };

  std::size_t missing() const { return std::size_t{length_} - received_; }
  std::size_t buffer_size() const {
    return large_buffer_ ? kMaxDnsTcpMessageBytes : kSmallDnsBufferBytes;
  }

  // Each takes what it needs from the front of `bytes`, which are not empty.
  void TakeLength(std::span<const std::byte>& bytes, DnsTcpSink& sink);
  void TakeBody(std::span<const std::byte>& bytes, DnsTcpSink& sink);
  void Skip(std::span<const std::byte>& bytes);

  bool Keep(std::span<const std::byte> part);
  bool GrowBuffer(std::size_t size);
  void DropBuffer();
  void ReportPart(std::span<const std::byte> part, DnsTcpSink& sink);
  void EndMessage();

  DnsBufferPool& pool_;
  std::byte* buffer_ = nullptr;
  std::uint16_t length_ = 0;    // of the message, once its two bytes are known
  std::uint16_t received_ = 0;  // bytes of the message so far, those in a gap included
  std::uint8_t length_bytes_ = 0;
  bool large_buffer_ = false;
  bool first_ = true;  // no message has begun yet
  State state_ = State::kLength;
  DnsTcpVerdict verdict_ = DnsTcpVerdict::kMore;
};

}  // namespace wirehound
