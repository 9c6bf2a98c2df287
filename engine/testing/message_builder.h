// SPDX-License-Identifier: Apache-2.0

// MessageBuilder: fills message structs of the SDK member by member. Path and value are texts, and
// paths are those of JSON: "answers.0.MX.preference", "10". It knows no particular message and
// takes every name, type and offset from the schema. For tests of detectors. One thread.

#pragma once

#include <string_view>

#include <wirehound/result.h>

#include "engine/catalogue/message_schema.h"
#include "engine/testing/event_memory.h"

namespace wirehound {

class MessageBuilder {
 public:
  /// `memory` owns everything the builder allocates, and must outlive the builder and the messages.
  explicit MessageBuilder(EventMemory& memory) : memory_(memory) {}

  /// Sets the member of a message that `path` leads to. A list element is named by its index; the
  /// index after the last one appends. An HTTP header field is named by its name, and each call
  /// appends one. The error says which part of the path is wrong, or why the value is.
  Status Set(const MessageSchema& schema, void* message, std::string_view path,
             std::string_view value);

  /// Sets the value at `place`, which is described by `member`. `path` leads further into it and is
  /// empty for the value itself.
  Status SetValue(const MemberSchema& member, void* place, std::string_view path,
                  std::string_view value);

 private:
  Result<void*> Element(void* list, std::string_view index, std::size_t bytes);
  Status SetScalar(const MemberSchema& member, void* place, std::string_view value);
  Status AddHeader(void* list, std::string_view name, std::string_view value);

  EventMemory& memory_;
};

}  // namespace wirehound
