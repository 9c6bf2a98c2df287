// SPDX-License-Identifier: Apache-2.0

// Where entries come from.

#include "decoders/stream/flow_entry.h"

namespace wirehound {

FlowPool::FlowPool(std::size_t max_flows) : max_flows_(max_flows) {
  chunks_.reserve(max_flows / kChunk + 1);
}

FlowEntry* FlowPool::Take() {
  FlowEntry* flow = free_;
  std::uint32_t number = made_;
  if (flow != nullptr) {
    free_ = flow->age.newer;
    number = flow->number;
  } else {
    if (made_ == max_flows_) {
      return nullptr;
    }
    if (made_ % kChunk == 0) {
      chunks_.push_back(std::make_unique<FlowEntry[]>(kChunk));
    }
    flow = &at(made_++);
  }
  *flow = FlowEntry();
  flow->number = number;
  return flow;
}

void FlowPool::Return(FlowEntry& flow) {
  flow.age.newer = free_;
  free_ = &flow;
}

}  // namespace wirehound
