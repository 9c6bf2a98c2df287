// SPDX-License-Identifier: Apache-2.0

// ValueType: the type of a field that filters can ask about: how it lies in memory, how it is
// compared, and which values it can have. Made from the catalogue's types. Immutable.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "decoders/core/protocol_text.h"
#include "engine/filters/filter_clause.h"

namespace wirehound {

/// How a value lies in memory.
enum class Storage : std::uint8_t {
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kInt32,
  kInt64,
  kDouble,
  kString,     ///< wirehound_string
  kBytes,      ///< wirehound_bytes
  kAddress,    ///< wirehound_address
  kProcess,    ///< wirehound_process, asked as a whole
  kContainer,  ///< wirehound_process, asked for its container
};

/// How values are compared.
enum class Comparison : std::uint8_t {
  kUnsigned,
  kSigned,
  kReal,
  kBool,
  kNumberText,  ///< a number shown as text
  kText,
  kHex,  ///< bytes shown as hexadecimal digits
  kAddress,
  kContainer,  ///< in which container a process is
  kTree,       ///< which process a process descends from
};

struct ValueType {
  Comparison comparison;
  Storage storage;
  /// Of kUnsigned and kSigned: what the field can hold, which may be less than its storage.
  std::int64_t minimum = 0;
  std::uint64_t maximum = 0;
  /// Of kNumberText: the text of each number below `text_count`.
  NumberText text = nullptr;
  std::uint32_t text_count = 0;
  bool ignore_case = false;      ///< texts that differ only in case are equal
  bool empty_is_absent = false;  ///< zero, or no bytes, means that the event has no value
};

constexpr ValueType UnsignedType(Storage storage, std::uint64_t maximum) {
  return {.comparison = Comparison::kUnsigned, .storage = storage, .maximum = maximum};
}

constexpr ValueType SignedType(Storage storage, std::int64_t minimum, std::int64_t maximum) {
  return {.comparison = Comparison::kSigned,
          .storage = storage,
          .minimum = minimum,
          .maximum = static_cast<std::uint64_t>(maximum)};
}

/// What a value of the type is, in words: "a number from 0 to 65535".
std::string ValueWords(const ValueType& type);

/// Whether values of the type can be compared so.
bool HasOperator(const ValueType& type, FilterOperator op);

/// The operators of the type, for messages: "= or !=".
std::string_view OperatorsOf(const ValueType& type);

/// The texts that numbers of a kNumberText can have, each once, in the order of the numbers; at
/// most `limit` of them.
std::vector<std::string> NumberTextsOf(const ValueType& type, std::size_t limit);

}  // namespace wirehound
