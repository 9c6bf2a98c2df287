// SPDX-License-Identifier: Apache-2.0

// Record data of DNSSEC (RFC 4034, RFC 5155) and of the records that publish keys and
// fingerprints (RFC 6698, RFC 4255). Keys, digests and signatures are handed on, never checked.
// Each function has the contract of DecodeDnsRdata. For dns_rdata.cc only.

#pragma once

#include "decoders/dns/dns_rdata_context.h"

namespace wirehound {

DnsPart DecodeDnsDs(DnsRdataContext& context);      ///< DS, CDS
DnsPart DecodeDnsDnskey(DnsRdataContext& context);  ///< DNSKEY, CDNSKEY
/// RRSIG and SIG, which have one form (RFC 2535 section 4.1).
DnsPart DecodeDnsRrsig(DnsRdataContext& context);
/// kMalformed also where the type bit maps are out of order or of a wrong length (RFC 4034 section
/// 4.1.2). No types at all are fine: RFC 4470 section 4 and others minimise them.
DnsPart DecodeDnsNsec(DnsRdataContext& context);
DnsPart DecodeDnsNsec3(DnsRdataContext& context);
DnsPart DecodeDnsNsec3param(DnsRdataContext& context);
DnsPart DecodeDnsTlsa(DnsRdataContext& context);  ///< TLSA, SMIMEA
DnsPart DecodeDnsSshfp(DnsRdataContext& context);

}  // namespace wirehound
