// SPDX-License-Identifier: Apache-2.0

// What became of the questions to container runtimes, for the ledger. Plain numbers.

#pragma once

#include <cstdint>

namespace wirehound {

/// asked = answered + unknown + failed + dropped + waiting.
struct RuntimeCounters {
  std::uint64_t asked = 0;
  std::uint64_t answered = 0;
  std::uint64_t unknown = 0;  ///< no runtime has such a container
  std::uint64_t failed = 0;   ///< who might know could not be asked
  std::uint64_t dropped = 0;  ///< too many were waiting
  std::uint64_t waiting = 0;
  std::uint64_t errors = 0;  ///< of sockets: no answer in time, refused, not understood
};

}  // namespace wirehound
