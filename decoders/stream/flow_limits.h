// SPDX-License-Identifier: Apache-2.0

// FlowLimits: how much memory TCP connections may cost, and how long the flow table waits. Times
// are stream time (record timestamps), never the clock. Plain data; any thread.

#pragma once

#include <cstddef>
#include <cstdint>

namespace wirehound {

inline constexpr std::uint64_t kSecondNs = 1'000'000'000;

/// What happens beyond each limit has a counter in FlowTableCounters.
struct FlowLimits {
  /// Connections followed at once; beyond it the longest idle is evicted. Each costs about 450
  /// bytes once used, and 16 bytes from the start: 28 MiB and 1 MiB.
  std::size_t max_flows = 65536;
  /// Memory for data waiting behind a hole, per direction, in blocks of 2 KiB (kSegmentBlockBytes),
  /// so that tiny segments cannot pile up. Beyond it the hole is given up.
  std::size_t max_stream_bytes = std::size_t{256} * 1024;
  /// The same, for all directions together.
  std::size_t max_total_bytes = std::size_t{16} * 1024 * 1024;
  /// Memory for the last delivered bytes of directions (kTailBytes each). Retransmissions are
  /// compared with them. Beyond it the oldest is dropped. 0 compares only what waits behind a hole.
  std::size_t max_tail_bytes = std::size_t{4} * 1024 * 1024;

  std::uint64_t idle_timeout_ns = 300 * kSecondNs;
  /// The same for a connection whose handshake is not complete, and for one that was picked up
  /// midway and of which only acknowledgements of one side were seen.
  std::uint64_t handshake_timeout_ns = 60 * kSecondNs;
  /// How long the addresses of an ended connection are remembered, so that late packets do not
  /// make a new one.
  std::uint64_t linger_ns = 10 * kSecondNs;
};

}  // namespace wirehound
