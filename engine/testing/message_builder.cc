// SPDX-License-Identifier: Apache-2.0

#include "engine/testing/message_builder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <wirehound/abi/messages.h>

#include "engine/testing/value_text.h"
#include "engine/text/closest_name.h"

namespace wirehound {

namespace {

// An error lists the members of a message with at most this many.
constexpr std::size_t kListedNames = 12;

std::pair<std::string_view, std::string_view> SplitFirst(std::string_view path) {
  const std::size_t dot = path.find('.');
  return {path.substr(0, dot), dot < path.size() ? path.substr(dot + 1) : std::string_view()};
}

std::vector<std::string> MemberNames(const MessageSchema& schema) {
  std::vector<std::string> names;
  for (const MemberSchema& member : schema.members) {
    names.emplace_back(member.name);
  }
  return names;
}

Error UnknownMember(const MessageSchema& schema, std::string_view name) {
  const std::vector<std::string> names = MemberNames(schema);
  std::string hint = DidYouMean(name, names);
  if (hint.empty() && names.size() <= kListedNames) {
    hint = fmt::format("there are {}", fmt::join(names, ", "));
  }
  return {ErrorCode::kInvalidInput,
          fmt::format("no member '{}'{}{}", name, hint.empty() ? "" : "; ", hint)};
}

std::size_t BytesOf(const MemberSchema& member) {
  switch (member.kind) {
    case MemberKind::kMessage:
      return member.message->bytes;
    case MemberKind::kAddress:
      return sizeof(wirehound_address);
    default:
      return sizeof(wirehound_value);  // texts, bytes, lists and numbers
  }
}

template <typename T>
Status Store(Result<T> result, void* place) {
  const T value = WIREHOUND_TRY(std::move(result));
  std::memcpy(place, &value, sizeof(T));
  return {};
}

template <typename T>
Status StoreNumber(Result<std::uint64_t> number, void* place) {
  return number ? Store<T>(static_cast<T>(*number), place) : Status(std::move(number).error());
}

template <typename T>
Status StoreUnsigned(std::string_view value, void* place) {
  return StoreNumber<T>(UnsignedFromText(value, std::numeric_limits<T>::max()), place);
}

template <typename T>
Status StoreNamed(NumberText text, std::string_view value, void* place) {
  return StoreNumber<T>(NumberFromText(text, value, std::numeric_limits<T>::max()), place);
}

}  // namespace

Status MessageBuilder::Set(const MessageSchema& schema, void* message, std::string_view path,
                           std::string_view value) {
  const auto [name, rest] = SplitFirst(path);
  const auto member =
      std::find_if(schema.members.begin(), schema.members.end(),
                   [name = name](const MemberSchema& each) { return each.name == name; });
  if (member == schema.members.end()) {
    return UnknownMember(schema, name);
  }
  if (member->Find(message) == nullptr &&
      (schema.attach == nullptr ||
       !schema.attach(message, *member, memory_.Allocate(BytesOf(*member))))) {
    return Error(
        ErrorCode::kInvalidInput,
        fmt::format("'{}' does not go with the type or the other data that was given", name));
  }
  // const_cast is safe: the place is in the message or was allocated just now.
  return SetValue(*member, const_cast<void*>(member->Find(message)), rest, value);
}

Status MessageBuilder::SetValue(const MemberSchema& member, void* place, std::string_view path,
                                std::string_view value) {
  const auto [index, rest] = SplitFirst(path);
  switch (member.kind) {
    case MemberKind::kMessage:
      return Set(*member.message, place, path, value);
    case MemberKind::kHeaderMap:
      return AddHeader(place, path, value);
    case MemberKind::kMessageList: {
      Result<void*> element = Element(place, index, member.message->bytes);
      return element ? Set(*member.message, *element, rest, value)
                     : Status(std::move(element).error());
    }
    case MemberKind::kStringList: {
      Result<void*> element = Element(place, path, sizeof(wirehound_string));
      return element ? Store<wirehound_string>(memory_.Text(value), *element)
                     : Status(std::move(element).error());
    }
    case MemberKind::kTextList16: {
      Result<void*> element = Element(place, path, sizeof(std::uint16_t));
      return element ? StoreNamed<std::uint16_t>(member.text, value, *element)
                     : Status(std::move(element).error());
    }
    default:
      return path.empty() ? SetScalar(member, place, value)
                          : Error(ErrorCode::kInvalidInput,
                                  fmt::format("nothing is inside it, so '.{}' is too much", path));
  }
}

Status MessageBuilder::SetScalar(const MemberSchema& member, void* place, std::string_view value) {
  switch (member.kind) {
    case MemberKind::kUint8:
      return StoreUnsigned<std::uint8_t>(value, place);
    case MemberKind::kUint16:
      return StoreUnsigned<std::uint16_t>(value, place);
    case MemberKind::kUint32:
      return StoreUnsigned<std::uint32_t>(value, place);
    case MemberKind::kInt64:
      return Store(SignedFromText(value, INT64_MIN, INT64_MAX), place);
    case MemberKind::kText8:
      return StoreNamed<std::uint8_t>(member.text, value, place);
    case MemberKind::kText16:
      return StoreNamed<std::uint16_t>(member.text, value, place);
    case MemberKind::kAddress:
      return Store(AddressFromText(value), place);
    case MemberKind::kHex:
      return Store(BytesFromText(value, memory_), place);
    default:  // wirehound_string and wirehound_bytes have the same layout
      return Store<wirehound_string>(memory_.Text(value), place);
  }
}

// Growing copies the elements, so a pointer to one is valid only until the next call. Set therefore
// starts from the message again for each word of a line.
Result<void*> MessageBuilder::Element(void* list, std::string_view index, std::size_t bytes) {
  auto& elements = *static_cast<wirehound_list*>(list);
  Result<std::uint64_t> number = UnsignedFromText(index, elements.count);
  if (!number) {
    return std::move(number).error().WithContext("index of a list");
  }
  if (*number == elements.count) {
    void* grown = memory_.Allocate((std::size_t{elements.count} + 1) * bytes);
    if (elements.count != 0) {
      std::memcpy(grown, elements.data, elements.count * bytes);
    }
    elements = {grown, elements.count + 1, static_cast<std::uint32_t>(bytes)};
  }
  char* first = static_cast<char*>(const_cast<void*>(elements.data));
  return static_cast<void*>(first + *number * bytes);
}

Status MessageBuilder::AddHeader(void* list, std::string_view name, std::string_view value) {
  if (name.empty()) {
    return Error(ErrorCode::kInvalidInput, "expected the name of a header field behind a '.'");
  }
  const std::string next = std::to_string(static_cast<const wirehound_list*>(list)->count);
  void* element = WIREHOUND_TRY(Element(list, next, sizeof(wirehound_http_header)));
  return Store<wirehound_http_header>({{memory_.Text(name), memory_.Text(value)}}, element);
}

}  // namespace wirehound
