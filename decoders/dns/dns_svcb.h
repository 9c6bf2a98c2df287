// SPDX-License-Identifier: Apache-2.0

// Service bindings: the data of SVCB and HTTPS records (RFC 9460), each parameter with its value
// in presentation form. For dns_rdata.cc and for texts of records; pure, any thread.

#pragma once

#include "decoders/core/protocol_text.h"
#include "decoders/dns/dns_rdata_context.h"

namespace wirehound {

/// Has the contract of DecodeDnsRdata. kMalformed also where RFC 9460 section 2.2 says so: keys
/// not strictly ascending, or a value that has not the form of its key.
///
/// Texts of values, all printable ASCII: `mandatory` "alpn,port" (names of keys); `alpn`
/// "h2,h3" (in an id, comma and backslash as RFC 9460 appendix A.1 escapes them); `port` "8443";
/// `ipv4hint`, `ipv6hint` addresses between commas; `ech` base 64; `dohpath` and unknown keys the
/// bytes, escaped as in a character string; `no-default-alpn`, `ohttp` "".
DnsPart DecodeDnsSvcb(DnsRdataContext& context);

/// The name of a parameter's key: "alpn", ...; "key65280" for one without.
std::string_view SvcParamKeyText(std::uint64_t value, TextBuffer& scratch);

}  // namespace wirehound
