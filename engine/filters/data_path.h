// SPDX-License-Identifier: Apache-2.0

// Paths into the data of an event, by the names that JSON has: "proto_dns.answers.MX.preference".
// Control thread.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <wirehound/result.h>

#include "engine/catalogue/event_definition.h"
#include "engine/filters/field_path.h"

namespace wirehound {

/// The field of `event` that `path` names. An error names the part that is wrong, what there is
/// instead and what is closest.
Result<FieldPath> ResolveDataPath(const EventDefinition& event, std::string_view path);

/// Every path there is, in the order of the fields of `event`; a header is "….headers.NAME".
std::vector<std::string> DataPathsOf(const EventDefinition& event);

}  // namespace wirehound
