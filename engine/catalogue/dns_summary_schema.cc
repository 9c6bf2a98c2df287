// SPDX-License-Identifier: Apache-2.0

// What was asked and what was answered: the short shapes of DNS messages by their JSON names, as
// net_packet_dns_request and net_packet_dns_response carry them.

#include <array>

#include <wirehound/abi/messages.h>

#include "engine/catalogue/message_schema.h"

namespace wirehound {

namespace {

using enum MemberKind;

constexpr auto kQueryMembers = std::to_array<MemberSchema>({
    {.name = "query", .kind = kString, .offset = offsetof(wirehound_dns_question, name)},
    {.name = "query_type",
     .kind = kText16,
     .offset = offsetof(wirehound_dns_question, type),
     .text = DnsTypeText},
    {.name = "query_class",
     .kind = kText16,
     .offset = offsetof(wirehound_dns_question, qclass),
     .text = DnsClassText},
});

constexpr MessageSchema kQuerySchema = {"trace.DnsQueryData", kQueryMembers};

constexpr auto kAnswerMembers = std::to_array<MemberSchema>({
    {.name = "answer_type",
     .kind = kText16,
     .offset = offsetof(wirehound_dns_answer, type),
     .text = DnsTypeText},
    {.name = "ttl", .kind = kUint32, .offset = offsetof(wirehound_dns_answer, ttl)},
    {.name = "answer", .kind = kString, .offset = offsetof(wirehound_dns_answer, text)},
});
constexpr MessageSchema kAnswerSchema = {"trace.DnsAnswer", kAnswerMembers};

constexpr auto kResponseMembers = std::to_array<MemberSchema>({
    {.name = "query_data",
     .kind = kMessage,
     .offset = offsetof(wirehound_dns_response, query),
     .message = &kQuerySchema},
    {.name = "dns_answer",
     .kind = kMessageList,
     .offset = offsetof(wirehound_dns_response, answers),
     .message = &kAnswerSchema},
});

}  // namespace

const MessageSchema kDnsQuestionsSchema = {"[]trace.DnsQueryData", kQueryMembers};
const MessageSchema kDnsResponsesSchema = {"[]trace.DnsResponseData", kResponseMembers};

}  // namespace wirehound
