// SPDX-License-Identifier: Apache-2.0

// How the members of a message schema are written down, for the tables in this folder. Constant at
// compile time.

#pragma once

#include <cstddef>
#include <string_view>

#include "engine/catalogue/message_schema.h"

namespace wirehound {

/// A member at `offset`.
constexpr MemberSchema At(std::string_view name, MemberKind kind, std::size_t offset) {
  return {.name = name, .kind = kind, .offset = offset};
}

/// A number at `offset`, shown as text.
constexpr MemberSchema TextAt(std::string_view name, MemberKind kind, std::size_t offset,
                              NumberText text) {
  return {.name = name, .kind = kind, .offset = offset, .text = text};
}

/// A list at `offset`, of messages.
constexpr MemberSchema ListAt(std::string_view name, std::size_t offset,
                              const MessageSchema& element) {
  return {.name = name, .kind = MemberKind::kMessageList, .offset = offset, .message = &element};
}

/// A member that only some messages have.
constexpr MemberSchema Located(std::string_view name, MemberKind kind, MemberSchema::Locate locate,
                               const MessageSchema* message = nullptr) {
  return {.name = name, .kind = kind, .locate = locate, .message = message};
}

/// A member that came later than the published shape: left out where it is absent.
constexpr MemberSchema Extra(MemberSchema member) {
  member.omit_absent = true;
  return member;
}

/// A text that is compared without regard to case.
constexpr MemberSchema AnyCase(MemberSchema member) {
  member.ignore_case = true;
  return member;
}

/// The name of a domain at `offset`.
constexpr MemberSchema DomainAt(std::string_view name, std::size_t offset) {
  return AnyCase(At(name, MemberKind::kString, offset));
}

}  // namespace wirehound
