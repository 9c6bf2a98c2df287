// SPDX-License-Identifier: Apache-2.0

// The folder of recorded captures, which tests read in place: the one that the environment names,
// or the one beside the source tree.

#pragma once

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "tests/engine/support/paths.h"

namespace wirehound::test {

/// The folder, or an empty path when there is none.
inline std::filesystem::path CapturesFolder() {
  const char* named = std::getenv("WIREHOUND_CAPTURES");
  const std::filesystem::path folder =
      named != nullptr ? std::filesystem::path(named) : SourceFolder() / "../shared/captures";
  std::error_code error;
  return std::filesystem::is_directory(folder, error) ? folder.lexically_normal()
                                                      : std::filesystem::path();
}

}  // namespace wirehound::test
