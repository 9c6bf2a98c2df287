// SPDX-License-Identifier: Apache-2.0

// CompiledFilter: a filter as the dispatch thread evaluates it: one test for each field, all of
// which an event must pass. A test walks to the values of its field and looks each up in two sets,
// the included and the excluded values. Built on the control thread, evaluated on the dispatch
// thread, where it allocates nothing and touches only the fields named.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/result.h>

#include "engine/filters/field_path.h"
#include "engine/filters/filter_clause.h"
#include "engine/filters/scope_services.h"
#include "engine/filters/value_set.h"

namespace wirehound {

/// The clauses on one field. An event passes when one of its values is included and none excluded.
class FieldTest {
 public:
  explicit FieldTest(FieldPath path);

  const FieldPath& path() const { return path_; }
  /// The clauses as they were written: "dst_port=80".
  const std::vector<std::string>& clauses() const { return clauses_; }
  /// Whether it tests the process of an event, not the event's data.
  bool is_scope() const {
    return path_.root != PathRoot::kField && path_.root != PathRoot::kPointedField;
  }

  /// The values of `=` clauses, empty when every value passes, and those of `!=` clauses.
  const ValueSet& included() const { return included_; }
  const ValueSet& excluded() const { return excluded_; }

  /// Adds a clause on this field.
  Status Add(const FilterClause& clause, const ScopeServices& services);

  bool Matches(const wirehound_event& event) const;

  /// Whether it lets an event pass whose one value of this field is the one at `at`.
  bool Accepts(const void* at) const;

 private:
  // The results of the values visited so far.
  struct Outcome {
    bool has_value = false;
    bool is_included = false;
    bool is_excluded = false;
  };

  // True: the outcome is settled, the rest need not be visited.
  bool Visit(std::size_t step, const void* at, Outcome& outcome) const;
  bool VisitElements(std::size_t step, const wirehound_list& list, Outcome& outcome) const;
  bool VisitHeaders(std::size_t step, const wirehound_list& list, Outcome& outcome) const;
  bool Judge(const void* at, Outcome& outcome) const;
  bool Decide(const Outcome& outcome) const {
    return !outcome.is_excluded &&
           (outcome.is_included || (included_.empty() && outcome.has_value));
  }

  FieldPath path_;
  std::vector<std::string> clauses_;
  ValueSet included_;
  ValueSet excluded_;
};

class CompiledFilter {
 public:
  /// Adds a clause on the field at `path`, to those on the same field if there are some.
  Status Add(FieldPath path, const FilterClause& clause, const ScopeServices& services);

  /// Sorts the tests by their cost, cheap ones first. To be called after the last clause.
  void Order();

  bool empty() const { return tests_.empty(); }
  std::span<const FieldTest> tests() const { return tests_; }

  bool Matches(const wirehound_event& event) const {
    for (const FieldTest& test : tests_) {
      if (!test.Matches(event)) {
        return false;
      }
    }
    return true;
  }

 private:
  std::vector<FieldTest> tests_;
};

}  // namespace wirehound
