// SPDX-License-Identifier: Apache-2.0

#include "engine/outputs/message_json.h"

#include "decoders/address_text.h"
#include "engine/outputs/json_text.h"

namespace wirehound {

namespace {

// Members of messages are naturally aligned, as the structs are: read them through their type.
template <typename T>
const T& As(const void* member) {
  return *static_cast<const T*>(member);
}

void AppendAddress(std::string& out, const wirehound_address& address) {
  char buffer[kAddressTextBytes];
  out += '"';
  out += FormatAddress(address, buffer);
  out += '"';
}

void AppendText(std::string& out, NumberText text, std::uint64_t value) {
  TextBuffer scratch;
  AppendString(out, text(value, scratch));
}

template <typename Append>
void AppendList(std::string& out, const wirehound_list& list, Append append) {
  const auto* element = static_cast<const char*>(list.data);
  out += '[';
  for (std::uint32_t i = 0; i < list.count; ++i, element += list.stride) {
    if (i != 0) {
      out += ',';
    }
    append(element);
  }
  out += ']';
}

void AppendStringList(std::string& out, const wirehound_list& list) {
  AppendList(out, list, [&out](const char* element) {
    const auto& text = As<wirehound_string>(element);
    AppendString(out, {text.data, text.size});
  });
}

void AppendMember(std::string& out, const MemberSchema& member, const void* value) {
  switch (member.kind) {
    case MemberKind::kUint8:
      return AppendUnsigned(out, As<std::uint8_t>(value));
    case MemberKind::kUint16:
      return AppendUnsigned(out, As<std::uint16_t>(value));
    case MemberKind::kUint32:
      return AppendUnsigned(out, As<std::uint32_t>(value));
    case MemberKind::kText8:
      return AppendText(out, member.text, As<std::uint8_t>(value));
    case MemberKind::kText16:
      return AppendText(out, member.text, As<std::uint16_t>(value));
    case MemberKind::kString: {
      const auto& text = As<wirehound_string>(value);
      return AppendString(out, {text.data, text.size});
    }
    case MemberKind::kRawString: {
      const auto& bytes = As<wirehound_bytes>(value);
      return AppendString(out, {reinterpret_cast<const char*>(bytes.data), bytes.size});
    }
    case MemberKind::kHex:
      return AppendHex(out, As<wirehound_bytes>(value).data, As<wirehound_bytes>(value).size);
    case MemberKind::kAddress:
      return AppendAddress(out, As<wirehound_address>(value));
    case MemberKind::kStringList:
      return AppendStringList(out, As<wirehound_list>(value));
    case MemberKind::kMessage:
      return AppendMessage(out, *member.message, value);
    case MemberKind::kMessageList:
      return AppendList(out, As<wirehound_list>(value), [&out, &member](const char* element) {
        AppendMessage(out, *member.message, element);
      });
  }
}

// What stands for a member that the message does not have.
void AppendAbsent(std::string& out, const MemberSchema& member) {
  switch (member.kind) {
    case MemberKind::kUint8:
    case MemberKind::kUint16:
    case MemberKind::kUint32:
      out += '0';
      return;
    case MemberKind::kStringList:
      out += "null";
      return;
    case MemberKind::kMessageList:
      out += "[]";
      return;
    case MemberKind::kMessage:
      return AppendMessage(out, *member.message, nullptr);
    default:
      out += "\"\"";
  }
}

}  // namespace

void AppendMessage(std::string& out, const MessageSchema& schema, const void* message) {
  char separator = '{';
  for (const MemberSchema& member : schema.members) {
    out += separator;
    separator = ',';
    out += '"';
    out += member.name;
    out += "\":";
    const void* value = message == nullptr ? nullptr : member.Find(message);
    if (value == nullptr) {
      AppendAbsent(out, member);
    } else {
      AppendMember(out, member, value);
    }
  }
  out += '}';
}

void AppendFieldValue(std::string& out, const EventField& definition,
                      const wirehound_field& field) {
  const wirehound_value& value = field.value;
  switch (definition.type) {
    case WIREHOUND_TYPE_BOOL:
      return AppendBool(out, value.unsigned_integer != 0);
    case WIREHOUND_TYPE_INT32:
    case WIREHOUND_TYPE_INT64:
      return AppendSigned(out, value.signed_integer);
    case WIREHOUND_TYPE_UINT16:
    case WIREHOUND_TYPE_UINT32:
    case WIREHOUND_TYPE_UINT64:
      return AppendUnsigned(out, value.unsigned_integer);
    case WIREHOUND_TYPE_DOUBLE:
      return AppendDouble(out, value.real);
    case WIREHOUND_TYPE_STRING:
      return AppendString(out, {value.text.data, value.text.size});
    case WIREHOUND_TYPE_BYTES:
      return AppendHex(out, value.bytes.data, value.bytes.size);
    case WIREHOUND_TYPE_ADDRESS:
      return AppendAddress(out, As<wirehound_address>(value.message));
    case WIREHOUND_TYPE_STRING_LIST:
      return AppendStringList(out, value.list);
    default:
      return AppendMessage(out, *definition.message, value.message);
  }
}

}  // namespace wirehound
