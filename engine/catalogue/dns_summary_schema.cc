// SPDX-License-Identifier: Apache-2.0

// The short shapes of DNS messages, questions and answers, by their JSON names, as
// net_packet_dns_request and net_packet_dns_response carry them.

#include <array>

#include <wirehound/abi/messages.h>

#include "engine/catalogue/message_schema.h"
#include "engine/catalogue/schema_members.h"

namespace wirehound {

namespace {

using enum MemberKind;

constexpr auto kQueryMembers = std::to_array<MemberSchema>({
    DomainAt("query", offsetof(wirehound_dns_question, name)),
    TextAt("query_type", kText16, offsetof(wirehound_dns_question, type), DnsTypeText),
    TextAt("query_class", kText16, offsetof(wirehound_dns_question, qclass), DnsClassText),
});
constexpr MessageSchema kQuerySchema = {"trace.DnsQueryData", kQueryMembers,
                                        sizeof(wirehound_dns_question)};

constexpr auto kAnswerMembers = std::to_array<MemberSchema>({
    TextAt("answer_type", kText16, offsetof(wirehound_dns_answer, type), DnsTypeText),
    At("ttl", kUint32, offsetof(wirehound_dns_answer, ttl)),
    At("answer", kString, offsetof(wirehound_dns_answer, text)),
});
constexpr MessageSchema kAnswerSchema = {"trace.DnsAnswer", kAnswerMembers,
                                         sizeof(wirehound_dns_answer)};

constexpr auto kResponseMembers = std::to_array<MemberSchema>({
    {.name = "query_data",
     .kind = kMessage,
     .offset = offsetof(wirehound_dns_response, query),
     .message = &kQuerySchema},
    ListAt("dns_answer", offsetof(wirehound_dns_response, answers), kAnswerSchema),
});

}  // namespace

const MessageSchema kDnsQuestionsSchema = {"[]trace.DnsQueryData", kQueryMembers,
                                           sizeof(wirehound_dns_question)};
const MessageSchema kDnsResponsesSchema = {"[]trace.DnsResponseData", kResponseMembers,
                                           sizeof(wirehound_dns_response)};

}  // namespace wirehound
