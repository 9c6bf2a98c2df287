// SPDX-License-Identifier: Apache-2.0

// EventFilter: a question about an event, compiled from text: `PATH OP VALUES` on its data and
// `FIELD OP VALUES` on its process (docs/filters.md). One form for --events, --scope and the
// requirements of detectors. Checked against the catalogue when compiled: a field that does not
// exist, or a value its type cannot have, is an error that names the offending word, what was
// expected and the closest name.
//
// Clauses on one field are OR-ed, except that an exclusion (!=) that applies decides; clauses on
// different fields are AND-ed. A list or map matches when any element does; `!=` when there are
// elements and none is equal. A field that an event does not have never matches.
//
// Evaluation touches only the fields named and allocates nothing. Compiled on the control thread,
// evaluated on the dispatch thread.

#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/result.h>

#include "engine/catalogue/catalogue.h"
#include "engine/filters/scope_services.h"

namespace wirehound {

class CompiledFilter;  // engine/filters/compiled_filter.h

class EventFilter {
 public:
  /// Lets everything pass.
  EventFilter();
  ~EventFilter();
  EventFilter(EventFilter&&) noexcept;
  EventFilter& operator=(EventFilter&&) noexcept;

  /// Clauses on the fields of `event` ("dst_port=80,443", "proto_dns.questions.name=*.example")
  /// and on the process behind it ("comm=curl"), without the name of the event and "data." or
  /// "scope." in front.
  static Result<EventFilter> Compile(const EventDefinition& event,
                                     std::span<const std::string> data_clauses,
                                     std::span<const std::string> scope_clauses,
                                     const ScopeServices& services);

  /// Clauses on the process alone, for events of every kind: --scope.
  static Result<EventFilter> CompileScope(std::span<const std::string> clauses,
                                          const ScopeServices& services);

  /// Whether it lets everything pass.
  bool empty() const { return filter_ == nullptr; }

  /// Its tests, for the plan, which derives capture rules from them; null when it is empty.
  const CompiledFilter* compiled() const { return filter_.get(); }

  /// `event` must be of the definition it was compiled for.
  bool Matches(const wirehound_event& event) const {
    return filter_ == nullptr || MatchesCompiled(event);
  }

 private:
  explicit EventFilter(CompiledFilter filter);

  bool MatchesCompiled(const wirehound_event& event) const;

  std::unique_ptr<const CompiledFilter> filter_;
};

/// An item of --events that is a filter, taken apart: NAME.data.PATH… or NAME.scope.FIELD….
struct UserFilter {
  const EventDefinition* event;
  bool is_scope = false;
  std::string clause;  ///< PATH OP VALUES
};

/// Whether an item of --events is meant as a filter: it has an operator and is not tag=….
bool IsFilter(std::string_view item);

/// Takes a filter apart. The event and the form are checked, the clause is not.
Result<UserFilter> ParseUserFilter(std::string_view item, const Catalogue& catalogue);

}  // namespace wirehound
