// SPDX-License-Identifier: Apache-2.0

#include "engine/filters/filter_fields.h"

#include "engine/filters/catalogue_types.h"
#include "engine/filters/scope_path.h"

namespace wirehound {

namespace {

using Fields = std::vector<FilterField>;

void AddField(const std::string& path, Nesting nesting, const ValueType& type,
              const MessageSchema* message, Fields& fields) {
  if (nesting != Nesting::kMessage && nesting != Nesting::kMessageList) {
    fields.push_back({nesting == Nesting::kHeaderMap ? path + ".NAME" : path, ValueWords(type),
                      std::string(OperatorsOf(type))});
    return;
  }
  for (const MemberSchema& member : message->members) {
    AddField(path + "." + std::string(member.name), NestingOf(member), TypeOf(member),
             member.message, fields);
  }
}

}  // namespace

std::vector<FilterField> FilterFieldsOf(const EventDefinition& event) {
  Fields fields;
  for (const EventField& field : event.fields) {
    AddField(field.name, NestingOf(field), TypeOf(field), field.message, fields);
  }
  return fields;
}

std::vector<FilterField> ScopeFilterFields() {
  Fields fields;
  for (const std::string& name : ScopeFieldNames()) {
    const Result<FieldPath> path = ResolveScopeField(name);
    if (path) {
      fields.push_back({name, ValueWords(path->type), std::string(OperatorsOf(path->type))});
    }
  }
  return fields;
}

}  // namespace wirehound
