// SPDX-License-Identifier: Apache-2.0

// ValueSet: a set of values of one field, which may have any type, compiled from the values
// of clauses. Built on the control thread, asked on the dispatch thread.

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <wirehound/abi/detector_abi.h>
#include <wirehound/result.h>

#include "engine/filters/address_values.h"
#include "engine/filters/filter_clause.h"
#include "engine/filters/range_set.h"
#include "engine/filters/scope_services.h"
#include "engine/filters/text_set.h"
#include "engine/filters/value_type.h"

namespace wirehound {

class ValueSet {
 public:
  explicit ValueSet(const ValueType& type);

  /// Adds the values that `clause` names by its operator; `!=` adds the same ones as `=`.
  /// An error names the word that is wrong and what was expected.
  Status Add(const FilterClause& clause, const ScopeServices& services);

  /// Adds every process in a container, or every process in none. Only for kContainer.
  void AddAnyContainer();
  void AddNoContainer();

  bool empty() const { return is_empty_; }

  /// The values, each for fields that are compared so (ValueType::comparison).
  const RangeSet<std::uint64_t>& numbers() const { return numbers_; }
  const RangeSet<AddressKey>& addresses() const { return addresses_; }
  const TextSet& texts() const { return texts_; }

  /// Whether the value at `at`, stored as the type says, is in the set.
  bool Contains(const void* at) const;

 private:
  Status AddValue(const FilterClause& clause, std::string_view value);
  Status AddOneText(FilterOperator op, std::string_view value, TextSet& texts) const;
  Status AddNumberText(FilterOperator op, std::string_view value);
  Status AddContainer(std::string_view value);
  Status AddTree(std::string_view value);
  bool ContainsContainer(const wirehound_process& process) const;
  bool IsInTrees(const wirehound_process& process) const;

  ValueType type_;
  bool is_empty_ = true;
  RangeSet<std::uint64_t> numbers_;
  RangeSet<AddressKey> addresses_;
  TextSet texts_;
  std::vector<std::uint64_t> number_texts_;  // a bit for each number whose text is in the set
  bool any_container_ = false;
  bool no_container_ = false;
  ProcessTree* tree_ = nullptr;
  std::vector<std::int32_t> tree_roots_;
};

/// Whether the value at `at` is zero or empty, which stands for no value.
bool IsEmptyValue(Storage storage, const void* at);

}  // namespace wirehound
