// SPDX-License-Identifier: Apache-2.0

// EventMemory: owns the messages, list elements and texts that an event made from text points to.
// Allocations never move, and all are freed with the object. For tests of detectors only: each
// allocation is a heap block of its own. One thread.

#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include <wirehound/abi/values.h>

namespace wirehound {

class EventMemory {
 public:
  /// Zeroed memory, aligned for every type.
  void* Allocate(std::size_t bytes) {
    const std::size_t units = bytes / sizeof(std::max_align_t) + 1;
    blocks_.push_back(std::make_unique<std::max_align_t[]>(units));
    std::memset(blocks_.back().get(), 0, units * sizeof(std::max_align_t));
    return blocks_.back().get();
  }

  /// Copies a text.
  wirehound_string Text(std::string_view text) {
    auto* copy = static_cast<char*>(Allocate(text.size()));
    text.copy(copy, text.size());
    return {copy, text.size()};
  }

 private:
  std::vector<std::unique_ptr<std::max_align_t[]>> blocks_;
};

}  // namespace wirehound
