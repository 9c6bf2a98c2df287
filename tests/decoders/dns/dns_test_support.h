// SPDX-License-Identifier: Apache-2.0

// The common part of the DNS tests: a decoded message with its arena, and readable access to its
// lists.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <doctest/doctest.h>
#include <wirehound/abi/messages.h>

#include "decoders/core/arena.h"
#include "decoders/dns/dns_decoder.h"
#include "tests/decoders/dns/dns_message_builder.h"

namespace wirehound::test {

inline std::string_view View(const wirehound_string& text) { return {text.data, text.size}; }

template <typename T>
const T& At(const wirehound_list& list, std::uint32_t index) {
  return *reinterpret_cast<const T*>(static_cast<const std::byte*>(list.data) +
                                     std::size_t{index} * list.stride);
}

/// A message decoded; everything in `dns` lives as long as this and the input do.
struct DecodedDns {
  explicit DecodedDns(CapturedBytes in, std::size_t arena_bytes = kDnsArenaBytes)
      : arena(arena_bytes), status(DecodeDns(in, arena, dns)) {}
  explicit DecodedDns(const DnsMessageBuilder& message, DnsVariant variant = DnsVariant::kPlain)
      : arena(kDnsArenaBytes), status(DecodeDns(message.span(), arena, dns, variant)) {}

  const wirehound_dns_question& question(std::uint32_t index) const {
    return At<wirehound_dns_question>(dns.questions, index);
  }
  const wirehound_dns_record& answer(std::uint32_t index) const {
    return At<wirehound_dns_record>(dns.answers, index);
  }
  const wirehound_dns_record& authority(std::uint32_t index) const {
    return At<wirehound_dns_record>(dns.authorities, index);
  }
  const wirehound_dns_record& additional(std::uint32_t index) const {
    return At<wirehound_dns_record>(dns.additionals, index);
  }

  Arena arena;
  wirehound_dns dns;
  DecodeStatus status;
};

/// The data of a record, by the type its data_kind stands for.
template <typename T>
const T& Data(const wirehound_dns_record& record) {
  return *static_cast<const T*>(record.data);
}

/// A message with a question for example.com (com at 20) and one answer for it.
inline DnsMessageBuilder WithAnswer(unsigned type, const ByteWriter& rdata) {
  DnsMessageBuilder message;
  message.Question("example.com", type).Answer(Pointer(12), type, rdata);
  return message;
}

/// The only answer of a message. Checks that it is of this kind and the message sound.
inline const wirehound_dns_record& Sound(const DecodedDns& decoded, std::uint32_t kind) {
  CHECK(decoded.status == DecodeStatus::kOk);
  CHECK(decoded.dns.flags == 0);
  REQUIRE(decoded.dns.answers.count == 1);
  const wirehound_dns_record& record = decoded.answer(0);
  REQUIRE(record.data_kind == kind);
  REQUIRE(record.data != nullptr);
  return record;
}

/// Checks that data which does not fit `type` loses only its decoded form.
inline void CheckMalformed(unsigned type, const ByteWriter& rdata) {
  DnsMessageBuilder message = WithAnswer(type, rdata);
  message.Answer(Pointer(12), 1, {192, 0, 2, 7});
  const DecodedDns decoded(message);
  CHECK(decoded.status == DecodeStatus::kMalformed);
  CHECK(decoded.dns.flags == WIREHOUND_DNS_MALFORMED);
  REQUIRE(decoded.dns.answers.count == 2);
  CHECK(decoded.answer(0).data_kind == WIREHOUND_DNS_DATA_NONE);
  CHECK(decoded.answer(0).data == nullptr);
  CHECK(decoded.answer(0).rdata.size == rdata.size());
  CHECK(Data<wirehound_address>(decoded.answer(1)).bytes[3] == 7);
}

inline std::string_view BytesView(const wirehound_bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data), bytes.size};
}

/// Numbers of the record types that tests build.
enum DnsType : unsigned {
  kA = 1,
  kNs = 2,
  kCname = 5,
  kSoa = 6,
  kPtr = 12,
  kHinfo = 13,
  kMx = 15,
  kTxt = 16,
  kSig = 24,
  kAaaa = 28,
  kSrv = 33,
  kNaptr = 35,
  kDname = 39,
  kOpt = 41,
  kDs = 43,
  kSshfp = 44,
  kRrsig = 46,
  kNsec = 47,
  kDnskey = 48,
  kNsec3 = 50,
  kNsec3param = 51,
  kTlsa = 52,
  kSmimea = 53,
  kCds = 59,
  kCdnskey = 60,
  kSvcb = 64,
  kHttps = 65,
  kSpf = 99,
  kUri = 256,
  kCaa = 257,
};

}  // namespace wirehound::test
