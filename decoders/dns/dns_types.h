// SPDX-License-Identifier: Apache-2.0

// Numbers of the DNS record types whose data is decoded. Their names: protocol_text.h.

#pragma once

#include <cstdint>

namespace wirehound {

// IANA "Resource Record (RR) TYPEs".
inline constexpr std::uint16_t kDnsTypeA = 1;
inline constexpr std::uint16_t kDnsTypeNs = 2;
inline constexpr std::uint16_t kDnsTypeMd = 3;
inline constexpr std::uint16_t kDnsTypeMf = 4;
inline constexpr std::uint16_t kDnsTypeCname = 5;
inline constexpr std::uint16_t kDnsTypeSoa = 6;
inline constexpr std::uint16_t kDnsTypeMb = 7;
inline constexpr std::uint16_t kDnsTypeMg = 8;
inline constexpr std::uint16_t kDnsTypeMr = 9;
inline constexpr std::uint16_t kDnsTypePtr = 12;
inline constexpr std::uint16_t kDnsTypeHinfo = 13;
inline constexpr std::uint16_t kDnsTypeMx = 15;
inline constexpr std::uint16_t kDnsTypeTxt = 16;
inline constexpr std::uint16_t kDnsTypeSig = 24;
inline constexpr std::uint16_t kDnsTypeAaaa = 28;
inline constexpr std::uint16_t kDnsTypeSrv = 33;
inline constexpr std::uint16_t kDnsTypeNaptr = 35;
inline constexpr std::uint16_t kDnsTypeDname = 39;
inline constexpr std::uint16_t kDnsTypeOpt = 41;
inline constexpr std::uint16_t kDnsTypeDs = 43;
inline constexpr std::uint16_t kDnsTypeSshfp = 44;
inline constexpr std::uint16_t kDnsTypeRrsig = 46;
inline constexpr std::uint16_t kDnsTypeNsec = 47;
inline constexpr std::uint16_t kDnsTypeDnskey = 48;
inline constexpr std::uint16_t kDnsTypeNsec3 = 50;
inline constexpr std::uint16_t kDnsTypeNsec3param = 51;
inline constexpr std::uint16_t kDnsTypeTlsa = 52;
inline constexpr std::uint16_t kDnsTypeSmimea = 53;
inline constexpr std::uint16_t kDnsTypeCds = 59;
inline constexpr std::uint16_t kDnsTypeCdnskey = 60;
inline constexpr std::uint16_t kDnsTypeSvcb = 64;
inline constexpr std::uint16_t kDnsTypeHttps = 65;
inline constexpr std::uint16_t kDnsTypeSpf = 99;
inline constexpr std::uint16_t kDnsTypeUri = 256;
inline constexpr std::uint16_t kDnsTypeCaa = 257;

}  // namespace wirehound
