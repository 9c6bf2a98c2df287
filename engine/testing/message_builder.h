// SPDX-License-Identifier: Apache-2.0

// MessageBuilder: fills message structs of the SDK member by member, each named by its path as in
// JSON and given as text: "answers.0.MX.preference", "10". Knows nothing of any message: the
// schema says it all. For tests of detectors. One thread.

#pragma once

#include <string_view>

#include <wirehound/result.h>

#include "engine/catalogue/message_schema.h"
#include "engine/testing/event_memory.h"

namespace wirehound {

class MessageBuilder {
 public:
  /// What is made lives in `memory`.
  explicit MessageBuilder(EventMemory& memory) : memory_(memory) {}

  /// Sets a member of a message, or what is inside it. Elements of lists are named by their index,
  /// which may be one behind the last; header fields by their name, one more each time. The error
  /// says which part of the path or what about the value is wrong.
  Status Set(const MessageSchema& schema, void* message, std::string_view path,
             std::string_view value);

  /// The same for a value that stands on its own, at `place`; `path` is what is inside it.
  Status SetValue(const MemberSchema& member, void* place, std::string_view path,
                  std::string_view value);

 private:
  Result<void*> Element(void* list, std::string_view index, std::size_t bytes);
  Status SetScalar(const MemberSchema& member, void* place, std::string_view value);
  Status AddHeader(void* list, std::string_view name, std::string_view value);

  EventMemory& memory_;
};

}  // namespace wirehound
