// SPDX-License-Identifier: Apache-2.0

// Copies a plugin's C definition into a DetectorDefinition. The definition comes from foreign
// code: sizes are checked before members are read, lists before they are walked. Control thread.

#pragma once

#include <wirehound/abi/detector_abi.h>
#include <wirehound/definition.h>
#include <wirehound/result.h>

namespace wirehound {

/// The most elements a list of a definition may have.
inline constexpr std::uint32_t kMaxDefinitionItems = 256;
/// The longest text of a definition, bytes.
inline constexpr std::uint64_t kMaxDefinitionText = 64 * 1024;

Result<DetectorDefinition> CopyDefinition(const wirehound_detector_definition& from);

}  // namespace wirehound
