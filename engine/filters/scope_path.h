// SPDX-License-Identifier: Apache-2.0

// The fields of --scope and scope filters: the facts of the process and container, which
// the catalogue names (fact_schema.h), and a few others. Control thread.

#pragma once

#include <string_view>

#include <wirehound/result.h>

#include "engine/filters/field_path.h"

namespace wirehound {

/// The field called `name`. An error names the closest ones.
Result<FieldPath> ResolveScopeField(std::string_view name);

/// Words that are filters by themselves, about the container of a process.
inline constexpr std::string_view kInContainerWord = "container";
inline constexpr std::string_view kOnHostWords[] = {"host", "not-container"};

/// Whether `word` is one of them.
bool IsContainerWord(std::string_view word);

}  // namespace wirehound
