// SPDX-License-Identifier: Apache-2.0

#include "engine/filters/value_set.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include <wirehound/views.h>

#include "engine/filters/number_values.h"
#include "engine/text/closest_name.h"

namespace wirehound {

namespace {

constexpr std::size_t kWordBits = 64;
constexpr std::size_t kLeastContainerId = 12;  // characters, as `docker ps` shows
constexpr std::size_t kMaxSuggestions = 4096;

template <typename T>
const T& As(const void* at) {
  return *static_cast<const T*>(at);
}

std::uint64_t KeyAt(Storage storage, const void* at) {
  switch (storage) {
    case Storage::kUint8:
      return As<std::uint8_t>(at);
    case Storage::kUint16:
      return As<std::uint16_t>(at);
    case Storage::kUint32:
      return As<std::uint32_t>(at);
    case Storage::kUint64:
      return As<std::uint64_t>(at);
    case Storage::kInt32:
      return NumberKey(std::int64_t{As<std::int32_t>(at)});
    case Storage::kInt64:
      return NumberKey(As<std::int64_t>(at));
    case Storage::kDouble:
      return NumberKey(As<double>(at));
    default:
      return 0;
  }
}

std::string_view TextAt(Storage storage, const void* at) {
  if (storage == Storage::kBytes) {
    const auto& bytes = As<wirehound_bytes>(at);
    return {reinterpret_cast<const char*>(bytes.data), bytes.size};
  }
  return ToView(As<wirehound_string>(at));
}

// For a user who wrote the number instead of its name: the name.
std::string NumberTextHint(const ValueType& type, std::string_view value) {
  RangeSet<std::uint64_t> numbers;
  const ValueType number = UnsignedType(Storage::kUint16, type.text_count - 1);
  if (AddNumbers(number, FilterOperator::kGreaterOrEqual, value, numbers)) {
    std::uint64_t at = 0;
    while (!numbers.Contains(at)) {
      ++at;
    }
    TextBuffer scratch;
    return "; " + std::string(value) + " is shown as '" + std::string(type.text(at, scratch)) + "'";
  }
  const std::string closest = DidYouMean(value, NumberTextsOf(type, kMaxSuggestions));
  return closest.empty() ? "" : "; " + closest;
}

}  // namespace

ValueSet::ValueSet(const ValueType& type)
    : type_(type), texts_(type.ignore_case ? TextSet::Case::kIgnored : TextSet::Case::kExact) {}

Status ValueSet::Add(const FilterClause& clause, const ScopeServices& services) {
  tree_ = services.tree;
  is_empty_ = false;
  const bool is_list =
      clause.op == FilterOperator::kEqual || clause.op == FilterOperator::kNotEqual;
  if (!is_list && clause.values.size() > 1) {
    return BadWord(clause.values[1],
                   "expected one value after '" + std::string(OperatorText(clause.op)) + "'");
  }
  const bool may_be_empty =
      is_list && clause.values.size() == 1 && type_.comparison == Comparison::kText;
  for (const std::string_view value : clause.values) {
    if (value.empty() && !may_be_empty) {
      return BadWord(value,
                     "expected " + (clause.op == FilterOperator::kMatches ? "a regular expression"
                                                                          : ValueWords(type_)));
    }
    WIREHOUND_TRY(AddValue(clause, value));
  }
  return {};
}

void ValueSet::AddAnyContainer() {
  is_empty_ = false;
  any_container_ = true;
}

void ValueSet::AddNoContainer() {
  is_empty_ = false;
  no_container_ = true;
}

Status ValueSet::AddValue(const FilterClause& clause, std::string_view value) {
  switch (type_.comparison) {
    case Comparison::kUnsigned:
    case Comparison::kSigned:
    case Comparison::kReal:
    case Comparison::kBool:
      return AddNumbers(type_, clause.op, value, numbers_);
    case Comparison::kNumberText:
      return AddNumberText(clause.op, value);
    case Comparison::kText:
      return AddOneText(clause.op, value, texts_);
    case Comparison::kHex:
      return texts_.AddHex(value);
    case Comparison::kAddress:
      return AddAddresses(value, addresses_);
    case Comparison::kContainer:
      return AddContainer(value);
    case Comparison::kTree:
      return AddTree(value);
  }
  return {};
}

Status ValueSet::AddOneText(FilterOperator op, std::string_view value, TextSet& texts) const {
  return op == FilterOperator::kMatches ? texts.AddPattern(value) : texts.AddText(value);
}

// Tries every number once, now, so that an event costs one look at a bit.
Status ValueSet::AddNumberText(FilterOperator op, std::string_view value) {
  TextSet texts(type_.ignore_case ? TextSet::Case::kIgnored : TextSet::Case::kExact);
  WIREHOUND_TRY(AddOneText(op, value, texts));
  number_texts_.resize((type_.text_count + kWordBits - 1) / kWordBits);
  bool found = false;
  for (std::uint32_t number = 0; number < type_.text_count; ++number) {
    TextBuffer scratch;
    if (texts.Contains(type_.text(number, scratch))) {
      number_texts_[number / kWordBits] |= std::uint64_t{1} << number % kWordBits;
      found = true;
    }
  }
  if (!found) {
    return BadWord(value, "expected " + ValueWords(type_) + NumberTextHint(type_, value));
  }
  return {};
}

Status ValueSet::AddContainer(std::string_view value) {
  if (value.size() < kLeastContainerId || value.find_first_of("*\\") != std::string_view::npos) {
    return BadWord(value, "expected " + ValueWords(type_));
  }
  texts_.AddPrefix(value);
  return {};
}

Status ValueSet::AddTree(std::string_view value) {
  if (tree_ == nullptr) {
    return Error(ErrorCode::kInvalidInput,
                 "'tree' is not available: no process tree is kept here, as in a capture file");
  }
  RangeSet<std::uint64_t> ids;
  const ValueType id = UnsignedType(Storage::kUint32, INT32_MAX);
  if (value.find('-') != std::string_view::npos ||
      !AddNumbers(id, FilterOperator::kEqual, value, ids)) {
    return BadWord(value, "expected " + ValueWords(type_));
  }
  tree_roots_.push_back(static_cast<std::int32_t>(std::stol(std::string(value))));
  return {};
}

bool ValueSet::ContainsContainer(const wirehound_process& process) const {
  if (process.container_id.size == 0) {
    return no_container_ && process.host_pid != 0;  // of an unknown process nothing is known
  }
  return any_container_ || texts_.Contains(TextAt(Storage::kString, &process.container_id));
}

bool ValueSet::IsInTrees(const wirehound_process& process) const {
  return std::any_of(tree_roots_.begin(), tree_roots_.end(),
                     [&](std::int32_t root) { return tree_->IsInTree(process, root); });
}

bool ValueSet::Contains(const void* at) const {
  switch (type_.comparison) {
    case Comparison::kUnsigned:
    case Comparison::kSigned:
    case Comparison::kReal:
    case Comparison::kBool:
      return numbers_.Contains(KeyAt(type_.storage, at));
    case Comparison::kNumberText: {
      const std::uint64_t number = KeyAt(type_.storage, at);
      return number / kWordBits < number_texts_.size() &&
             (number_texts_[number / kWordBits] >> number % kWordBits & 1) != 0;
    }
    case Comparison::kText:
      return texts_.Contains(TextAt(type_.storage, at));
    case Comparison::kHex:
      return texts_.ContainsHex(As<wirehound_bytes>(at));
    case Comparison::kAddress:
      return addresses_.Contains(KeyOf(As<wirehound_address>(at)));
    case Comparison::kContainer:
      return ContainsContainer(As<wirehound_process>(at));
    case Comparison::kTree:
      return IsInTrees(As<wirehound_process>(at));
  }
  return false;
}

bool IsEmptyValue(Storage storage, const void* at) {
  switch (storage) {
    case Storage::kString:
      return As<wirehound_string>(at).size == 0;
    case Storage::kBytes:
      return As<wirehound_bytes>(at).size == 0;
    case Storage::kAddress:
      return As<wirehound_address>(at).family == WIREHOUND_FAMILY_NONE;
    case Storage::kProcess:
      return false;
    case Storage::kContainer:
      return As<wirehound_process>(at).container_id.size == 0;
    case Storage::kInt32:
      return As<std::int32_t>(at) == 0;
    case Storage::kInt64:
      return As<std::int64_t>(at) == 0;
    case Storage::kDouble:
      return As<double>(at) == 0;
    default:
      return KeyAt(storage, at) == 0;
  }
}

}  // namespace wirehound
