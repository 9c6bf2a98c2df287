// SPDX-License-Identifier: Apache-2.0

#include "engine/filters/catalogue_types.h"

#include <cstdint>
#include <limits>

#include <wirehound/abi/values.h>

namespace wirehound {

namespace {

template <typename Number>
constexpr std::uint64_t MaximumOf() {
  return static_cast<std::uint64_t>(std::numeric_limits<Number>::max());
}

constexpr ValueType kInt64Type =
    SignedType(Storage::kInt64, std::numeric_limits<std::int64_t>::min(),
               std::numeric_limits<std::int64_t>::max());
// An address without a family is none.
constexpr ValueType kAddressType = {
    .comparison = Comparison::kAddress, .storage = Storage::kAddress, .empty_is_absent = true};
constexpr ValueType kTextType = {.comparison = Comparison::kText, .storage = Storage::kString};
constexpr ValueType kHexType = {.comparison = Comparison::kHex, .storage = Storage::kBytes};

ValueType NumberTextType(Storage storage, NumberText text, std::uint32_t count) {
  return {
      .comparison = Comparison::kNumberText, .storage = storage, .text = text, .text_count = count};
}

ValueType TypeByKind(const MemberSchema& member) {
  switch (member.kind) {
    case MemberKind::kUint8:
      return UnsignedType(Storage::kUint8, MaximumOf<std::uint8_t>());
    case MemberKind::kUint16:
      return UnsignedType(Storage::kUint16, MaximumOf<std::uint16_t>());
    case MemberKind::kUint32:
      return UnsignedType(Storage::kUint32, MaximumOf<std::uint32_t>());
    case MemberKind::kInt64:
      return kInt64Type;
    case MemberKind::kText8:
      return NumberTextType(Storage::kUint8, member.text, 1U << 8);
    case MemberKind::kText16:
    case MemberKind::kTextList16:
      return NumberTextType(Storage::kUint16, member.text, 1U << 16);
    case MemberKind::kRawString:
      return {.comparison = Comparison::kText, .storage = Storage::kBytes};
    case MemberKind::kHex:
      return kHexType;
    case MemberKind::kAddress:
      return kAddressType;
    default:
      return kTextType;
  }
}

// Fields of every type hold their numbers in 64 bits.
ValueType TypeByField(std::uint32_t type) {
  switch (type) {
    case WIREHOUND_TYPE_BOOL:
      return {.comparison = Comparison::kBool, .storage = Storage::kUint64};
    case WIREHOUND_TYPE_INT32:
      return SignedType(Storage::kInt64, std::numeric_limits<std::int32_t>::min(),
                        std::numeric_limits<std::int32_t>::max());
    case WIREHOUND_TYPE_INT64:
      return kInt64Type;
    case WIREHOUND_TYPE_UINT16:
      return UnsignedType(Storage::kUint64, MaximumOf<std::uint16_t>());
    case WIREHOUND_TYPE_UINT32:
      return UnsignedType(Storage::kUint64, MaximumOf<std::uint32_t>());
    case WIREHOUND_TYPE_UINT64:
      return UnsignedType(Storage::kUint64, MaximumOf<std::uint64_t>());
    case WIREHOUND_TYPE_DOUBLE:
      return {.comparison = Comparison::kReal, .storage = Storage::kDouble};
    case WIREHOUND_TYPE_BYTES:
      return kHexType;
    case WIREHOUND_TYPE_ADDRESS:
      return kAddressType;
    default:
      return kTextType;
  }
}

}  // namespace

Nesting NestingOf(const EventField& field) {
  switch (field.type) {
    case WIREHOUND_TYPE_STRING_LIST:
      return Nesting::kValueList;
    case WIREHOUND_TYPE_DNS_QUESTIONS:
    case WIREHOUND_TYPE_DNS_RESPONSES:
      return Nesting::kMessageList;
    default:
      return field.message != nullptr ? Nesting::kMessage : Nesting::kValue;
  }
}

Nesting NestingOf(const MemberSchema& member) {
  switch (member.kind) {
    case MemberKind::kStringList:
    case MemberKind::kTextList16:
      return Nesting::kValueList;
    case MemberKind::kHeaderMap:
      return Nesting::kHeaderMap;
    case MemberKind::kMessage:
      return Nesting::kMessage;
    case MemberKind::kMessageList:
      return Nesting::kMessageList;
    default:
      return Nesting::kValue;
  }
}

ValueType TypeOf(const EventField& field) {
  ValueType type = TypeByField(field.type);
  type.ignore_case = field.ignore_case;
  return type;
}

ValueType TypeOf(const MemberSchema& member) {
  ValueType type = TypeByKind(member);
  type.ignore_case = member.ignore_case;
  type.empty_is_absent = type.empty_is_absent || (member.omit_absent && member.locate == nullptr);
  return type;
}

}  // namespace wirehound
