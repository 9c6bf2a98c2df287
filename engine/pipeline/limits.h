// SPDX-License-Identifier: Apache-2.0

// How much memory the pipeline may use for connections, data that waits, and fragments. All of it
// together stays below 48 MiB, and most is allocated only when traffic needs it. The part that a
// limit belongs to documents what happens beyond it and counts it. Plain data; any thread.

#pragma once

#include <cstddef>

#include "decoders/dns/dns_buffer_pool.h"
#include "decoders/http/http2_pool.h"
#include "decoders/stream/flow_limits.h"
#include "decoders/stream/fragment_table.h"

namespace wirehound {

struct PipelineLimits {
  FlowLimits flows = {.max_flows = 32768,  // 14 MiB
                      .max_total_bytes = std::size_t{8} * 1024 * 1024,
                      .max_tail_bytes = std::size_t{2} * 1024 * 1024};
  FragmentLimits fragments;                                                   // 4 MiB
  DnsBufferLimits dns_buffers = {.small_buffers = 256, .large_buffers = 32};  // 3 MiB
  std::size_t http1_bytes = std::size_t{8} * 1024 * 1024;
  Http2Limits http2 = {
      .connections = 512, .memory_bytes = std::size_t{8} * 1024 * 1024, .heads = 32};
};

}  // namespace wirehound
