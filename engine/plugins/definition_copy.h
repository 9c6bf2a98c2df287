// SPDX-License-Identifier: Apache-2.0

// Copies a plugin's C definition into a DetectorDefinition. The definition comes from foreign code:
// the copy checks sizes before it reads members, and lists before it walks them. Control thread.

#pragma once

#include <wirehound/abi/detector_abi.h>
#include <wirehound/definition.h>
#include <wirehound/result.h>

namespace wirehound {

/// The most elements that a list of a definition may have.
inline constexpr std::uint32_t kMaxDefinitionItems = 256;
/// The longest text of a definition, bytes.
inline constexpr std::uint64_t kMaxDefinitionText = 64 * 1024;

/// The error names the member that cannot be copied and what it holds.
Result<DetectorDefinition> CopyDefinition(const wirehound_detector_definition& from);

}  // namespace wirehound
