// SPDX-License-Identifier: Apache-2.0

#include "engine/outputs/message_json.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <utility>

#include <wirehound/abi/messages.h>
#include <wirehound/views.h>

#include "decoders/core/address_text.h"
#include "decoders/http/http_sink.h"
#include "engine/outputs/json_text.h"

namespace wirehound {

namespace {

// Members of messages are naturally aligned, as the structs are: read them through their type.
template <typename T>
const T& As(const void* member) {
  return *static_cast<const T*>(member);
}

std::string_view BytesView(const wirehound_bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data), bytes.size};
}

// The most room a value of fixed size needs: a number, a quoted address, a bracket or two.
constexpr std::size_t kFixedBytes = kAddressTextBytes + 2;
static_assert(kFixedBytes >= kJsonNumberBytes);

char* WriteAddressString(char* out, const wirehound_address& address) {
  *out++ = '"';
  out = WriteAddress(address, out);
  *out++ = '"';
  return out;
}

// An array in which `write` writes each element.
template <typename WriteElement>
char* WriteArray(JsonBuffer& buffer, char* out, const wirehound_list& list, WriteElement write) {
  const auto* element = static_cast<const char*>(list.data);
  out = buffer.Room(out, 2);
  *out++ = '[';
  for (std::uint32_t i = 0; i < list.count; ++i, element += list.stride) {
    if (i != 0) {
      out = buffer.Room(out, 1);
      *out++ = ',';
    }
    out = write(out, element);
  }
  out = buffer.Room(out, 1);
  *out++ = ']';
  return out;
}

char* WriteStringList(JsonBuffer& buffer, char* out, const wirehound_list& list) {
  return WriteArray(buffer, out, list, [&buffer](char* to, const char* element) {
    return WriteString(buffer, to, ToView(As<wirehound_string>(element)));
  });
}

char* WriteTextList(JsonBuffer& buffer, char* out, const wirehound_list& list, NumberTexts& texts) {
  return WriteArray(buffer, out, list, [&](char* to, const char* element) {
    return texts.Write(buffer, to, As<std::uint16_t>(element));
  });
}

// The headers sorted by name, those of one name in their order in the message: JSON has a key for
// each name. Sorted in place, since this must not allocate. The decoder bounds the number of
// headers; more are not shown.
class HeaderOrder {
 public:
  explicit HeaderOrder(const wirehound_list& list)
      : count_(std::min<std::size_t>(list.count, kMaxHttpHeaders)) {
    const auto* element = static_cast<const char*>(list.data);
    for (std::size_t i = 0; i < count_; ++i, element += list.stride) {
      const auto& header = As<wirehound_http_header>(element);
      entries_[i] = {FirstBytes(ToView(header.name)), &header};
    }
    std::sort(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(count_), IsBefore);
  }

  std::size_t size() const { return count_; }
  const wirehound_http_header& operator[](std::size_t i) const { return *entries_[i].header; }
  bool StartsName(std::size_t i) const {
    return i == 0 || entries_[i].first_bytes != entries_[i - 1].first_bytes ||
           ToView(entries_[i].header->name) != ToView(entries_[i - 1].header->name);
  }

 private:
  struct Entry {
    std::uint64_t first_bytes;  // of the name: most comparisons need no more
    const wirehound_http_header* header;
  };

  static std::uint64_t FirstBytes(std::string_view name) {
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      bytes = bytes << 8 | (i < name.size() ? static_cast<unsigned char>(name[i]) : 0U);
    }
    return bytes;
  }

  static bool IsBefore(const Entry& a, const Entry& b) {
    if (a.first_bytes != b.first_bytes) {
      return a.first_bytes < b.first_bytes;
    }
    const int order = ToView(a.header->name).compare(ToView(b.header->name));
    // Elements stand in the order of their addresses, which makes the sort stable.
    return order != 0 ? order < 0 : std::less<>()(a.header, b.header);
  }

  std::size_t count_;
  std::array<Entry, kMaxHttpHeaders> entries_;
};

char* WriteHeaderMap(JsonBuffer& buffer, char* out, const wirehound_list& list) {
  const HeaderOrder headers(list);
  constexpr std::size_t kPunctuation = 8;
  out = buffer.Room(out, kPunctuation);
  *out++ = '{';
  for (std::size_t i = 0; i < headers.size(); ++i) {
    out = buffer.Room(out, kPunctuation);
    if (headers.StartsName(i)) {
      out = WriteLiteral(out, i == 0 ? "" : "],");
      out = WriteString(buffer, out, ToView(headers[i].name));
      out = WriteLiteral(buffer.Room(out, kPunctuation), ":[");
    } else {
      *out++ = ',';
    }
    out = WriteString(buffer, out, ToView(headers[i].value));
  }
  return WriteLiteral(buffer.Room(out, kPunctuation), headers.size() == 0 ? "}" : "]}");
}

bool IsEmptyMessage(const MessageSchema& schema, const void* message);

// Whether a member at an offset has the value of a message without it.
bool IsEmpty(const MemberSchema& member, const void* value) {
  switch (member.kind) {
    case MemberKind::kUint8:
    case MemberKind::kText8:
      return As<std::uint8_t>(value) == 0;
    case MemberKind::kUint16:
    case MemberKind::kText16:
      return As<std::uint16_t>(value) == 0;
    case MemberKind::kUint32:
      return As<std::uint32_t>(value) == 0;
    case MemberKind::kInt64:
      return As<std::int64_t>(value) == 0;
    case MemberKind::kString:
      return As<wirehound_string>(value).size == 0;
    case MemberKind::kRawString:
    case MemberKind::kHex:
      return As<wirehound_bytes>(value).size == 0;
    case MemberKind::kAddress:
      return As<wirehound_address>(value).family == WIREHOUND_FAMILY_NONE;
    case MemberKind::kStringList:
    case MemberKind::kTextList16:
    case MemberKind::kHeaderMap:
    case MemberKind::kMessageList:
      return As<wirehound_list>(value).count == 0;
    case MemberKind::kMessage:
      return IsEmptyMessage(*member.message, value);
  }
  return false;
}

bool IsEmptyMessage(const MessageSchema& schema, const void* message) {
  return std::all_of(schema.members.begin(), schema.members.end(), [&](const MemberSchema& member) {
    const void* value = member.Find(message);
    return value == nullptr || (member.locate == nullptr && IsEmpty(member, value));
  });
}

bool HasText(MemberKind kind) {
  return kind == MemberKind::kText8 || kind == MemberKind::kText16 ||
         kind == MemberKind::kTextList16;
}

// Nearly all texts are short, and a copy of a fixed size is a few instructions without a call. It
// may read beyond the text, into the slack at the end of the row, and write beyond it, into the
// slack of the buffer, where the next writer overwrites it.
char* CopyText(char* out, const char* text, std::size_t size) {
  constexpr std::size_t kBlock = 32;
  static_assert(kBlock <= JsonBuffer::kSlackBytes);
  std::memcpy(out, text, kBlock);
  if (size > kBlock) {
    std::memcpy(out + kBlock, text + kBlock, size - kBlock);
  }
  return out + size;
}

}  // namespace

// Copies the whole place of a kept text, whatever its size, for the same reason as CopyText.
char* NumberTexts::Write(JsonBuffer& buffer, char* out, std::uint64_t value) {
  if (value >= kKept || kept_[value].size == 0) {
    return WriteNew(buffer, out, value);
  }
  out = buffer.Room(out, sizeof(Kept));
  std::memcpy(out, &kept_[value], sizeof(Kept));
  return out + kept_[value].size;
}

char* NumberTexts::WriteNew(JsonBuffer& buffer, char* out, std::uint64_t value) {
  TextBuffer scratch;
  const std::string_view text = function_(value, scratch);
  const std::size_t begin = buffer.OffsetOf(out);
  out = WriteString(buffer, out, text);
  const std::string_view written(buffer.At(begin), buffer.OffsetOf(out) - begin);
  if (value < kKept && written.size() <= sizeof(Kept::text)) {
    written.copy(kept_[value].text, written.size());
    kept_[value].size = static_cast<std::uint8_t>(written.size());
  }
  return out;
}

MessageJson::MessageJson(const MessageSchema& schema, MessageJsonSet& set) : schema_(schema) {
  members_.reserve(schema.members.size());
  for (const MemberSchema& member : schema.members) {
    NumberTexts* texts = HasText(member.kind) ? &set.FindTexts(member.text) : nullptr;
    MessageJson* message = member.message == nullptr ? nullptr : &set.Find(*member.message);
    const std::string key = ",\"" + std::string(member.name) + "\":";
    const std::string absent = member.omit_absent ? "" : key + AbsentValue(member, message);
    members_.push_back({member, key, absent, texts, message});
    located_count_ += member.locate != nullptr ? 1 : 0;
  }
  absent_ = MakeRow(nullptr);
  rows_.resize(located_count_ != 0 ? kKeptShapes : 1);
}

// The value that a member shows when the message does not have it.
std::string MessageJson::AbsentValue(const MemberSchema& schema, MessageJson* message) {
  switch (schema.kind) {
    case MemberKind::kUint8:
    case MemberKind::kUint16:
    case MemberKind::kUint32:
    case MemberKind::kInt64:
      return "0";
    case MemberKind::kStringList:
      return "null";
    case MemberKind::kTextList16:
    case MemberKind::kMessageList:
      return "[]";
    case MemberKind::kHeaderMap:
      return "{}";
    case MemberKind::kMessage: {
      if (message == nullptr) {
        return "{}";  // its members are not known
      }
      JsonBuffer buffer(0);
      buffer.Commit(message->Write(buffer, buffer.end(), nullptr));
      return std::string(buffer.text());
    }
    default:
      return "\"\"";
  }
}

// Without a function of the schema the shape has a bit for each located member: whether it is
// there.
std::uint64_t MessageJson::ShapeOf(const void* message) const {
  if (located_count_ != 0 && schema_.shape != nullptr) {
    return schema_.shape(message);
  }
  std::uint64_t shape = 0;
  for (std::size_t i = 0; located_count_ != 0 && i < members_.size(); ++i) {
    const Member& member = members_[i];
    if (member.schema.locate != nullptr) {
      shape = shape << 1 | (member.schema.locate(message) != nullptr ? 1 : 0);
    }
  }
  return shape;
}

// Rows are kept in a table without chains: a shape that meets another one in its place replaces it,
// which costs time and is never wrong. A schema without Shape and with more than 64 located members
// has no exact shapes: its rows are made anew for each message.
const MessageJson::Row& MessageJson::RowOf(const void* message) {
  if (message == nullptr) {
    return absent_;
  }
  const std::uint64_t shape = ShapeOf(message);
  constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15;  // 2^64 divided by the golden ratio
  Row& row = rows_[(shape * kSpread >> 32) % rows_.size()];
  const bool is_exact = schema_.shape != nullptr || located_count_ <= 64;  // a bit for each
  if (row.shape != shape || row.pieces.empty() || !is_exact) {
    row = MakeRow(message);
    row.shape = shape;
  }
  return row;
}

// The text of absent members goes in front of the key of the next member that is there, so that
// both are one copy. A member that may be left out with its key gets a piece of its own: the text
// before it must stay when it goes.
MessageJson::Row MessageJson::MakeRow(const void* message) const {
  Row row;
  std::size_t begin = 0;
  const auto end_piece = [&](bool is_left_out_when_empty, const Member* member) {
    const auto size = static_cast<std::uint32_t>(row.text.size() - begin);
    row.pieces.push_back({size, is_left_out_when_empty, member});
    begin = row.text.size();
  };
  for (const Member& member : members_) {
    if (message == nullptr || member.schema.Find(message) == nullptr) {
      row.text += member.absent;
      continue;
    }
    const bool may_be_empty = member.schema.omit_absent && member.schema.locate == nullptr;
    if (may_be_empty && row.text.size() > begin) {
      end_piece(false, nullptr);
    }
    row.text += member.key;
    end_piece(may_be_empty, &member);
  }
  if (row.text.size() > begin || row.pieces.empty()) {
    end_piece(false, nullptr);
  }
  row.text.append(JsonBuffer::kSlackBytes, ' ');  // see CopyText
  return row;
}

char* MessageJson::WriteMember(JsonBuffer& buffer, char* out, const Member& member,
                               const void* value) {
  switch (member.schema.kind) {
    case MemberKind::kUint8:
      return WriteShortNumber(out, As<std::uint8_t>(value));
    case MemberKind::kUint16:
      return WriteUnsigned(out, As<std::uint16_t>(value));
    case MemberKind::kUint32:
      return WriteUnsigned(out, As<std::uint32_t>(value));
    case MemberKind::kInt64:
      return WriteSigned(out, As<std::int64_t>(value));
    case MemberKind::kText8:
      return member.texts->Write(buffer, out, As<std::uint8_t>(value));
    case MemberKind::kText16:
      return member.texts->Write(buffer, out, As<std::uint16_t>(value));
    case MemberKind::kString:
      return WriteString(buffer, out, ToView(As<wirehound_string>(value)));
    case MemberKind::kRawString:
      return WriteString(buffer, out, BytesView(As<wirehound_bytes>(value)));
    case MemberKind::kHex:
      return WriteHex(buffer, out, As<wirehound_bytes>(value));
    case MemberKind::kAddress:
      return WriteAddressString(out, As<wirehound_address>(value));
    case MemberKind::kStringList:
      return WriteStringList(buffer, out, As<wirehound_list>(value));
    case MemberKind::kTextList16:
      return WriteTextList(buffer, out, As<wirehound_list>(value), *member.texts);
    case MemberKind::kHeaderMap:
      return WriteHeaderMap(buffer, out, As<wirehound_list>(value));
    case MemberKind::kMessage:
      return member.message->Write(buffer, out, value);
    case MemberKind::kMessageList:
      return member.message->WriteList(buffer, out, As<wirehound_list>(value));
  }
  return out;
}

// The value behind the text of a piece. Its key is written already, so a value must follow: null
// when the member is missing in spite of the row, because Shape of the schema is too coarse.
char* MessageJson::WriteValue(JsonBuffer& buffer, char* out, const Member& member,
                              const void* value) {
  return value == nullptr ? WriteLiteral(out, "null") : WriteMember(buffer, out, member, value);
}

// Every key starts with a comma, the first one too: at the end the brace of the object overwrites
// that comma. Otherwise each row would need a text for every member that can come first.
char* MessageJson::Write(JsonBuffer& buffer, char* out, const void* message) {
  const std::size_t begin = buffer.OffsetOf(out);
  const Row& row = RowOf(message);
  const char* text = row.text.data();
  for (const Piece& piece : row.pieces) {
    const char* piece_text = std::exchange(text, text + piece.text_bytes);
    const Member* member = piece.member;
    const void* value = member == nullptr ? nullptr : member->schema.Find(message);
    if (value != nullptr && piece.is_left_out_when_empty && IsEmpty(member->schema, value)) {
      continue;
    }
    out = CopyText(buffer.Room(out, piece.text_bytes + kFixedBytes), piece_text, piece.text_bytes);
    out = member == nullptr ? out : WriteValue(buffer, out, *member, value);
  }
  out = buffer.Room(out, 2);
  if (buffer.OffsetOf(out) == begin) {
    ++out;
  }
  *buffer.At(begin) = '{';
  *out++ = '}';
  return out;
}

char* MessageJson::WriteList(JsonBuffer& buffer, char* out, const wirehound_list& list) {
  return WriteArray(buffer, out, list, [this, &buffer](char* to, const char* element) {
    return Write(buffer, to, element);
  });
}

MessageJson& MessageJsonSet::Find(const MessageSchema& schema) {
  const auto found = messages_.find(&schema);
  if (found != messages_.end()) {
    return *found->second;
  }
  std::unique_ptr<MessageJson> made(new MessageJson(schema, *this));
  return *messages_.emplace(&schema, std::move(made)).first->second;
}

NumberTexts& MessageJsonSet::FindTexts(NumberText function) {
  for (const auto& [known, texts] : texts_) {
    if (known == function) {
      return *texts;
    }
  }
  return *texts_.emplace_back(function, std::make_unique<NumberTexts>(function)).second;
}

char* WriteFieldValue(JsonBuffer& buffer, char* out, std::uint32_t type, MessageJson* message,
                      const wirehound_value& value) {
  out = buffer.Room(out, kFixedBytes);
  switch (type) {
    case WIREHOUND_TYPE_BOOL:
      return WriteBool(out, value.unsigned_integer != 0);
    case WIREHOUND_TYPE_INT32:
    case WIREHOUND_TYPE_INT64:
      return WriteSigned(out, value.signed_integer);
    case WIREHOUND_TYPE_UINT16:
    case WIREHOUND_TYPE_UINT32:
    case WIREHOUND_TYPE_UINT64:
      return WriteUnsigned(out, value.unsigned_integer);
    case WIREHOUND_TYPE_DOUBLE:
      return WriteDouble(out, value.real);
    case WIREHOUND_TYPE_STRING:
      return WriteString(buffer, out, ToView(value.text));
    case WIREHOUND_TYPE_BYTES:
      return WriteHex(buffer, out, value.bytes);
    case WIREHOUND_TYPE_ADDRESS:
      return WriteAddressString(out, As<wirehound_address>(value.message));
    case WIREHOUND_TYPE_STRING_LIST:
      return WriteStringList(buffer, out, value.list);
    case WIREHOUND_TYPE_DNS_QUESTIONS:
    case WIREHOUND_TYPE_DNS_RESPONSES:
      return message->WriteList(buffer, out, value.list);
    default:
      return message->Write(buffer, out, value.message);
  }
}

}  // namespace wirehound
