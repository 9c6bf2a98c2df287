// SPDX-License-Identifier: Apache-2.0

// RuntimeCounters: the outcomes of questions to container runtimes, for the ledger. Plain data.

#pragma once

#include <cstdint>

namespace wirehound {

/// asked = answered + unknown + failed + dropped + waiting.
struct RuntimeCounters {
  std::uint64_t asked = 0;
  std::uint64_t answered = 0;
  std::uint64_t unknown = 0;  ///< no runtime has such a container, or there is none to ask
  std::uint64_t failed = 0;   ///< a runtime could not be asked, and no other one answered
  std::uint64_t dropped = 0;  ///< too many were waiting
  std::uint64_t waiting = 0;
  std::uint64_t errors = 0;  ///< failed requests: no answer in time, refused, not understood
};

}  // namespace wirehound
