// SPDX-License-Identifier: Apache-2.0

#include "engine/filters/scope_path.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <wirehound/abi/detector_abi.h>

#include "engine/catalogue/fact_schema.h"
#include "engine/filters/filter_clause.h"
#include "engine/text/closest_name.h"
#include "probes/capture/record.h"

namespace wirehound {

namespace {

struct ScopeField {
  std::vector<std::string_view> names;  // the first is the one to show
  FieldPath path;
};

std::string_view OwnerText(std::uint64_t source, TextBuffer& /*scratch*/) {
  return OwnerSourceText(static_cast<std::uint32_t>(source));
}

constexpr ValueType kNumber32 =
    UnsignedType(Storage::kUint32, std::numeric_limits<std::uint32_t>::max());
constexpr ValueType kNumber64 =
    UnsignedType(Storage::kUint64, std::numeric_limits<std::uint64_t>::max());
constexpr ValueType kText = {
    .comparison = Comparison::kText, .storage = Storage::kString, .empty_is_absent = true};
constexpr ValueType kOwner = {.comparison = Comparison::kNumberText,
                              .storage = Storage::kUint32,
                              .text = OwnerText,
                              .text_count = WIREHOUND_OWNER_KERNEL + 1};
constexpr ValueType kTree = {.comparison = Comparison::kTree, .storage = Storage::kProcess};
constexpr ValueType kContainer = {
    .comparison = Comparison::kContainer, .storage = Storage::kContainer, .empty_is_absent = true};

ValueType TypeOf(const FactSchema& fact) {
  switch (fact.kind) {
    case FactKind::kInt32:  // ids, which are never negative
      return SignedType(Storage::kInt32, 0, std::numeric_limits<std::int32_t>::max());
    case FactKind::kUint32:
    case FactKind::kFlag:
      return kNumber32;
    case FactKind::kUint64:
      return kNumber64;
    case FactKind::kString:
      return kText;
  }
  return kText;
}

const void* ContainerOf(const void* process) {
  return static_cast<const wirehound_process*>(process)->container;
}

// Names of scopes in other programs that this version does not have.
constexpr std::string_view kLater[] = {"follow", "podSandbox"};

// `names` have a blank between them, as in FactSchema.
ScopeField FieldOf(std::string_view names, PathRoot root, const ValueType& type,
                   std::vector<PathStep> steps) {
  ScopeField field;
  while (!names.empty()) {
    const std::size_t blank = names.find(' ');
    field.names.push_back(names.substr(0, blank));
    names.remove_prefix(blank == std::string_view::npos ? names.size() : blank + 1);
  }
  field.path = {
      .name = std::string(field.names[0]), .root = root, .steps = std::move(steps), .type = type};
  return field;
}

ScopeField FieldOf(const FactSchema& fact, std::vector<PathStep> steps) {
  ValueType type = TypeOf(fact);
  type.empty_is_absent = !fact.has_zero;
  steps.push_back({.kind = PathStep::Kind::kOffset, .offset = fact.offset});
  return FieldOf(fact.filters, fact.has_zero ? PathRoot::kKnownProcess : PathRoot::kProcess, type,
                 std::move(steps));
}

std::vector<ScopeField> MakeFields() {
  std::vector<ScopeField> fields;
  for (const FactSchema& fact : kProcessFacts) {
    if (!fact.filters.empty()) {
      fields.push_back(FieldOf(fact, {}));
    }
  }
  fields.push_back(FieldOf("tree", PathRoot::kKnownProcess, kTree, {}));
  fields.push_back(FieldOf("container", PathRoot::kProcess, kContainer, {}));
  for (const FactSchema& fact : kContainerFacts) {
    if (!fact.filters.empty()) {
      fields.push_back(FieldOf(fact, {{.kind = PathStep::Kind::kLocate, .locate = ContainerOf}}));
    }
  }
  const auto add = [&fields](std::string_view names, std::size_t offset, const ValueType& type) {
    fields.push_back(FieldOf(names, PathRoot::kEvent, type,
                             {{.kind = PathStep::Kind::kOffset, .offset = offset}}));
  };
  add("syscall", offsetof(wirehound_event, syscall), kText);
  add("cpu processorId", offsetof(wirehound_event, cpu), kNumber32);
  add("timestamp", offsetof(wirehound_event, timestamp_ns), kNumber64);
  add("owner", offsetof(wirehound_event, owner_source), kOwner);
  return fields;
}

const std::vector<ScopeField>& Fields() {
  static const std::vector<ScopeField> kFields = MakeFields();
  return kFields;
}

std::vector<std::string> AllNames() {
  std::vector<std::string> names(std::begin(kOnHostWords), std::end(kOnHostWords));
  for (const ScopeField& field : Fields()) {
    names.insert(names.end(), field.names.begin(), field.names.end());
  }
  return names;
}

Error UnknownName(std::string_view name) {
  if (std::find(std::begin(kLater), std::end(kLater), name) != std::end(kLater)) {
    return BadWord(name, "is not available in this version");
  }
  const std::string hint = DidYouMean(name, AllNames());
  if (!hint.empty()) {
    return BadWord(name, "no such scope; " + hint);
  }
  std::string text = "no such scope; expected one of host, not-container";
  for (const ScopeField& field : Fields()) {
    text += ", " + field.path.name;
  }
  return BadWord(name, text);
}

}  // namespace

Result<FieldPath> ResolveScopeField(std::string_view name) {
  for (const ScopeField& field : Fields()) {
    if (std::find(field.names.begin(), field.names.end(), name) != field.names.end()) {
      return field.path;
    }
  }
  return UnknownName(name);
}

bool IsContainerWord(std::string_view word) {
  return word == kInContainerWord || std::find(std::begin(kOnHostWords), std::end(kOnHostWords),
                                               word) != std::end(kOnHostWords);
}

}  // namespace wirehound
