// SPDX-License-Identifier: Apache-2.0

#include "engine/filters/event_filter.h"

#include <utility>

#include "engine/filters/compiled_filter.h"
#include "engine/filters/data_path.h"
#include "engine/filters/filter_clause.h"
#include "engine/filters/scope_path.h"

namespace wirehound {

namespace {

Status AddData(const EventDefinition& event, const std::string& text, const ScopeServices& services,
               CompiledFilter& filter) {
  const FilterClause clause = WIREHOUND_TRY(ParseClause(text));
  FieldPath path = WIREHOUND_TRY(ResolveDataPath(event, clause.path));
  return filter.Add(std::move(path), clause, services);
}

// Words that in other programs select processes and containers that start from now on.
bool IsLaterWord(const ValueType& type, std::string_view word) {
  const bool has_such =
      type.comparison == Comparison::kSigned || type.comparison == Comparison::kContainer;
  return has_such && (word == "new" || word == "started");
}

Status AddScope(const std::string& text, const ScopeServices& services, CompiledFilter& filter) {
  const FilterClause clause = WIREHOUND_TRY(ParseClause(text));
  const bool is_word = IsContainerWord(clause.path);
  if (is_word && clause.path != kInContainerWord && clause.op != FilterOperator::kNone) {
    return BadWord(clause.path, "expected no operator behind it; the name of the host is 'uts'");
  }
  FieldPath path = WIREHOUND_TRY(ResolveScopeField(is_word ? kInContainerWord : clause.path));
  for (const std::string_view value : clause.values) {
    if (IsLaterWord(path.type, value)) {
      return BadWord(value, "is not available in this version; expected " + ValueWords(path.type));
    }
  }
  return filter.Add(std::move(path), clause, services);
}

// An error of one clause, with the whole filter in front as the user wrote it.
Status WithFilter(Status status, const std::string& filter) {
  return status ? Status()
                : Status(std::move(status).error().WithContext("filter '" + filter + "'"));
}

Status AddScopes(std::span<const std::string> clauses, const std::string& prefix,
                 const ScopeServices& services, CompiledFilter& filter) {
  for (const std::string& clause : clauses) {
    WIREHOUND_TRY(WithFilter(AddScope(clause, services, filter), prefix + clause));
  }
  return {};
}

}  // namespace

EventFilter::EventFilter() = default;
EventFilter::~EventFilter() = default;
EventFilter::EventFilter(EventFilter&&) noexcept = default;
EventFilter& EventFilter::operator=(EventFilter&&) noexcept = default;

EventFilter::EventFilter(CompiledFilter filter) {
  if (!filter.empty()) {
    filter.Order();
    filter_ = std::make_unique<const CompiledFilter>(std::move(filter));
  }
}

Result<EventFilter> EventFilter::Compile(const EventDefinition& event,
                                         std::span<const std::string> data_clauses,
                                         std::span<const std::string> scope_clauses,
                                         const ScopeServices& services) {
  CompiledFilter filter;
  for (const std::string& clause : data_clauses) {
    WIREHOUND_TRY(
        WithFilter(AddData(event, clause, services, filter), event.name + ".data." + clause));
  }
  WIREHOUND_TRY(AddScopes(scope_clauses, event.name + ".scope.", services, filter));
  return EventFilter(std::move(filter));
}

Result<EventFilter> EventFilter::CompileScope(std::span<const std::string> clauses,
                                              const ScopeServices& services) {
  CompiledFilter filter;
  WIREHOUND_TRY(AddScopes(clauses, "", services, filter));
  return EventFilter(std::move(filter));
}

bool EventFilter::MatchesCompiled(const wirehound_event& event) const {
  return filter_->Matches(event);
}

}  // namespace wirehound
