// SPDX-License-Identifier: Apache-2.0

// What became of changes while the engine ran: counted by the reloader, told by the ledger.
// Dispatch thread.

#pragma once

#include <cstdint>

namespace wirehound {

struct ReloadCounters {
  std::uint64_t added = 0;     ///< plugin files, those that loaded at a later try among them
  std::uint64_t replaced = 0;  ///< likewise
  std::uint64_t removed = 0;
  std::uint64_t refused = 0;  ///< changes of plugin files that could not be taken over, each try
  std::uint64_t configurations = 0;          ///< read again and taken over
  std::uint64_t configurations_refused = 0;  ///< read again, and the one before goes on
};

}  // namespace wirehound
