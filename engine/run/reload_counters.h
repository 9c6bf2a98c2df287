// SPDX-License-Identifier: Apache-2.0

// ReloadCounters: the results of reloads during a run. The reloader counts them, the ledger prints
// them. Dispatch thread.

#pragma once

#include <cstdint>

namespace wirehound {

struct ReloadCounters {
  std::uint64_t added = 0;                   ///< plugin files added, or loaded by a later try
  std::uint64_t replaced = 0;                ///< plugin files replaced
  std::uint64_t removed = 0;                 ///< plugin files removed
  std::uint64_t refused = 0;                 ///< failed tries to apply a change of a plugin file
  std::uint64_t configurations = 0;          ///< configurations read again and applied
  std::uint64_t configurations_refused = 0;  ///< not applied: the previous one stays in force
};

}  // namespace wirehound
