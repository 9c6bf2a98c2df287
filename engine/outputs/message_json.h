// SPDX-License-Identifier: Apache-2.0

// Messages as JSON objects, by the schemas of the catalogue: every member is present, in the
// schema's order, zero values included, as the seeds of the format show them; only members marked
// as additions are left out when they are absent.
//
// A schema is prepared once (MessageJson). The shape of a message is the set of located members it
// has. For each shape the keys, and the zero values of absent members, become ready-made text, so
// that a row of absent members is one copy. The schemas stay the only description: no protocol is
// known here. Dispatch thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <wirehound/abi/values.h>

#include "engine/catalogue/event_definition.h"
#include "engine/outputs/json_buffer.h"

namespace wirehound {

class MessageJsonSet;

/// The texts of a function of protocol_text.h as JSON strings, kept once they were asked for.
class NumberTexts {
 public:
  explicit NumberTexts(NumberText function) : function_(function), kept_(kKept) {}

  /// Makes the room.
  char* Write(JsonBuffer& buffer, char* out, std::uint64_t value);

 private:
  /// Numbers below are kept: all of a byte, and the DNS types in use.
  static constexpr std::size_t kKept = 512;
  /// A string short enough to be kept, in a size that is cheap to copy whole.
  struct Kept {
    char text[47];
    std::uint8_t size;  ///< 0 when it was not asked for yet
  };

  char* WriteNew(JsonBuffer& buffer, char* out, std::uint64_t value);

  NumberText function_;
  std::vector<Kept> kept_;
};

/// A schema made ready. Made by MessageJsonSet.
class MessageJson {
 public:
  /// Writes a message as an object; a null message gives the object of zero values. Makes the
  /// room.
  char* Write(JsonBuffer& buffer, char* out, const void* message);
  /// Writes an array of them.
  char* WriteList(JsonBuffer& buffer, char* out, const wirehound_list& list);

 private:
  friend class MessageJsonSet;

  /// A member with what writing it takes.
  struct Member {
    MemberSchema schema;
    std::string key;       ///< `,"name":`
    std::string absent;    ///< the key and what stands for no value; "" for one that is left out
    NumberTexts* texts;    ///< of a member with a text, else null
    MessageJson* message;  ///< of a member with a message, else null
  };
  /// Text of a row, and the member whose value stands behind it; null for none.
  struct Piece {
    std::uint32_t text_bytes;
    bool is_left_out_when_empty;  ///< the text too
    const Member* member;
  };
  /// How messages of one shape are written.
  struct Row {
    std::uint64_t shape = 0;
    std::vector<Piece> pieces;  ///< none: no such message was seen yet
    std::string text;           ///< of the pieces, one behind the other
  };

  /// Shapes that are kept: more of them share places.
  static constexpr std::size_t kKeptShapes = 64;

  MessageJson(const MessageSchema& schema, MessageJsonSet& set);
  static std::string AbsentValue(const MemberSchema& schema, MessageJson* message);
  std::uint64_t ShapeOf(const void* message) const;
  const Row& RowOf(const void* message);
  Row MakeRow(const void* message) const;
  static char* WriteValue(JsonBuffer& buffer, char* out, const Member& member, const void* value);
  static char* WriteMember(JsonBuffer& buffer, char* out, const Member& member, const void* value);

  const MessageSchema schema_;
  std::size_t located_count_ = 0;
  std::vector<Member> members_;
  Row absent_;             ///< of no message at all
  std::vector<Row> rows_;  ///< by shape
};

/// The schemas that were made ready so far. They are told apart by their address: a schema must
/// live as long as this.
class MessageJsonSet {
 public:
  MessageJson& Find(const MessageSchema& schema);
  NumberTexts& FindTexts(NumberText function);

 private:
  std::unordered_map<const MessageSchema*, std::unique_ptr<MessageJson>> messages_;
  std::vector<std::pair<NumberText, std::unique_ptr<NumberTexts>>> texts_;
};

/// Writes the value of an event's field; `message` is what its definition names, null for a
/// scalar. Makes the room.
char* WriteFieldValue(JsonBuffer& buffer, char* out, std::uint32_t type, MessageJson* message,
                      const wirehound_value& value);

}  // namespace wirehound
