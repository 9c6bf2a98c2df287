// SPDX-License-Identifier: Apache-2.0

// Answers in words: the one line that says what a DNS record holds, and the list of them that
// net_packet_dns_response carries. For messages that DecodeDns made. Pure; any thread.

#pragma once

#include <wirehound/abi/messages.h>

#include "decoders/core/arena.h"

namespace wirehound {

/// The data of `record` as text:
///
///   A, AAAA                      the address
///   NS, CNAME, PTR, DNAME, MB..  the name
///   MX                           the name of the exchange, without its preference
///   TXT, SPF, HINFO              the strings as they are, with blanks between
///   URI                          the target
///   SOA, SRV, CAA, NAPTR, SVCB, HTTPS, DS, CDS, DNSKEY, CDNSKEY, RRSIG, SIG, NSEC, NSEC3,
///   NSEC3PARAM, TLSA, SMIMEA, SSHFP
///                                the presentation form of their RFC: one line, digits of
///                                hexadecimal in lower case, base 64 without blanks, names without
///                                the final dot but "." for the root
///   OPT and data that was not decoded  ""
///
/// A view of the record's data where that is text already, else in `arena`; "" also when the arena
/// is full, which arena.exhausted() tells.
wirehound_string DnsAnswerText(const wirehound_dns_record& record, Arena& arena);

/// A list of wirehound_dns_response, one for each question of `dns`. All of its answers belong to
/// the first question: no message says more, and responses to several questions are not valid (RFC
/// 9619). A message without questions, as mDNS answers are, gives one response whose query is all
/// zero. Everything is in `arena` or shared with `dns`. When arena.exhausted(), texts or whole
/// elements are missing, here or already in `dns`.
wirehound_list BuildDnsResponses(const wirehound_dns& dns, Arena& arena);

}  // namespace wirehound
