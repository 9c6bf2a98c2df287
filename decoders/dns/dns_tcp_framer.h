// SPDX-License-Identifier: Apache-2.0

// DnsTcpFramer: finds the DNS messages in one direction of a TCP connection, each after its length
// (RFC 1035 section 4.2.2, RFC 7766 section 8). Where segments cut the bytes makes no difference.
// It takes the bytes of a stream in order, from the first one: in a stream that was picked up
// midway it could not find a length. A message that is whole in the bytes of one call is reported
// in place; others are put together in a buffer of the pool. Dispatch thread.
//
// Invariant: the framer has a buffer exactly while a part of a message waits in it.

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
  /// The next message, without its length; not whole when bytes of it are lost. Valid until the
  /// call returns.
  virtual void OnDnsMessage(CapturedBytes message) = 0;
};

/// The state of a direction.
enum class DnsTcpVerdict : std::uint8_t {
  kMore,    ///< goes on
  kNotDns,  ///< its first length cannot be that of a DNS message; nothing was reported
  kLost,    ///< a gap hid where the next message starts
};

class DnsTcpFramer {
 public:
  /// `pool` must outlive the framer.
  explicit DnsTcpFramer(DnsBufferPool& pool) : pool_(pool) {}
  ~DnsTcpFramer() { DropBuffer(); }

  DnsTcpFramer(const DnsTcpFramer&) = delete;
  DnsTcpFramer& operator=(const DnsTcpFramer&) = delete;

  /// The next bytes of the stream; reports the messages that end in them. The first length must be
  /// at least that of a header, or this is not DNS. Later messages may be shorter: they are
  /// reported, and the decoder calls them malformed.
  ///
  /// When the pool has no buffer, the bytes of the message so far are reported at once, if they
  /// hold its header, and the rest is skipped exactly.
  DnsTcpVerdict OnData(std::span<const std::byte> bytes, DnsTcpSink& sink);

  /// `size` bytes are missing. Inside a message, its bytes so far are reported, if they hold its
  /// header, and the rest is skipped. Anywhere else, and when the gap reaches beyond the message,
  /// the start of the next message is lost.
  DnsTcpVerdict OnGap(std::uint64_t size, DnsTcpSink& sink);

  /// The stream has ended; reports an unfinished message as for a gap.
  void OnEnd(DnsTcpSink& sink);

  DnsTcpVerdict verdict() const { return verdict_; }

 private:
  enum class State : std::uint8_t {
    kLength,  // in front of, or inside, the two bytes of a length
    kBody,    // in a message that is still to be reported
    kSkip,    // in the rest of a message that was reported, or given up
  };

  std::size_t missing() const { return std::size_t{length_} - received_; }
  std::size_t buffer_size() const {
    return large_buffer_ ? kMaxDnsTcpMessageBytes : kSmallDnsBufferBytes;
  }

  // Each takes the bytes it needs from the front of `bytes`, which are not empty.
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
