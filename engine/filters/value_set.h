// SPDX-License-Identifier: Apache-2.0

// ValueSet: which values of a field are meant, of whatever type the field is: what the values of
// clauses become. Built on the control thread, asked on the dispatch thread.

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

  /// Adds what the operator and the values of `clause` mean; `!=` adds what it names, as `=` does.
  /// An error names the word that is wrong and what was expected.
  Status Add(const FilterClause& clause, const ScopeServices& services);

  /// Adds what is in any container, or what is in none. Of kContainer.
  void AddAnyContainer();
  void AddNoContainer();

  bool empty() const { return is_empty_; }

  /// What is meant, each of the fields whose values are compared so (ValueType::comparison).
  const RangeSet<std::uint64_t>& numbers() const { return numbers_; }
  const RangeSet<AddressKey>& addresses() const { return addresses_; }
  const TextSet& texts() const { return texts_; }
  const std::vector<std::int32_t>& tree_roots() const { return tree_roots_; }

  /// Whether the value at `at`, which lies there as the type says, is meant.
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
  std::vector<std::uint64_t> number_texts_;  // a bit for each number whose text is meant
  bool any_container_ = false;
  bool no_container_ = false;
  ProcessTree* tree_ = nullptr;
  std::vector<std::int32_t> tree_roots_;
};

/// Whether the value at `at` is what stands where there is none: zero or empty.
bool IsEmptyValue(Storage storage, const void* at);

}  // namespace wirehound
