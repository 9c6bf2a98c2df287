// SPDX-License-Identifier: Apache-2.0

// What filters can ask about, for those who list it. Control thread.

#pragma once

#include <string>
#include <vector>

#include "engine/catalogue/event_definition.h"

namespace wirehound {

struct FilterField {
  std::string path;       ///< as behind "data." or "scope."; a header is "….headers.NAME"
  std::string type;       ///< what its values are: "a number from 0 to 65535"
  std::string operators;  ///< "=, !=, <, <=, > or >="
};

/// Every path into the data of an event, in the order of its fields.
std::vector<FilterField> FilterFieldsOf(const EventDefinition& event);

/// Every field of the process, container and host of an event, each by its first name.
std::vector<FilterField> ScopeFilterFields();

}  // namespace wirehound
