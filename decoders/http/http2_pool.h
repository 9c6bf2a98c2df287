// SPDX-License-Identifier: Apache-2.0

// Http2Pool: the memory that all HTTP/2 connections share, its limits, and the counters of what did
// not fit. Connections take their HPACK tables and remembered requests from its memory, and a head
// for each header block that is not complete. It outlives every connection made with it. One
// thread.

#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bounded_memory.h"
#include "base/pool.h"
#include "decoders/http/http2_head.h"

namespace wirehound {

struct Http2Limits {
  /// Connections followed at once. Policy: a further one is given up at its first byte.
  std::size_t connections = 1024;
  /// HPACK tables and remembered requests. An honest connection needs some 20 KiB of it, none can
  /// take more than about 2.5 MiB. Policy: at the cap, a direction whose decoder needs more is
  /// given up, a request is reported and not remembered.
  std::size_t memory_bytes = std::size_t{64} * 1024 * 1024;
  /// Header blocks under way at once: 72 KiB each, allocated when first needed, then kept. Most
  /// last no longer than a segment, so few are ever made. Policy: the message is left out.
  std::size_t heads = 1024;
};

struct Http2Counters {
  std::uint64_t connections_refused = 0;
  std::uint64_t directions_lost = 0;    ///< to bad frames, bad compression, gaps or the memory cap
  std::uint64_t messages_cut = 0;       ///< fields were left out
  std::uint64_t messages_left_out = 0;  ///< there was no head for them
  std::uint64_t requests_not_kept = 0;  ///< reported, but missing from their responses
};

class Http2Pool {
 public:
  explicit Http2Pool(const Http2Limits& limits = {});

  /// Counts one more connection, until ReleaseConnection. False, counted as refused, at the limit.
  bool ReserveConnection();
  void ReleaseConnection() { --connections_; }

  /// A started head that belongs to the caller until ReturnHead, or nullptr, counted.
  Http2Head* TakeHead();
  void ReturnHead(Http2Head* head) { heads_.Return(head); }

  BoundedMemory& memory() { return memory_; }
  Http2Counters& counters() { return counters_; }
  const Http2Counters& counters() const { return counters_; }
  std::size_t connections() const { return connections_; }
  std::size_t heads_in_use() const { return heads_.in_use(); }

 private:
  std::size_t max_connections_;
  BoundedMemory memory_;
  Http2Counters counters_;
  std::size_t connections_ = 0;
  Pool<Http2Head> heads_;
};

}  // namespace wirehound
