// SPDX-License-Identifier: Apache-2.0

// Http2Pool: the limits on connections and heads.

#include "decoders/http/http2_pool.h"

namespace wirehound {

Http2Pool::Http2Pool(const Http2Limits& limits)
    : max_connections_(limits.connections), memory_(limits.memory_bytes), heads_(limits.heads) {}

bool Http2Pool::ReserveConnection() {
  if (connections_ == max_connections_) {
    ++counters_.connections_refused;
    return false;
  }
  ++connections_;
  return true;
}

Http2Head* Http2Pool::TakeHead() {
  Http2Head* head = heads_.Take();
  if (head == nullptr) {
    ++counters_.messages_left_out;
    return nullptr;
  }
  head->Start();
  return head;
}

}  // namespace wirehound
