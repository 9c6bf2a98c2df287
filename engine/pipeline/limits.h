// SPDX-License-Identifier: Apache-2.0

// What the pipeline's state may cost: connections, data that waits, fragments. Together below
// 48 MiB, most of it only when traffic really needs it. What happens beyond each limit stands with
// the part it belongs to, and has a counter there. Plain data; any thread.

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
