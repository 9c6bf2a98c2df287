// SPDX-License-Identifier: Apache-2.0

// MessageSchema: the members of a message struct of the SDK by their JSON names. The JSON writer,
// the filters and the text of tests all walk this one table. Nothing here is specific to an event.
// Immutable; any thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "decoders/core/protocol_text.h"

namespace wirehound {

struct MessageSchema;

/// How a member is stored in the struct and how it appears in JSON.
enum class MemberKind : std::uint8_t {
  kUint8,
  kUint16,
  kUint32,
  kInt64,
  kText8,        ///< uint8 number shown as text by `text`
  kText16,       ///< uint16 number shown as text by `text`
  kString,       ///< wirehound_string
  kRawString,    ///< wirehound_bytes shown as a string, byte by byte
  kHex,          ///< wirehound_bytes shown as lower-case hexadecimal digits
  kAddress,      ///< wirehound_address in text form, "" when it has no family
  kStringList,   ///< wirehound_list of wirehound_string, null when absent
  kTextList16,   ///< wirehound_list of uint16 shown as text by `text` each, [] when absent
  kHeaderMap,    ///< wirehound_list of wirehound_http_header: {"Name":["value", …], …}, by name
  kMessage,      ///< a struct described by `message`, all zero when absent
  kMessageList,  ///< wirehound_list of structs described by `message`, [] when absent
};

/// One member. Either it stands at `offset`, or `locate` finds it: a member that only some
/// messages have (the data of a DNS record) is absent when `locate` gives null.
struct MemberSchema {
  using Locate = const void* (*)(const void* message);

  std::string_view name;  ///< as in JSON
  MemberKind kind;
  std::size_t offset = 0;
  Locate locate = nullptr;
  NumberText text = nullptr;
  const MessageSchema* message = nullptr;
  /// Left out of JSON when absent: an addition to a published shape that only some messages have.
  /// A member with `locate` is absent when that gives null, one at `offset` when its value is zero
  /// or empty.
  bool omit_absent = false;
  /// Texts that differ in case alone mean the same: names of hosts and domains.
  bool ignore_case = false;

  /// The member of `owner`, or null when that has none.
  const void* Find(const void* owner) const {
    return locate != nullptr ? locate(owner) : static_cast<const char*>(owner) + offset;
  }
};

/// No message contains itself, at any depth.
struct MessageSchema {
  /// The shape of a message: two messages with the same number have the same located members. May
  /// be null. Schemas with many located members have one, so that a writer need not ask each
  /// `locate`.
  using Shape = std::uint64_t (*)(const void* message);
  /// Adds a located member to a message. Afterwards `locate` finds either `data`, zeroed room for a
  /// value of the member's kind that must outlive the message, or a place inside the message. False
  /// when the other members of the message rule that member out.
  using Attach = bool (*)(void* message, const MemberSchema& member, const void* data);

  std::string_view type_name;  ///< as in the "type" of JSON arguments: "trace.ProtoDNS"
  std::span<const MemberSchema> members;
  std::size_t bytes = 0;  ///< size of the struct
  Shape shape = nullptr;
  Attach attach = nullptr;  ///< given where a member has `locate`
};

extern const MessageSchema kPacketMetadataSchema;
extern const MessageSchema kPacketSummarySchema;  ///< the same members under an older name
extern const MessageSchema kIpv4Schema;
extern const MessageSchema kIpv6Schema;
extern const MessageSchema kTcpSchema;
extern const MessageSchema kUdpSchema;
extern const MessageSchema kIcmpSchema;
extern const MessageSchema kIcmpv6Schema;
extern const MessageSchema kDnsSchema;
extern const MessageSchema kDnsQuestionsSchema;  ///< of the elements of a list
extern const MessageSchema kDnsResponsesSchema;  ///< of the elements of a list
extern const MessageSchema kHttpSchema;
extern const MessageSchema kHttpRequestSchema;
extern const MessageSchema kHttpResponseSchema;

}  // namespace wirehound
