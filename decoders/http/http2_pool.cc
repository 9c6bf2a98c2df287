// SPDX-License-Identifier: Apache-2.0

// Http2Pool: admission and the heads.

#include "decoders/http/http2_pool.h"

namespace wirehound {

Http2Pool::Http2Pool(const Http2Limits& limits) : limits_(limits), memory_(limits.memory_bytes) {
  heads_.reserve(limits.heads);
  free_heads_.reserve(limits.heads);
}

bool Http2Pool::Enter() {
  if (connections_ == limits_.connections) {
    ++counters_.connections_refused;
    return false;
  }
  ++connections_;
  return true;
}

Http2Head* Http2Pool::TakeHead() {
  if (free_heads_.empty()) {
    if (heads_.size() == limits_.heads) {
      ++counters_.messages_left_out;
      return nullptr;
    }
    heads_.push_back(std::make_unique<Http2Head>());
    free_heads_.push_back(heads_.back().get());
  }
  Http2Head* head = free_heads_.back();
  free_heads_.pop_back();
  head->Start();
  return head;
}

}  // namespace wirehound
