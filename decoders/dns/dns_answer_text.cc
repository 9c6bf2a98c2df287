// SPDX-License-Identifier: Apache-2.0

// One function per kind of data. Texts that exist are handed on, the others are written.

#include "decoders/dns/dns_answer_text.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "decoders/core/address_text.h"
#include "decoders/core/protocol_text.h"
#include "decoders/dns/dns_svcb.h"
#include "decoders/dns/dns_text_writer.h"

namespace wirehound {
namespace {

template <typename T>
const T& DataOf(const wirehound_dns_record& record) {
  return *static_cast<const T*>(record.data);
}

template <typename T>
const T& ElementOf(const wirehound_list& list, std::uint32_t index) {
  return *reinterpret_cast<const T*>(static_cast<const char*>(list.data) +
                                     std::size_t{index} * list.stride);
}

void Write(const wirehound_address& address, DnsTextWriter& text) {
  char buffer[kAddressTextBytes];
  text.Append(FormatAddress(address, buffer));
}

void Write(const wirehound_list& strings, DnsTextWriter& text) {
  for (std::uint32_t i = 0; i < strings.count; ++i) {
    text.Append(i == 0 ? "" : " ").Text(ElementOf<wirehound_string>(strings, i));
  }
}

void Write(const wirehound_dns_soa& soa, DnsTextWriter& text) {
  text.Name(soa.mname).Append(' ').Name(soa.rname).Append(' ').Number(soa.serial);
  text.Append(' ').Number(soa.refresh).Append(' ').Number(soa.retry);
  text.Append(' ').Number(soa.expire).Append(' ').Number(soa.minimum);
}

void Write(const wirehound_dns_srv& srv, DnsTextWriter& text) {
  text.Number(srv.priority).Append(' ').Number(srv.weight).Append(' ').Number(srv.port);
  text.Append(' ').Name(srv.name);
}

void Write(const wirehound_dns_caa& caa, DnsTextWriter& text) {
  text.Number(caa.flags).Append(' ').Escaped({caa.tag.data, caa.tag.size});
  text.Append(' ').Quoted(caa.value);
}

void Write(const wirehound_dns_naptr& naptr, DnsTextWriter& text) {
  text.Number(naptr.order).Append(' ').Number(naptr.preference).Append(' ');
  text.Quoted(naptr.flags).Append(' ').Quoted(naptr.service).Append(' ');
  text.Quoted(naptr.regexp).Append(' ').Name(naptr.replacement);
}

// Whether a character would end a value, or mean something else, in a master file.
bool NeedsQuotes(char character) {
  return character == ' ' || character == '"' || character == '(' || character == ')' ||
         character == ';';
}

void Write(const wirehound_dns_svc_param& param, DnsTextWriter& text) {
  TextBuffer scratch;
  text.Append(SvcParamKeyText(param.key, scratch));
  const std::string_view value(param.text.data, param.text.size);
  if (value.empty()) {
    return;
  }
  const bool quotes = std::any_of(value.begin(), value.end(), NeedsQuotes);
  text.Append('=').Append(quotes ? "\"" : "").Append(value).Append(quotes ? "\"" : "");
}

void Write(const wirehound_dns_svcb& svcb, DnsTextWriter& text) {
  text.Number(svcb.priority).Append(' ').Name(svcb.target);
  for (std::uint32_t i = 0; i < svcb.params.count; ++i) {
    text.Append(' ');
    Write(ElementOf<wirehound_dns_svc_param>(svcb.params, i), text);
  }
}

void Write(const wirehound_dns_ds& ds, DnsTextWriter& text) {
  text.Number(ds.key_tag).Append(' ').Number(ds.algorithm).Append(' ').Number(ds.digest_type);
  text.Append(' ').Hex(ds.digest);
}

void Write(const wirehound_dns_dnskey& key, DnsTextWriter& text) {
  text.Number(key.flags).Append(' ').Number(key.protocol).Append(' ').Number(key.algorithm);
  text.Append(' ').Base64(key.public_key);
}

void Write(const wirehound_dns_rrsig& rrsig, DnsTextWriter& text) {
  TextBuffer scratch;
  text.Append(DnsTypeText(rrsig.type_covered, scratch)).Append(' ').Number(rrsig.algorithm);
  text.Append(' ').Number(rrsig.labels).Append(' ').Number(rrsig.original_ttl);
  text.Append(' ').Time(rrsig.expiration).Append(' ').Time(rrsig.inception);
  text.Append(' ').Number(rrsig.key_tag).Append(' ').Name(rrsig.signer_name);
  text.Append(' ').Base64(rrsig.signature);
}

void WriteTypes(const wirehound_list& types, DnsTextWriter& text) {
  text.Append(types.count == 0 ? "" : " ").Types(types);
}

void Write(const wirehound_dns_nsec& nsec, DnsTextWriter& text) {
  text.Name(nsec.next_domain);
  WriteTypes(nsec.types, text);
}

void Write(const wirehound_dns_nsec3& nsec3, DnsTextWriter& text) {
  text.Number(nsec3.hash_algorithm).Append(' ').Number(nsec3.flags).Append(' ');
  text.Number(nsec3.iterations).Append(nsec3.salt.size == 0 ? " -" : " ").Hex(nsec3.salt);
  if (nsec3.next_hashed_owner.size != 0) {
    text.Append(' ').Base32Hex(nsec3.next_hashed_owner);
    WriteTypes(nsec3.types, text);
  }
}

void Write(const wirehound_dns_tlsa& tlsa, DnsTextWriter& text) {
  text.Number(tlsa.usage).Append(' ').Number(tlsa.selector).Append(' ');
  text.Number(tlsa.matching_type).Append(' ').Hex(tlsa.data);
}

void Write(const wirehound_dns_sshfp& sshfp, DnsTextWriter& text) {
  text.Number(sshfp.algorithm).Append(' ').Number(sshfp.fingerprint_type);
  text.Append(' ').Hex(sshfp.fingerprint);
}

template <typename T>
wirehound_string Written(const wirehound_dns_record& record, Arena& arena) {
  DnsTextWriter text(arena);
  Write(DataOf<T>(record), text);
  wirehound_string out{};
  text.Finish(out);
  return out;
}

wirehound_string StringsText(const wirehound_dns_record& record, Arena& arena) {
  const auto& strings = DataOf<wirehound_list>(record);
  return strings.count == 1 ? ElementOf<wirehound_string>(strings, 0)
                            : Written<wirehound_list>(record, arena);
}

// The answers of `dns` in words.
wirehound_list BuildAnswers(const wirehound_dns& dns, Arena& arena) {
  const wirehound_list none = {nullptr, 0, sizeof(wirehound_dns_answer)};
  auto* answers = arena.AllocateArray<wirehound_dns_answer>(dns.answers.count);
  if (answers == nullptr) {
    return none;
  }
  for (std::uint32_t i = 0; i < dns.answers.count; ++i) {
    const auto& record = ElementOf<wirehound_dns_record>(dns.answers, i);
    answers[i] = {.text = DnsAnswerText(record, arena), .type = record.type, .ttl = record.ttl};
  }
  return {answers, dns.answers.count, sizeof(wirehound_dns_answer)};
}

}  // namespace

wirehound_string DnsAnswerText(const wirehound_dns_record& record, Arena& arena) {
  switch (record.data_kind) {
    case WIREHOUND_DNS_DATA_ADDRESS:
      return Written<wirehound_address>(record, arena);
    case WIREHOUND_DNS_DATA_NAME:
      return DataOf<wirehound_string>(record);
    case WIREHOUND_DNS_DATA_TEXT:
      return StringsText(record, arena);
    case WIREHOUND_DNS_DATA_SOA:
      return Written<wirehound_dns_soa>(record, arena);
    case WIREHOUND_DNS_DATA_MX:
      return DataOf<wirehound_dns_mx>(record).name;
    case WIREHOUND_DNS_DATA_SRV:
      return Written<wirehound_dns_srv>(record, arena);
    case WIREHOUND_DNS_DATA_URI:
      return DataOf<wirehound_dns_uri>(record).target;
    case WIREHOUND_DNS_DATA_CAA:
      return Written<wirehound_dns_caa>(record, arena);
    case WIREHOUND_DNS_DATA_SVCB:
      return Written<wirehound_dns_svcb>(record, arena);
    case WIREHOUND_DNS_DATA_NAPTR:
      return Written<wirehound_dns_naptr>(record, arena);
    case WIREHOUND_DNS_DATA_DS:
      return Written<wirehound_dns_ds>(record, arena);
    case WIREHOUND_DNS_DATA_DNSKEY:
      return Written<wirehound_dns_dnskey>(record, arena);
    case WIREHOUND_DNS_DATA_RRSIG:
      return Written<wirehound_dns_rrsig>(record, arena);
    case WIREHOUND_DNS_DATA_NSEC:
      return Written<wirehound_dns_nsec>(record, arena);
    case WIREHOUND_DNS_DATA_NSEC3:
      return Written<wirehound_dns_nsec3>(record, arena);
    case WIREHOUND_DNS_DATA_TLSA:
      return Written<wirehound_dns_tlsa>(record, arena);
    case WIREHOUND_DNS_DATA_SSHFP:
      return Written<wirehound_dns_sshfp>(record, arena);
    default:
      return {};
  }
}

wirehound_list BuildDnsResponses(const wirehound_dns& dns, Arena& arena) {
  const std::uint32_t count = dns.questions.count == 0 ? 1 : dns.questions.count;
  auto* responses = arena.AllocateArray<wirehound_dns_response>(count);
  if (responses == nullptr) {
    return {nullptr, 0, sizeof(wirehound_dns_response)};
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    responses[i] = {};
    responses[i].answers.stride = sizeof(wirehound_dns_answer);
    if (i < dns.questions.count) {
      responses[i].query = ElementOf<wirehound_dns_question>(dns.questions, i);
    }
  }
  responses[0].answers = BuildAnswers(dns, arena);
  return {responses, count, sizeof(wirehound_dns_response)};
}

}  // namespace wirehound
