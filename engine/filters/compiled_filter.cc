// SPDX-License-Identifier: Apache-2.0

#include "engine/filters/compiled_filter.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <wirehound/abi/messages.h>

#include "engine/filters/scope_path.h"

namespace wirehound {

namespace {

// Where the steps of a path start in an event, or null when it has nothing there.
const void* RootOf(const FieldPath& path, const wirehound_event& event) {
  switch (path.root) {
    case PathRoot::kEvent:
      return &event;
    case PathRoot::kProcess:
      return event.process;
    case PathRoot::kKnownProcess: {
      const wirehound_process* process = event.process;
      const bool is_known = event.owner_source != WIREHOUND_OWNER_NONE && process != nullptr &&
                            process->host_pid != 0;
      return is_known ? process : nullptr;
    }
    case PathRoot::kField:
    case PathRoot::kPointedField:
      break;
  }
  if (path.slot >= event.field_count) {
    return nullptr;
  }
  const wirehound_field& field = event.fields[path.slot];
  if ((field.flags & WIREHOUND_FIELD_ABSENT) != 0) {
    return nullptr;
  }
  return path.root == PathRoot::kField ? &field.value : field.value.message;
}

bool IsThere(const PathStep& step, const void* message) {
  return std::any_of(
      step.presence.begin(), step.presence.end(), [message](const PresenceMember& m) {
        return !IsEmptyValue(m.storage, static_cast<const char*>(message) + m.offset);
      });
}

// `lower` is in lower case already.
bool IsCalled(const wirehound_string& name, const std::string& lower) {
  if (name.size != lower.size()) {
    return false;
  }
  for (std::size_t i = 0; i < lower.size(); ++i) {
    const char c = name.data[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower[i]) {
      return false;
    }
  }
  return true;
}

std::string TextOf(const FilterClause& clause) {
  std::string text(clause.path);
  text += OperatorText(clause.op);
  for (std::size_t i = 0; i < clause.values.size(); ++i) {
    text += i == 0 ? "" : ",";
    text += clause.values[i];
  }
  return text;
}

// A rough cost of a test: lists, texts and the process tree come last.
int CostOf(const FieldPath& path) {
  int cost = path.type.comparison == Comparison::kText ? 1 : 0;
  for (const PathStep& step : path.steps) {
    cost += step.kind == PathStep::Kind::kElements || step.kind == PathStep::Kind::kHeaders ? 2 : 0;
  }
  return path.type.comparison == Comparison::kTree ? 2 : cost;
}

}  // namespace

FieldTest::FieldTest(FieldPath path)
    : path_(std::move(path)), included_(path_.type), excluded_(path_.type) {}

Status FieldTest::Add(const FilterClause& clause, const ScopeServices& services) {
  clauses_.push_back(TextOf(clause));
  if (clause.op == FilterOperator::kNone && path_.type.comparison == Comparison::kContainer) {
    if (clause.path == kInContainerWord) {
      included_.AddAnyContainer();
    } else {
      included_.AddNoContainer();
    }
    return {};
  }
  if (!HasOperator(path_.type, clause.op)) {
    const std::string_view op = OperatorText(clause.op);
    return BadWord(op.empty() ? clause.path : op, "expected the operator " +
                                                      std::string(OperatorsOf(path_.type)) +
                                                      " and " + ValueWords(path_.type));
  }
  return clause.op == FilterOperator::kNotEqual ? excluded_.Add(clause, services)
                                                : included_.Add(clause, services);
}

bool FieldTest::Matches(const wirehound_event& event) const {
  const void* root = RootOf(path_, event);
  if (root == nullptr) {
    return false;
  }
  Outcome outcome;
  Visit(0, root, outcome);
  return Decide(outcome);
}

bool FieldTest::Accepts(const void* at) const {
  Outcome outcome;
  Judge(at, outcome);
  return Decide(outcome);
}

bool FieldTest::Visit(std::size_t index, const void* at, Outcome& outcome) const {
  for (; index < path_.steps.size(); ++index) {
    const PathStep& step = path_.steps[index];
    switch (step.kind) {
      case PathStep::Kind::kOffset:
        at = static_cast<const char*>(at) + step.offset;
        break;
      case PathStep::Kind::kLocate:
        at = step.locate(at);
        if (at == nullptr) {
          return false;
        }
        break;
      case PathStep::Kind::kPresence:
        if (!IsThere(step, at)) {
          return false;
        }
        break;
      case PathStep::Kind::kElements:
        return VisitElements(index + 1, *static_cast<const wirehound_list*>(at), outcome);
      case PathStep::Kind::kHeaders:
        return VisitHeaders(index, *static_cast<const wirehound_list*>(at), outcome);
    }
  }
  return Judge(at, outcome);
}

bool FieldTest::VisitElements(std::size_t next, const wirehound_list& list,
                              Outcome& outcome) const {
  const auto* element = static_cast<const char*>(list.data);
  for (std::uint32_t i = 0; i < list.count; ++i, element += list.stride) {
    if (Visit(next, element, outcome)) {
      return true;
    }
  }
  return false;
}

bool FieldTest::VisitHeaders(std::size_t index, const wirehound_list& list,
                             Outcome& outcome) const {
  const std::string& name = path_.steps[index].header;
  const auto* element = static_cast<const char*>(list.data);
  for (std::uint32_t i = 0; i < list.count; ++i, element += list.stride) {
    const auto& header =
        *static_cast<const wirehound_http_header*>(static_cast<const void*>(element));
    if (IsCalled(header.name, name) && Visit(index + 1, &header.value, outcome)) {
      return true;
    }
  }
  return false;
}

// A process outside of containers has no value of kContainer, yet "host" asks for exactly that.
bool FieldTest::Judge(const void* at, Outcome& outcome) const {
  const ValueType& type = path_.type;
  const bool is_absent = type.empty_is_absent && IsEmptyValue(type.storage, at);
  if (is_absent && type.comparison != Comparison::kContainer) {
    return false;
  }
  outcome.has_value = outcome.has_value || !is_absent;
  if (!excluded_.empty() && excluded_.Contains(at)) {
    outcome.is_excluded = true;
    return true;
  }
  outcome.is_included = outcome.is_included || (!included_.empty() && included_.Contains(at));
  return excluded_.empty() && outcome.is_included;
}

Status CompiledFilter::Add(FieldPath path, const FilterClause& clause,
                           const ScopeServices& services) {
  const auto known = std::find_if(tests_.begin(), tests_.end(), [&path](const FieldTest& test) {
    return test.path().root == path.root && test.path().name == path.name;
  });
  if (known != tests_.end()) {
    return known->Add(clause, services);
  }
  return tests_.emplace_back(std::move(path)).Add(clause, services);
}

void CompiledFilter::Order() {
  std::stable_sort(tests_.begin(), tests_.end(), [](const FieldTest& a, const FieldTest& b) {
    return CostOf(a.path()) < CostOf(b.path());
  });
}

}  // namespace wirehound
