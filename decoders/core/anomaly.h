// SPDX-License-Identifier: Apache-2.0

// Anomaly: something in the traffic that breaks the rules of its protocol, or that the engine had
// to leave out. The kinds and their names are part of the output (net_anomaly, docs/output.md):
// never renamed, only added. Plain data; any thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wirehound {

enum class AnomalyKind : std::uint8_t {
  // Headers that contradict themselves or the bytes they describe.
  kLinkMalformed,
  kIpv4Malformed,
  kIpv6Malformed,
  kTcpMalformed,
  kUdpMalformed,
  kIcmpMalformed,
  kIcmpv6Malformed,
  kTunnelMalformed,
  kTunnelTooDeep,  ///< more nested tunnels than kMaxTunnelDepth
  // IP fragments.
  kIpFragmentOverlap,     ///< two fragments cover the same bytes differently
  kIpFragmentTooLarge,    ///< reaches behind the largest datagram
  kIpFragmentIncomplete,  ///< the rest did not come in time, or no memory was left to wait
  // TCP streams. offset: of the stream, from its first byte; size: bytes.
  kTcpGap,              ///< bytes that were never captured
  kTcpOverlapConflict,  ///< two segments carry different bytes for the same place
  kTcpStreamLimit,      ///< more waited out of order than is kept; what is missing becomes a gap
  kTcpDataAfterFin,     ///< bytes behind the end of the stream
  // DNS.
  kDnsMalformed,
  kDnsLimit,              ///< more records or names than are decoded
  kDnsMultipleQuestions,  ///< RFC 9619: never valid in a query
  kDnsTrailingBytes,      ///< bytes behind the last promised record
  // HTTP/1.x framing. offset: of the stream.
  kHttpMalformedStartLine,
  kHttpMalformedHeader,  ///< no colon, blank before the colon, or a name that is no token
  kHttpBareLf,           ///< a line of the head ends without CR
  kHttpBareCr,           ///< a CR inside a line
  kHttpObsoleteFolding,
  kHttpNulInHeader,
  kHttpLineTooLong,
  kHttpHeaderTooLarge,    ///< a head longer than kMaxHttpHeadBytes
  kHttpTooManyHeaders,    ///< more than kMaxHttpHeaders; the rest is left out
  kHttpLengthAndChunked,  ///< both Content-Length and Transfer-Encoding
  kHttpLengthConflict,    ///< several Content-Length values that differ
  kHttpLengthMalformed,
  kHttpTransferEncodingUnknown,  ///< chunked is not the last coding, or is misspelt
  kHttpBadChunkSize,
  kHttpTooManyPending,  ///< more unanswered requests than are remembered
  // HTTP/2.
  kHttp2MalformedFrame,
  kHttp2HeaderCompression,  ///< HPACK could not be decoded; the direction is given up
  kHttp2MalformedMessage,   ///< pseudo-headers missing, doubled or out of order
  kHttp2Limit,              ///< more streams or longer header blocks than are followed
  // The capture.
  kRecordTruncated,  ///< cut before the end of a header or message that had to be decoded
};
inline constexpr std::size_t kAnomalyKindCount =
    static_cast<std::size_t>(AnomalyKind::kRecordTruncated) + 1;

struct Anomaly {
  AnomalyKind kind;
  std::uint64_t offset = 0;  ///< counts from the place that the kind names, else 0
  std::uint64_t size = 0;    ///< bytes concerned, 0 when a size has no meaning
};

/// The stable name, snake_case: "tcp_gap".
std::string_view AnomalyName(AnomalyKind kind);

/// The layer it was found in: "link", "ip", "tcp", "udp", "icmp", "tunnel", "dns", "http",
/// "capture".
std::string_view AnomalyLayer(AnomalyKind kind);

}  // namespace wirehound
