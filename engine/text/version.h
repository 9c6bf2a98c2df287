// SPDX-License-Identifier: Apache-2.0

// The version of the engine.

#pragma once

#include <string_view>

namespace wirehound {

inline constexpr std::string_view kEngineVersion = "0.1.0";

}  // namespace wirehound
