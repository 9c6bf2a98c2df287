// SPDX-License-Identifier: Apache-2.0

// DNS messages (RFC 1035 section 4): header and all four sections, names decompressed, the record
// types of abi/messages.h decoded, every other type as raw data. The hot path of DNS detections:
// one pass, no allocation outside the arena, names seen before are not decompressed again.
// TCP's length prefix and the addresses of a message are not its business. Pure; any thread.

#pragma once

#include <cstddef>
#include <cstdint>

#include <wirehound/abi/messages.h>

#include "decoders/core/arena.h"
#include "decoders/core/captured_bytes.h"
#include "decoders/core/decode_status.h"

namespace wirehound {

inline constexpr std::size_t kDnsHeaderBytes = 12;

/// Questions and records decoded per message, all sections together. More than any message of
/// 64 KiB whose records carry data under a compressed name. Policy: the rest is left out and the
/// result is truncated.
inline constexpr std::size_t kMaxDnsEntries = 4096;

/// An arena of this size holds any honest message of 64 KiB. What a message of pathological names
/// would need beyond it is left out and the result is truncated; arena.exhausted() tells.
inline constexpr std::size_t kDnsArenaBytes = std::size_t{1} << 20;

/// Which protocol the message belongs to. The caller knows by its addresses and ports.
enum class DnsVariant : std::uint8_t {
  kPlain = WIREHOUND_DNS_VARIANT_PLAIN,
  /// RFC 6762: the top bit of a class has a meaning of its own and is kept apart from it, but not
  /// in OPT records, where the class is a size.
  kMdns = WIREHOUND_DNS_VARIANT_MDNS,
  kLlmnr = WIREHOUND_DNS_VARIANT_LLMNR,
};

/// Decodes the message that `in` starts with. A span converts to `in` and then counts as the whole
/// message; the packet decoder's payload says more exactly.
///
/// Section lists, names and decoded data are in `arena`; texts, options and rdata are views of
/// `in`. All of it lives until either ends. Nothing is allocated for what a count promises but
/// the bytes cannot hold.
///
/// Names: labels joined by dots, escaped as abi/messages.h says; blanks are printable. Letters
/// keep their case.
///
/// kOk: every promised record was decoded (types without decoded data have their rdata).
/// kTruncated: the capture or a limit ended first; `out.flags` has WIREHOUND_DNS_TRUNCATED, and
/// WIREHOUND_DNS_LIMIT where it was kMaxDnsEntries or the arena.
/// kMalformed: a count, length, label or pointer lied; `out.flags` has WIREHOUND_DNS_MALFORMED.
/// Data that does not fit its type costs only the decoded form of that record, the next one is
/// found all the same; everything else ends the message there. In both cases the sections hold
/// what was sound before. With both flags the status is kMalformed.
///
/// Bytes behind the last promised record change no status: `out.flags` has WIREHOUND_DNS_TRAILING,
/// and there are `in.wire_size - out.message_size` of them.
DecodeStatus DecodeDns(CapturedBytes in, Arena& arena, wirehound_dns& out,
                       DnsVariant variant = DnsVariant::kPlain);

}  // namespace wirehound
