// SPDX-License-Identifier: Apache-2.0

// What every DNS test needs: a decoded message with its arena, and readable access to its lists.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <wirehound/abi/messages.h>

#include "decoders/arena.h"
#include "decoders/dns_decoder.h"
#include "tests/decoders/dns_message_builder.h"

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
  explicit DecodedDns(const DnsMessageBuilder& message)
      : DecodedDns(CapturedBytes(message.span())) {}

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

/// Numbers of the types tests build.
enum DnsType : unsigned {
  kA = 1,
  kNs = 2,
  kCname = 5,
  kSoa = 6,
  kPtr = 12,
  kHinfo = 13,
  kMx = 15,
  kTxt = 16,
  kAaaa = 28,
  kSrv = 33,
  kOpt = 41,
  kUri = 256,
};

}  // namespace wirehound::test
