// SPDX-License-Identifier: Apache-2.0

// The valid names closest to what a user typed, for error messages. Pure; any thread.

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace wirehound {

/// "did you mean 'a', 'b'?" with up to three names, nearest first by edits and common start, or
/// "" when nothing is near.
std::string DidYouMean(std::string_view typed, std::span<const std::string> valid);

}  // namespace wirehound
