// SPDX-License-Identifier: Apache-2.0

// Sizes as people write them: "512", "64K", "8M", "1G"; powers of 1024. Any thread.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <wirehound/result.h>

namespace wirehound {

/// The error says what was expected.
Result<std::uint64_t> ParseByteSize(std::string_view text);

/// The way back, in the largest unit that leaves no rest: "8M".
std::string ByteSizeText(std::uint64_t bytes);

}  // namespace wirehound
