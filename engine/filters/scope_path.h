// SPDX-License-Identifier: Apache-2.0

// The fields of the process, container and host of an event, by their names in filters; many have
// more than one. Control thread.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <wirehound/result.h>

#include "engine/filters/field_path.h"

namespace wirehound {

/// The field called `name`. An error names the closest ones.
Result<FieldPath> ResolveScopeField(std::string_view name);

/// The first name of each field.
std::vector<std::string> ScopeFieldNames();

/// Words that are filters by themselves, about the container of a process.
inline constexpr std::string_view kInContainerWord = "container";
inline constexpr std::string_view kOnHostWords[] = {"host", "not-container"};

/// Whether `word` is one of them.
bool IsContainerWord(std::string_view word);

}  // namespace wirehound
